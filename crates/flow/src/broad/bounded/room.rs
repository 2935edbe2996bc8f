//! Making room: which entries go, and how they go without waiting for memory one by one.

use super::{Bounded, Key, Worth};
use std::hint::black_box;

/// Entries of which a sample is taken to guess what goes.
const SAMPLE_MAX: usize = 512;
/// Entries forgotten together, so that the waits for the index overlap.
const FORGET_ROUND: usize = 64;

/// Both parts of a worth as one number in the same order.
fn in_one((first, second): (u64, i64)) -> u128 {
    u128::from(first) << 64 | u128::from(second as u64 ^ 1 << 63)
}

/// The value that `nth` others are smaller than or equal to. Only what a sample says may be it is put in order.
pub(super) fn nth_smallest(values: &[u128], nth: usize) -> u128 {
    let mut sample: Vec<u128> = values.iter().step_by((values.len() / SAMPLE_MAX).max(1)).copied().collect();
    let rank = (nth * sample.len() / values.len() + sample.len() / 16).min(sample.len() - 1);
    let bound = *sample.select_nth_unstable(rank).1;
    let mut low: Vec<u128> = values.iter().copied().filter(|value| *value <= bound).collect();
    if low.len() <= nth {
        low = values.to_vec();
    }
    *low.select_nth_unstable(nth).1
}

impl<K: Key, V: Default + Worth> Bounded<K, V> {
    #[cold]
    pub(super) fn make_room(&mut self) {
        let room = (self.max / 8).max(1).min(self.entries.len());
        let worths: Vec<u128> = self.entries.iter().map(|entry| in_one(entry.value.worth())).collect();
        let last = nth_smallest(&worths, room - 1);
        // Of those just worthy enough, the smallest keys go.
        let below = worths.iter().filter(|worth| **worth < last).count();
        let ties = worths.iter().zip(&self.entries).filter(|(worth, _)| **worth == last);
        let mut ties: Vec<K> = ties.map(|(_, entry)| entry.key).collect();
        let last_key = *ties.select_nth_unstable(room - below - 1).1;
        let goes =
            |place: &usize| worths[*place] < last || worths[*place] == last && self.entries[*place].key <= last_key;
        // From the back, so that the last entry, which moves into the gap, is never one to go.
        let going: Vec<usize> = (0..worths.len()).rev().filter(goes).collect();
        for round in going.chunks(FORGET_ROUND) {
            self.forget_all(round);
        }
    }

    fn forget_all(&mut self, places: &[usize]) {
        let mut read = 0u64;
        for (nth, &place) in places.iter().enumerate() {
            read ^= self.index.touch(self.tags[place]) ^ self.index.touch(self.tags[self.tags.len() - 1 - nth]);
        }
        black_box(read);
        places.iter().for_each(|&place| self.forget(place));
    }

    fn forget(&mut self, place: usize) {
        let (tag, last) = (self.tags.swap_remove(place), self.entries.len() - 1);
        self.entries.swap_remove(place);
        self.index.remove(tag, place);
        if let Some(&moved) = self.tags.get(place) {
            self.index.move_place(moved, last, place);
        }
        self.evicted += 1;
    }
}
