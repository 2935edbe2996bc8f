//! How often a thing has changed.

use std::fmt;

/// Number of events or changes so far; 0 is a thing that does not exist yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version(pub u64);

impl Version {
    /// Of a thing that does not exist yet.
    pub const NEW: Self = Self(0);

    /// After `changes` more.
    #[must_use]
    pub fn plus(self, changes: usize) -> Self {
        Self(self.0.saturating_add(changes as u64))
    }

    pub(crate) fn from_row(version: i64) -> Self {
        Self(u64::try_from(version).unwrap_or_default())
    }

    pub(crate) fn to_row(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
