//! What is not in an export, and why.

use crate::limits::LEFT_OUT_NAMED_MAX;
use noroshi_stix::Id;
use std::collections::BTreeMap;
use std::fmt;

/// Why something is not in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// An object of another type.
    NotAnIndicator,
    /// Its producer took it back.
    Revoked,
    /// A newer version of it is there.
    OlderVersion,
    /// It does not hold yet.
    NotYet,
    /// It holds no longer.
    Ended,
    /// Less sure than was asked for.
    Unsure,
    /// It says that something is harmless.
    Benign,
    /// It names a victim, and victims were not asked for.
    Compromised,
    /// Its pattern is a rule of another language.
    Rule,
    /// Its pattern asks for more than plain values.
    NotPlain,
    /// Its pattern asks for a value that none of the kinds can say.
    OtherValue,
    /// The form has no word for this kind of value.
    NoWord,
    /// Longer than the form allows.
    TooLong,
}

impl Reason {
    /// As a table of counts has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAnIndicator => "not an indicator",
            Self::Revoked => "revoked",
            Self::OlderVersion => "a newer version is there",
            Self::NotYet => "does not hold yet",
            Self::Ended => "holds no longer",
            Self::Unsure => "less sure than asked for",
            Self::Benign => "says that something is harmless",
            Self::Compromised => "names a victim",
            Self::Rule => "a rule, not a value",
            Self::NotPlain => "the pattern asks for more than plain values",
            Self::OtherValue => "a value of another kind",
            Self::NoWord => "this form has no word for this kind of value",
            Self::TooLong => "longer than this form allows",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// Why.
    pub reason: Reason,
    /// The object.
    pub id: Id,
    /// What of it, where not all.
    pub what: String,
}

/// All that was left out: counted by reason, the first named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// How many, by reason.
    pub counts: BTreeMap<Reason, u64>,
    /// The first [`LEFT_OUT_NAMED_MAX`] of them.
    pub named: Vec<Left>,
}

impl LeftOut {
    /// How many in all.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(super) fn add(&mut self, reason: Reason, id: &Id, what: String) {
        *self.counts.entry(reason).or_default() += 1;
        if self.named.len() < LEFT_OUT_NAMED_MAX {
            self.named.push(Left { reason, id: id.clone(), what });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_at_the_limit_and_one_past_it() {
        let (mut left_out, id) = (LeftOut::default(), Id::domain("indicator", "x"));
        (0..LEFT_OUT_NAMED_MAX).for_each(|_| left_out.add(Reason::Ended, &id, String::new()));
        assert_eq!((left_out.count(), left_out.named.len()), (LEFT_OUT_NAMED_MAX as u64, LEFT_OUT_NAMED_MAX));
        left_out.add(Reason::NotYet, &id, String::new());
        assert_eq!((left_out.count(), left_out.named.len()), (LEFT_OUT_NAMED_MAX as u64 + 1, LEFT_OUT_NAMED_MAX));
    }
}
