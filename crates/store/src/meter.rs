//! How often each named transaction was committed, tried again or given up, and how long it took.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What became of the transactions of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TxCount {
    /// Committed.
    pub committed: u64,
    /// Rolled back because of what they found, or an error.
    pub rolled_back: u64,
    /// Tried again after losing against another.
    pub tried_again: u64,
    /// Microseconds spent, all tries together.
    pub micros: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Meter {
    counts: Mutex<BTreeMap<&'static str, TxCount>>,
}

impl Meter {
    pub(crate) fn count(&self, name: &'static str, committed: bool, tried_again: u32, took: Duration) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name).or_default();
        count.committed += u64::from(committed);
        count.rolled_back += u64::from(!committed);
        count.tried_again += u64::from(tried_again);
        count.micros += u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    }

    pub(crate) fn read(&self) -> BTreeMap<&'static str, TxCount> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
