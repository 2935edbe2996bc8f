//! What one walk has seen, to find out when it goes round.

use crate::key::ObjectKey;
use std::collections::HashSet;

/// Keys in two halves: when the newer one is full, the older one is forgotten. So the last `half_max` objects at least
/// are remembered, and twice as many at most. A mistake in eight bytes would have to befall all objects of a page to
/// do harm.
#[derive(Debug)]
pub(super) struct Seen {
    newer: HashSet<u64>,
    older: HashSet<u64>,
    half_max: usize,
}

impl Seen {
    pub(super) fn new(half_max: usize) -> Self {
        Self { newer: HashSet::new(), older: HashSet::new(), half_max: half_max.max(1) }
    }

    /// Notes a key; gives whether it is new.
    pub(super) fn note(&mut self, key: ObjectKey) -> bool {
        let key = key.short();
        let new = !self.newer.contains(&key) && !self.older.contains(&key);
        if self.newer.len() >= self.half_max {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(key);
        new
    }

    pub(super) fn clear(&mut self) {
        self.newer.clear();
        self.older.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_has_a_limit() {
        let key = |number: u32| ObjectKey::of_bytes(&number.to_be_bytes());
        let mut seen = Seen::new(3);
        assert!((0..100).all(|number| seen.note(key(number))));
        assert!((97..100).all(|number| !seen.note(key(number))));
        assert!(seen.newer.len() <= 3 && seen.older.len() <= 3);
        assert!(seen.note(key(1)), "long forgotten");
        seen.clear();
        assert!(seen.note(key(99)));
    }
}
