//! Which lists name a value, and how old they are.

use super::index::{Index, Ref};
use super::read::{ADDRESSES, Action, WarningList, bit};
use crate::limits::{HITS_MAX, WARNING_ENTRIES_MAX, WARNING_LISTS_MAX};
use crate::value::host_name;
use crate::{Kind, Value};
use ipnet::IpNet;
use noroshi_stix::Timestamp;
use std::net::IpAddr;

const DAY_MICROS: i64 = 86_400_000_000;

/// Many lists and the index of their entries.
#[derive(Debug)]
pub struct Lists {
    lists: Vec<WarningList>,
    index: Index,
}

/// More lists or entries than are held at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{lists} warning lists with {entries} entries are more than {WARNING_LISTS_MAX} with {WARNING_ENTRIES_MAX}; leave some out"
)]
pub struct TooMany {
    lists: usize,
    entries: usize,
}

/// A list that names a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit<'a> {
    /// What to do.
    pub action: Action,
    /// The list.
    pub list: &'a str,
    /// What of it names the value.
    pub entry: &'a str,
    /// How old the list is; nothing where it does not say. A list of tomorrow is 0 days old.
    pub age_days: Option<u32>,
    /// Whether it is older than it should be, or does not say how old it is.
    pub stale: bool,
}

/// How old a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age<'a> {
    /// The list.
    pub list: &'a WarningList,
    /// As in [`Hit`].
    pub age_days: Option<u32>,
    /// As in [`Hit`].
    pub stale: bool,
}

impl Lists {
    /// Makes the index. It takes a second for some millions of entries, and is not changed afterwards.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn new(lists: Vec<WarningList>) -> Result<Self, TooMany> {
        Self::within(lists, WARNING_ENTRIES_MAX)
    }

    pub(super) fn within(lists: Vec<WarningList>, entries_max: usize) -> Result<Self, TooMany> {
        let entries = lists.iter().map(WarningList::len).sum();
        if lists.len() > WARNING_LISTS_MAX || entries > entries_max {
            return Err(TooMany { lists: lists.len(), entries });
        }
        let index = Index::new(&lists);
        Ok(Self { lists, index })
    }

    /// Every list with its age.
    pub fn ages(&self, now: Timestamp) -> impl Iterator<Item = Age<'_>> {
        self.lists.iter().map(move |list| {
            let (age_days, stale) = age(list, now);
            Age { list, age_days, stale }
        })
    }

    /// The lists that name a value: refusals first, then in the order of their names; [`HITS_MAX`] at most.
    ///
    /// A block is named by a list that has any address of it. A URL and a mailbox are named by lists of names and
    /// addresses, too, through their host.
    pub fn check(&self, value: &Value, now: Timestamp) -> Vec<Hit<'_>> {
        let mut found = Vec::new();
        let own = bit(value.kind());
        let text = value.to_string();
        if let Some(block) = value.block() {
            self.block(&block, own, &mut found);
        } else {
            self.whole(&text, own, &mut found);
        }
        if let Some(name) = value.domain() {
            self.name(name, own, &mut found);
        }
        if let Some(host) = value.host() {
            let is_url = value.kind() == Kind::Url;
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            if let Ok(address) = bare.parse::<IpAddr>() {
                self.block(&IpNet::from(address), own | if is_url { ADDRESSES } else { 0 }, &mut found);
            } else if let Some(name) = host_name(bare) {
                self.name(&name, own | if is_url { bit(Kind::Domain) } else { 0 }, &mut found);
            }
        }
        self.index.parts(&text, own, |at| self.push(at, own, &mut found));
        self.told(found, now)
    }

    fn push(&self, at: Ref, kinds: u16, found: &mut Vec<Ref>) {
        if self.lists[at.list as usize].kinds & kinds != 0 {
            found.push(at);
        }
    }

    fn entry(&self, at: Ref) -> &str {
        &self.lists[at.list as usize].entries[at.entry as usize]
    }

    fn block(&self, block: &IpNet, kinds: u16, found: &mut Vec<Ref>) {
        self.index.blocks.touching(block, |at| self.push(at, kinds, found));
    }

    /// Names of hosts and texts are compared again: hashes can be equal by chance or by intent.
    fn whole(&self, text: &str, kinds: u16, found: &mut Vec<Ref>) {
        self.index.whole(text, |at| {
            if self.entry(at).trim().eq_ignore_ascii_case(text) {
                self.push(at, kinds, found);
            }
        });
    }

    fn name(&self, name: &str, kinds: u16, found: &mut Vec<Ref>) {
        self.index.above(name, |at, suffix| {
            if host_name(self.entry(at).trim().trim_start_matches('.')).as_deref() == Some(suffix) {
                self.push(at, kinds, found);
            }
        });
    }

    fn told(&self, mut found: Vec<Ref>, now: Timestamp) -> Vec<Hit<'_>> {
        found.sort_unstable();
        found.dedup();
        let hit = |at: Ref| {
            let list = &self.lists[at.list as usize];
            let (age_days, stale) = age(list, now);
            Hit { action: list.action, list: &list.name, entry: self.entry(at), age_days, stale }
        };
        let mut hits: Vec<_> = found.into_iter().map(hit).collect();
        hits.sort_unstable();
        hits.truncate(HITS_MAX);
        hits
    }
}

fn age(list: &WarningList, now: Timestamp) -> (Option<u32>, bool) {
    let days = list.date.map(|date| (now.as_micros() - date.as_micros()).div_euclid(DAY_MICROS).max(0));
    let days = days.map(|days| u32::try_from(days).unwrap_or(u32::MAX));
    (days, days.is_none_or(|days| days > list.days_max))
}
