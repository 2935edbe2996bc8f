//! One list, as MISP writes them: `name`, `version`, `description`, `type`, `matching_attributes`, `list`.
//!
//! Lists of our own have an object `noroshi` beside, with `source`, `date`, `days_max` and `action`.

use crate::Kind;
use crate::fault::Faults;
use crate::limits::{NAME_CHARACTERS_MAX, WARNING_LIST_BYTES_MAX};
use crate::text::one_line;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use noroshi_stix::Timestamp;
use serde::Deserialize;

/// What to do with a value that a list names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It must not be blocked.
    Refuse,
    /// A person looks at it first.
    Flag,
}

/// What holds for a list that does not say so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What to do.
    pub action: Action,
    /// Days after its date from which it is stale.
    pub days_max: u32,
}

impl Default for Terms {
    /// A person looks, and a list is fresh for ninety days.
    fn default() -> Self {
        Self { action: Action::Flag, days_max: 90 }
    }
}

/// How the entries of a list are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Matching {
    /// Addresses and blocks.
    Cidr,
    /// A name and everything below it.
    Hostname,
    /// The whole value.
    String,
    /// Anywhere in the value.
    Substring,
    /// Regular expressions.
    Regex,
}

/// One list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningList {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Where it comes from, where it says so.
    pub source: Option<String>,
    /// The day it is of. MISP's lists that count versions instead of days have none.
    pub date: Option<Timestamp>,
    /// Days after its date from which it is stale.
    pub days_max: u32,
    /// What to do with what it names.
    pub action: Action,
    pub(super) matching: Matching,
    /// A bit for each kind it speaks of, in the order of [`Kind::ALL`].
    pub(super) kinds: u16,
    pub(super) entries: Vec<String>,
}

/// Why a list was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Longer than the limit.
    #[error("the warning list has {0} bytes, more than {WARNING_LIST_BYTES_MAX}; split it")]
    TooLong(usize),
    /// Not the format.
    #[error("the warning list is not in MISP's format: {0}; see https://github.com/MISP/misp-warninglists")]
    Json(#[from] serde_json::Error),
    /// A date that is none.
    #[error("the date `{0}` of the warning list is none; write it like `2026-11-25`")]
    Date(String),
}

#[derive(Debug, Deserialize)]
struct Written {
    name: String,
    #[serde(default)]
    description: String,
    version: u64,
    #[serde(rename = "type", default = "whole")]
    matching: Matching,
    #[serde(default)]
    matching_attributes: Vec<String>,
    list: Vec<String>,
    #[serde(default)]
    noroshi: Option<Own>,
}

/// Lists without a type compare the whole value.
const fn whole() -> Matching {
    Matching::String
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    source: String,
    date: String,
    days_max: u32,
    action: Action,
}

impl WarningList {
    /// Reads one list. `terms` hold where it has none of its own.
    ///
    /// # Errors
    /// [`ListError`], which says what to do.
    pub fn read(bytes: &[u8], terms: &Terms) -> Result<Self, ListError> {
        if bytes.len() > WARNING_LIST_BYTES_MAX {
            return Err(ListError::TooLong(bytes.len()));
        }
        let written: Written = serde_json::from_slice(bytes)?;
        let date = match &written.noroshi {
            Some(own) => Some(day(&own.date).ok_or_else(|| ListError::Date(one_line(&own.date, 40)))?),
            None => of_version(written.version),
        };
        let own = written.noroshi.as_ref();
        Ok(Self {
            name: one_line(&written.name, NAME_CHARACTERS_MAX),
            description: one_line(&written.description, 1_000),
            source: own.map(|own| one_line(&own.source, 1_000)),
            date,
            days_max: own.map_or(terms.days_max, |own| own.days_max),
            action: own.map_or(terms.action, |own| own.action),
            matching: written.matching,
            kinds: kinds(&written.matching_attributes),
            entries: once_each(written.list),
        })
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entries that can never name anything, such as a block that is none; `line` counts entries from 1, each once.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        for (number, entry) in (1..).zip(&self.entries) {
            if let Err(what) = super::index::readable(self.matching, entry) {
                faults.add(number, what);
            }
        }
        faults
    }
}

/// Without entries that stood before: a list that says one thing a million times would tell it a million times.
fn once_each(mut entries: Vec<String>) -> Vec<String> {
    let mut seen: HashSet<&str, FixedState> = HashSet::default();
    let first: Vec<bool> = entries.iter().map(|entry| seen.insert(entry)).collect();
    drop(seen);
    let mut first = first.into_iter();
    entries.retain(|_| first.next().unwrap_or(true));
    entries
}

fn day(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{text}T00:00:00.000Z")).ok()
}

/// Most versions are days, written like 20261125.
fn of_version(version: u64) -> Option<Timestamp> {
    let (year, month, day_of) = (version / 10_000, version / 100 % 100, version % 100);
    (2_000..=9_999).contains(&year).then(|| day(&format!("{year:04}-{month:02}-{day_of:02}"))).flatten()
}

pub(super) const fn bit(kind: Kind) -> u16 {
    1 << kind as u16
}

/// Every address, or block of them.
pub(super) const ADDRESSES: u16 = bit(Kind::Ipv4) | bit(Kind::Ipv6) | bit(Kind::BlockV4) | bit(Kind::BlockV6);

/// The kinds that MISP's types of attributes stand for; without any, all.
fn kinds(attributes: &[String]) -> u16 {
    if attributes.is_empty() {
        return u16::MAX;
    }
    attributes.iter().fold(0, |kinds, attribute| kinds | of_attribute(attribute))
}

fn of_attribute(attribute: &str) -> u16 {
    match attribute {
        "ip-src" | "ip-dst" | "ip-src|port" | "ip-dst|port" | "ip" => ADDRESSES,
        "domain|ip" => ADDRESSES | bit(Kind::Domain),
        "domain" | "hostname" | "hostname|port" => bit(Kind::Domain),
        "url" | "uri" | "link" => bit(Kind::Url),
        "email"
        | "email-src"
        | "email-dst"
        | "email-reply-to"
        | "target-email"
        | "whois-registrant-email"
        | "dns-soa-email" => bit(Kind::Email),
        "md5" | "filename|md5" => bit(Kind::Md5),
        "sha1" | "filename|sha1" => bit(Kind::Sha1),
        "sha256" | "filename|sha256" => bit(Kind::Sha256),
        "sha512" | "filename|sha512" => bit(Kind::Sha512),
        _ => 0,
    }
}
