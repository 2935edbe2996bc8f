//! What machines can act on: block lists, Suricata data sets, Zeek intelligence, response policy zones.
//!
//! [`choose`] takes what holds at an instant out of STIX objects; [`block_lists`], [`suricata()`], [`zeek()`] and [`rpz()`]
//! write it. What cannot be said in a form is counted and named in [`LeftOut`], never silently dropped. Nothing in a
//! value or label can end a line, a record or a rule: values are [`crate::Value`]s, and labels are made fit for a line.

mod blocks;
mod choose;
mod left;
mod rpz;
mod suricata;
mod zeek;

pub use blocks::block_lists;
pub use choose::{Chosen, Wanted, choose};
pub use left::{Left, LeftOut, Reason};
pub use rpz::{NotAZone, Policy, Zone, rpz};
pub use suricata::suricata;
pub use zeek::zeek;

use crate::{Kind, Value};
use noroshi_stix::{Id, Timestamp};
use std::collections::BTreeMap;

/// One value to act on, and the indicator that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// The indicator.
    pub id: Id,
    /// The value.
    pub value: Value,
    /// From when on it holds.
    pub valid_from: Timestamp,
    /// Until when it holds, this instant not included.
    pub valid_until: Option<Timestamp>,
    /// How sure, 0 to 100.
    pub confidence: Option<u8>,
    /// What it is called.
    pub label: String,
}

impl Indicator {
    /// What kind of value.
    pub fn kind(&self) -> Kind {
        self.value.kind()
    }

    /// Whether it holds at an instant (STIX 2.1, section 4.7.1).
    pub fn holds(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
    }
}

/// One file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// The files of an export and what is not in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The files, in a fixed order. The same indicators give the same bytes, in whatever order they come.
    pub files: Vec<File>,
    /// What the form could not say.
    pub left_out: LeftOut,
}

impl Written {
    fn file(&mut self, name: impl Into<String>, text: String) {
        self.files.push(File { name: name.into(), bytes: text.into_bytes() });
    }
}

/// What holds at an instant, one indicator a value: of several the surest, then the one with the first identifier.
fn held<'a>(indicators: &'a [Indicator], at: Timestamp, left_out: &mut LeftOut) -> BTreeMap<&'a Value, &'a Indicator> {
    let mut held: BTreeMap<&Value, &Indicator> = BTreeMap::new();
    for indicator in indicators {
        if !indicator.holds(at) {
            let reason = if indicator.valid_from > at { Reason::NotYet } else { Reason::Ended };
            left_out.add(reason, &indicator.id, String::new());
            continue;
        }
        let better = |before: &&Indicator| {
            (indicator.confidence, std::cmp::Reverse(&indicator.id), &indicator.label)
                > (before.confidence, std::cmp::Reverse(&before.id), &before.label)
        };
        if held.get(&indicator.value).is_none_or(better) {
            held.insert(&indicator.value, indicator);
        }
    }
    held
}

#[cfg(test)]
mod tests;
