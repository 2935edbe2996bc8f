//! A map with a limit: when full, the least useful eighth makes room.
//!
//! Entries stand one after another; an index of eight bytes a slot finds
//! them (open addressing, at most half full). A table that outgrows the processor's cache costs a
//! wait for every line looked at, so whoever has many keys asks in [rounds](Bounded::each): first
//! every slot is read, then every entry, and only then is anything changed. The reads of a round
//! do not depend on each other, and the processor waits for many of them at once. What comes out
//! is the same as asking one key after another.

mod index;
mod room;
#[cfg(test)]
mod tests;

use crate::sketch::hash_of;
use index::Index;
use std::hint::black_box;

/// What entries are found by.
pub trait Key: Copy + Eq + Ord {
    /// A hash of the key, from [`hash_of`] the addresses in it: whoever has those need not take
    /// them again. It decides where an entry is looked for, never which entries there are.
    fn hash(&self) -> u64;
}

impl Key for u128 {
    #[inline]
    fn hash(&self) -> u64 {
        hash_of(*self)
    }
}

impl Key for u64 {
    #[inline]
    fn hash(&self) -> u64 {
        hash_of(u128::from(*self))
    }
}

/// One hash of a hash and something else.
#[inline]
pub(crate) fn hash_with(hash: u64, other: u64) -> u64 {
    let product = u128::from(hash) * u128::from(other ^ 0x9e37_79b9_7f4a_7c15);
    product as u64 ^ (product >> 64) as u64
}

/// How worth keeping an entry is; the smallest go first.
pub trait Worth {
    /// Larger is worthier; ties are broken by key, so the table's order never matters.
    fn worth(&self) -> (u64, i64);

    /// Reads a word of each cache line a change will read, in the entry itself and outside of it.
    /// The answer means nothing.
    #[inline]
    fn touch(&self) -> u64 {
        0
    }

    /// The most [`Worth::bytes_outside`] can be.
    const OUTSIDE_BYTES_MAX: usize = 0;

    /// Bytes held outside the entry itself.
    fn bytes_outside(&self) -> usize {
        0
    }
}

/// Entries a map makes room for at first.
const ENTRIES_FIRST: usize = 8;
/// How many times more it makes room for whenever it is full. What is not used yet costs no
/// memory, the kernel gives it on first use; what must be moved costs twice.
const GROWTH: usize = 4;
/// On lines of the processor's cache of its own: most entries are one or two of them.
#[derive(Debug)]
#[repr(C, align(64))]
struct Entry<K, V> {
    key: K,
    value: V,
}

/// A bounded map.
#[derive(Debug)]
pub struct Bounded<K, V> {
    index: Index,
    entries: Vec<Entry<K, V>>,
    /// Of every entry, so that the index can be made anew without hashing.
    tags: Vec<u32>,
    max: usize,
    evicted: u64,
}

/// Keys to be asked for in one go, each with a number its caller knows it by.
#[derive(Debug)]
pub struct Wanted<K>(Vec<Want<K>>);

#[derive(Debug)]
struct Want<K> {
    key: K,
    of: u32,
    tag: u32,
    /// Where the entry was when the round began.
    place: u32,
}

impl<K> Default for Wanted<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K> Wanted<K> {
    /// Wants `key`, which has this [`Key::hash`]; `of` comes back with its entry.
    #[inline]
    pub fn push(&mut self, key: K, hash: u64, of: usize) {
        self.0.push(Want { key, of: of as u32, tag: tag(hash), place: 0 });
    }
}

#[inline]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32 ^ hash as u32
}

impl<K: Key, V: Default + Worth> Bounded<K, V> {
    /// An empty map for at most `max` entries (at least one; at most 2^31).
    pub fn new(max: usize) -> Self {
        Self { index: Index::default(), entries: Vec::new(), tags: Vec::new(), max: max.clamp(1, 1 << 31), evicted: 0 }
    }

    #[inline]
    fn find(&self, key: &K, tag: u32) -> Option<usize> {
        self.index.find(tag, |place| self.entries.get(place).is_some_and(|entry| entry.key == *key))
    }

    /// The entry of `key`, made if need be.
    #[inline]
    pub fn entry(&mut self, key: K) -> &mut V {
        let tag = tag(key.hash());
        let place = self.find(&key, tag).unwrap_or_else(|| self.make(key, tag));
        &mut self.entries[place].value
    }

    /// Changes the entry of every key wanted, in the order they were pushed, made if need be, and
    /// forgets what was wanted.
    pub fn each(&mut self, wanted: &mut Wanted<K>, mut change: impl FnMut(&mut V, usize)) {
        self.meet(wanted);
        for want in wanted.0.drain(..) {
            let place = match self.entries.get(want.place as usize) {
                Some(entry) if entry.key == want.key => want.place as usize,
                // New, or made or moved since the round began.
                _ => self.find(&want.key, want.tag).unwrap_or_else(|| self.make(want.key, want.tag)),
            };
            change(&mut self.entries[place].value, want.of as usize);
        }
    }

    /// As [`Bounded::each`], but makes no entry.
    pub fn each_held(&mut self, wanted: &mut Wanted<K>, mut change: impl FnMut(&mut V, usize)) {
        self.meet(wanted);
        for want in wanted.0.drain(..) {
            let place = match self.entries.get(want.place as usize) {
                Some(entry) if entry.key == want.key => want.place as usize,
                Some(_) => self.find(&want.key, want.tag).unwrap_or(usize::MAX),
                None => continue,
            };
            if let Some(entry) = self.entries.get_mut(place) {
                change(&mut entry.value, want.of as usize);
            }
        }
    }

    /// Finds all that is wanted, in rounds.
    fn meet(&self, wanted: &mut Wanted<K>) {
        let mut read = 0u64;
        for want in &wanted.0 {
            read ^= self.index.touch(want.tag);
        }
        for want in &mut wanted.0 {
            // By tag alone: an entry of the same tag is almost always the one.
            want.place = self.index.find(want.tag, |_| true).map_or(u32::MAX, |place| place as u32);
        }
        for want in &wanted.0 {
            if let Some(entry) = self.entries.get(want.place as usize) {
                read ^= u64::from(entry.key == want.key) ^ entry.value.touch();
            }
        }
        black_box(read);
    }

    #[cold]
    fn grow(&mut self) {
        self.index = Index::of(&self.tags, (self.tags.len() * 2).min(self.max));
    }

    fn make(&mut self, key: K, tag: u32) -> usize {
        if self.entries.len() >= self.max {
            self.make_room();
        }
        if !self.index.has_room(self.entries.len()) {
            self.grow();
        }
        let place = self.entries.len();
        if place == self.entries.capacity() {
            // Never room for more than may be held.
            let more = (place * (GROWTH - 1)).max(ENTRIES_FIRST).min(self.max - place);
            self.entries.reserve_exact(more);
            self.tags.reserve_exact(more);
        }
        self.entries.push(Entry { key, value: V::default() });
        self.tags.push(tag);
        self.index.insert(tag, place);
        place
    }

    /// The entry of `key`, if held.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key, tag(key.hash())).map(|place| &self.entries[place].value)
    }

    /// The entry of `key`, if held, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find(key, tag(key.hash())).map(|place| &mut self.entries[place].value)
    }

    /// Entries forgotten to make room.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Number of entries held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes held: the entries with what they hold outside, and the index.
    pub fn bytes(&self) -> usize {
        let outside: usize = self.entries.iter().map(|entry| entry.value.bytes_outside()).sum();
        let each = size_of::<Entry<K, V>>() + size_of::<u32>();
        self.entries.capacity() * each + self.index.bytes() + outside
    }

    /// The most [`Bounded::bytes`] can be: what the limit costs.
    pub fn bytes_max(&self) -> usize {
        let each = size_of::<Entry<K, V>>() + size_of::<u32>() + V::OUTSIDE_BYTES_MAX;
        self.max * each + Index::bytes_for(self.max)
    }

    /// Every entry, in an order that depends on nothing but what was asked before.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|entry| (&entry.key, &entry.value))
    }

    /// Every entry, sorted by key.
    pub fn sorted(&self) -> Vec<(&K, &V)> {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| **key);
        entries
    }
}
