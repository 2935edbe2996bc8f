//! A map with a limit: when full, the least useful eighth makes room.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::hash::Hash;

/// How worth keeping an entry is; the smallest go first.
pub trait Worth {
    /// Larger is worthier; ties are broken by key, so the table's order never matters.
    fn worth(&self) -> (u64, i64);
}

/// A bounded map with a fixed hash seed.
#[derive(Debug)]
pub struct Bounded<K, V> {
    map: HashMap<K, V, FixedState>,
    max: usize,
    evicted: u64,
}

impl<K: Eq + Hash + Ord + Copy, V: Default + Worth> Bounded<K, V> {
    /// An empty map for at most `max` entries (at least one).
    pub fn new(max: usize) -> Self {
        Self { map: HashMap::with_hasher(FixedState::with_seed(0x626f_756e)), max: max.max(1), evicted: 0 }
    }

    /// The entry of `key`, made if need be.
    #[inline]
    pub fn entry(&mut self, key: K) -> &mut V {
        if self.map.len() >= self.max && !self.map.contains_key(&key) {
            self.make_room();
        }
        self.map.entry(key).or_default()
    }

    fn make_room(&mut self) {
        let mut order: Vec<((u64, i64), K)> = self.map.iter().map(|(k, v)| (v.worth(), *k)).collect();
        let room = (self.max / 8).max(1).min(order.len());
        if room < order.len() {
            order.select_nth_unstable(room);
        }
        order.truncate(room);
        for (_, key) in order {
            self.map.remove(&key);
            self.evicted += 1;
        }
    }

    /// The entry of `key`, if held.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key)
    }

    /// The entry of `key`, if held, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.map.get_mut(key)
    }

    /// Entries forgotten to make room.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Number of entries held.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Every entry, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.map.iter()
    }

    /// Every entry, sorted by key.
    pub fn sorted(&self) -> Vec<(&K, &V)> {
        let mut entries: Vec<_> = self.map.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| **key);
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Count(u64);
    impl Worth for Count {
        fn worth(&self) -> (u64, i64) {
            (self.0, 0)
        }
    }

    #[test]
    fn the_limit_holds_one_past_it_and_the_worthiest_stay() {
        let mut map: Bounded<u32, Count> = Bounded::new(16);
        (0..16).for_each(|k| map.entry(k).0 += u64::from(k));
        assert_eq!((map.len(), map.evicted()), (16, 0));
        map.entry(99).0 += 1;
        assert!(map.len() <= 16 && map.evicted() == 2);
        assert!(map.get(&15).is_some() && map.get(&0).is_none());
    }
}
