//! What could not be read: counted by reason, the first few described.

use crate::limits::DAMAGE_NOTES_MAX;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// One damaged record, described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DamageNote {
    /// Input as the user named it.
    pub input: String,
    /// Where: a byte offset of binary input, a 1-based line of text.
    pub offset: u64,
    /// What `offset` counts.
    pub unit: OffsetUnit,
    /// What is wrong.
    pub reason: String,
}

/// What an offset counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OffsetUnit {
    /// Bytes from the start of the decompressed input.
    Byte,
    /// Lines, from 1.
    Line,
    /// Datagrams received, from 1.
    Datagram,
}

impl fmt::Display for DamageNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            OffsetUnit::Byte => "byte",
            OffsetUnit::Line => "line",
            OffsetUnit::Datagram => "datagram",
        };
        write!(f, "{}, {unit} {}: {}", self.input, self.offset, self.reason)
    }
}

/// Damage met so far. Bounded whatever the input: one counter a kind, a few notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// Damaged records by kind.
    pub counts: BTreeMap<&'static str, u64>,
    /// The first few, described.
    pub first: Vec<DamageNote>,
}

impl Damage {
    /// Counts one damaged record. `note` is only called for the first few.
    pub fn record(&mut self, kind: &'static str, note: impl FnOnce() -> DamageNote) {
        *self.counts.entry(kind).or_default() += 1;
        if self.first.len() < DAMAGE_NOTES_MAX {
            self.first.push(note());
        }
    }

    /// Damaged records of every kind.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Adds what another input met.
    pub fn merge(&mut self, other: Self) {
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        self.first.extend(other.first);
        self.first.truncate(DAMAGE_NOTES_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_stop_at_the_limit_and_counts_do_not() {
        let mut damage = Damage::default();
        for offset in 0..100 {
            damage.record("short", || DamageNote {
                input: "a.ipfix".into(),
                offset,
                unit: OffsetUnit::Byte,
                reason: "cut off".into(),
            });
        }
        assert_eq!(damage.total(), 100);
        assert_eq!(damage.first.len(), DAMAGE_NOTES_MAX);
        assert_eq!(damage.first[0].to_string(), "a.ipfix, byte 0: cut off");
    }
}
