//! Findings of runs that are done, in memory: they never change, and each page would read megabytes of them anew.

use noroshi_model::{Finding, IntentId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Runs kept at once. The oldest goes first; it is read again from the store when it is asked for.
const RUNS_MAX: usize = 64;

/// Findings of runs, by their intent, which counts up with time.
#[derive(Default)]
pub(super) struct FoundBefore(Mutex<BTreeMap<IntentId, Arc<[Arc<Finding>]>>>);

impl FoundBefore {
    /// What a run found, if it is kept.
    pub(super) fn of(&self, run: IntentId) -> Option<Arc<[Arc<Finding>]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&run).cloned()
    }

    /// Keeps what a run that is done found.
    pub(super) fn keep(&self, run: IntentId, found: Vec<Finding>) -> Arc<[Arc<Finding>]> {
        let found: Arc<[_]> = found.into_iter().map(Arc::new).collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= RUNS_MAX {
            kept.pop_first();
        }
        kept.insert(run, Arc::clone(&found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_oldest_run_gives_way() {
        let (before, run) = (FoundBefore::default(), |n: usize| IntentId(Uuid::from_u128(n as u128)));
        for n in 0..=RUNS_MAX {
            before.keep(run(n), Vec::new());
        }
        assert!(before.of(run(0)).is_none());
        assert!(before.of(run(RUNS_MAX)).is_some());
    }
}
