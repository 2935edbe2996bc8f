//! Entries of all lists, found without looking at each: by block, by whole value, by the end of a name, by a part.

use super::blocks::Blocks;
use super::read::{Matching, WarningList};
use crate::limits::{WARNING_REGEX_BYTES_MAX, WARNING_REGEXES_MAX};
use crate::text::excerpt;
use crate::value::host_name;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use ipnet::IpNet;
use regex::{RegexSet, RegexSetBuilder};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::net::IpAddr;

/// One entry of one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ref {
    pub(super) list: u32,
    pub(super) entry: u32,
}

/// What an entry is compared as.
enum Entry<'a> {
    Block(IpNet),
    Whole(Cow<'a, str>),
    Suffix(String),
    Part(&'a str),
    Expression(String),
}

/// Reads an entry; addresses are blocks whatever kind of list they stand in.
fn read(matching: Matching, entry: &str) -> Result<Entry<'_>, String> {
    let entry = entry.trim();
    let block =
        || entry.parse::<IpAddr>().map(IpNet::from).or_else(|_| entry.parse::<IpNet>()).map(|block| block.trunc());
    match (matching, block()) {
        _ if entry.is_empty() => Err("the entry is empty; take it out".to_owned()),
        (Matching::Cidr | Matching::Hostname | Matching::String, Ok(block)) => Ok(Entry::Block(block)),
        (Matching::Cidr, Err(_)) => Err(format!("`{}` is no block of addresses; mend it", excerpt(entry))),
        (Matching::Hostname, Err(_)) => {
            let name = host_name(entry.trim_start_matches('.'))
                .ok_or_else(|| format!("`{}` is no name; mend it", excerpt(entry)))?;
            Ok(Entry::Suffix(name))
        }
        (Matching::String, Err(_)) => {
            let upper = entry.bytes().any(|byte| byte.is_ascii_uppercase());
            Ok(Entry::Whole(if upper { entry.to_ascii_lowercase().into() } else { entry.into() }))
        }
        (Matching::Substring, _) => Ok(Entry::Part(entry)),
        (Matching::Regex, _) => Ok(Entry::Expression(expression(entry)?)),
    }
}

/// Whether an entry can name anything.
pub(super) fn readable(matching: Matching, entry: &str) -> Result<(), String> {
    read(matching, entry).map(|_| ())
}

/// An expression without the slashes and letters other languages put around it.
fn expression(entry: &str) -> Result<String, String> {
    let (body, flags) = match entry.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
        Some((body, flags)) if flags.chars().all(|flag| flag.is_ascii_lowercase()) => (body, flags),
        _ => (entry, ""),
    };
    let text = if flags.contains('i') { format!("(?i:{body})") } else { body.to_owned() };
    match regex::RegexBuilder::new(&text).size_limit(WARNING_REGEX_BYTES_MAX).build() {
        Ok(_) => Ok(text),
        Err(_) => Err(format!("`{}` is no regular expression that can be used; mend it", excerpt(entry))),
    }
}

/// All entries of all lists.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) blocks: Blocks,
    whole: Texts,
    suffixes: Texts,
    /// By the kinds the lists speak of, so that no text is searched in vain.
    parts: Vec<(u16, AhoCorasick, Vec<Ref>)>,
    expressions: Vec<(u16, RegexSet, Vec<Ref>)>,
}

/// Entries as they are gathered.
#[derive(Default)]
struct Gathered<'a> {
    blocks: Vec<(IpNet, Ref)>,
    whole: Texts,
    suffixes: Texts,
    parts: BTreeMap<u16, (Vec<&'a str>, Vec<Ref>)>,
    expressions: Vec<(u16, RegexSet, Vec<Ref>)>,
}

impl<'a> Gathered<'a> {
    /// Entries that cannot be read are left out: [`WarningList::faults`] names them.
    fn list(&mut self, list: u32, of: &'a WarningList) {
        let (mut texts, mut refs) = (Vec::new(), Vec::new());
        for (entry, text) in (0u32..).zip(&of.entries) {
            let at = Ref { list, entry };
            match read(of.matching, text) {
                Ok(Entry::Block(block)) => self.blocks.push((block, at)),
                Ok(Entry::Whole(text)) => self.whole.insert(&text, at),
                Ok(Entry::Suffix(text)) => self.suffixes.insert(&text, at),
                Ok(Entry::Part(text)) => {
                    let (texts, refs) = self.parts.entry(of.kinds).or_default();
                    texts.push(text);
                    refs.push(at);
                }
                Ok(Entry::Expression(text)) if texts.len() < WARNING_REGEXES_MAX => {
                    texts.push(text);
                    refs.push(at);
                }
                Ok(Entry::Expression(_)) | Err(_) => {}
            }
        }
        let set = RegexSetBuilder::new(texts).size_limit(WARNING_REGEX_BYTES_MAX).build();
        self.expressions.extend(set.ok().filter(|set| !set.is_empty()).map(|set| (of.kinds, set, refs)));
    }
}

impl Index {
    pub(super) fn new(lists: &[WarningList]) -> Self {
        let mut gathered = Gathered::default();
        (0u32..).zip(lists).filter(|(_, list)| list.kinds != 0).for_each(|(at, list)| gathered.list(at, list));
        let automaton = |(kinds, (texts, refs))| {
            let built = AhoCorasickBuilder::new().ascii_case_insensitive(true).build::<_, &str>(texts);
            built.ok().map(|built| (kinds, built, refs))
        };
        Self {
            blocks: Blocks::new(gathered.blocks.into_iter()),
            whole: gathered.whole,
            suffixes: gathered.suffixes,
            parts: gathered.parts.into_iter().filter_map(automaton).collect(),
            expressions: gathered.expressions,
        }
    }

    /// Gives every entry that is the whole text. It may give others whose hash is the same; compare.
    pub(super) fn whole(&self, text: &str, found: impl FnMut(Ref)) {
        self.whole.get(text, found);
    }

    /// As [`Self::whole`], for a name and every name above it.
    pub(super) fn above(&self, name: &str, mut found: impl FnMut(Ref, &str)) {
        let mut rest = Some(name);
        while let Some(suffix) = rest {
            self.suffixes.get(suffix, |at| found(at, suffix));
            rest = suffix.split_once('.').map(|(_, above)| above);
        }
    }

    /// Gives every entry, of a list that speaks of such kinds, that is a part of the text or matches it.
    pub(super) fn parts(&self, text: &str, wanted: u16, mut found: impl FnMut(Ref)) {
        for (_, parts, refs) in self.parts.iter().filter(|(kinds, ..)| kinds & wanted != 0) {
            parts.find_overlapping_iter(text).for_each(|part| found(refs[part.pattern().as_usize()]));
        }
        for (_, set, refs) in self.expressions.iter().filter(|(kinds, ..)| kinds & wanted != 0) {
            set.matches(text).iter().for_each(|at| found(refs[at]));
        }
    }
}

/// Texts by their hash; the texts themselves stay in the lists.
#[derive(Debug, Default)]
struct Texts(HashTable<(u64, Ref)>);

impl Texts {
    fn insert(&mut self, text: &str, at: Ref) {
        let hash = FixedState::default().hash_one(text);
        self.0.insert_unique(hash, (hash, at), |(hash, _)| *hash);
    }

    fn get(&self, text: &str, mut found: impl FnMut(Ref)) {
        let wanted = FixedState::default().hash_one(text);
        for (hash, at) in self.0.iter_hash(wanted) {
            if *hash == wanted {
                found(*at);
            }
        }
    }
}
