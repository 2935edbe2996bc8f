//! Where an entry stands, by the tag of its key: eight bytes a slot, linear probing.

/// Slots at least.
const SLOTS_MIN: usize = 16;

/// Slots of `tag << 32 | place + 1`; 0 is empty. Their number is a power of two.
#[derive(Debug)]
pub(super) struct Index(Vec<u64>);

impl Default for Index {
    fn default() -> Self {
        Self(vec![0; SLOTS_MIN])
    }
}

impl Index {
    /// The index of entries with these tags, with room for as many as `room`.
    pub(super) fn of(tags: &[u32], room: usize) -> Self {
        let mut index = Self(vec![0; Self::bytes_for(room) / size_of::<u64>()]);
        tags.iter().enumerate().for_each(|(place, &tag)| index.insert(tag, place));
        index
    }

    /// Bytes of an index with room for as many as `room`.
    pub(super) fn bytes_for(room: usize) -> usize {
        (room * 2).next_power_of_two().max(SLOTS_MIN) * size_of::<u64>()
    }

    /// Whether one more than `held` leaves half of the slots empty.
    #[inline]
    pub(super) fn has_room(&self, held: usize) -> bool {
        (held + 1) * 2 <= self.0.len()
    }

    #[inline]
    fn first(&self, tag: u32) -> usize {
        tag as usize & (self.0.len() - 1)
    }

    /// Reads the slot a tag is looked for first.
    #[inline]
    pub(super) fn touch(&self, tag: u32) -> u64 {
        self.0[self.first(tag)]
    }

    /// The place under `tag` that `is_it` says is right.
    #[inline]
    pub(super) fn find(&self, tag: u32, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let mut slot = self.first(tag);
        loop {
            let held = self.0[slot];
            if held == 0 {
                return None;
            }
            let place = (held as u32 - 1) as usize;
            if (held >> 32) as u32 == tag && is_it(place) {
                return Some(place);
            }
            slot = (slot + 1) & (self.0.len() - 1);
        }
    }

    /// Notes where the entry of `tag` stands. There must be an empty slot.
    #[inline]
    pub(super) fn insert(&mut self, tag: u32, place: usize) {
        let mut slot = self.first(tag);
        while self.0[slot] != 0 {
            slot = (slot + 1) & (self.0.len() - 1);
        }
        self.0[slot] = u64::from(tag) << 32 | (place as u64 + 1);
    }

    fn slot_of(&self, tag: u32, place: usize) -> usize {
        let (wanted, mut slot) = (u64::from(tag) << 32 | (place as u64 + 1), self.first(tag));
        while self.0[slot] != wanted && self.0[slot] != 0 {
            slot = (slot + 1) & (self.0.len() - 1);
        }
        slot
    }

    /// Notes that the entry of `tag` moved.
    pub(super) fn move_place(&mut self, tag: u32, from: usize, to: usize) {
        let slot = self.slot_of(tag, from);
        self.0[slot] = u64::from(tag) << 32 | (to as u64 + 1);
    }

    /// Forgets the entry of `tag` at `place`, and closes the gap it leaves (Knuth, TAOCP 3, 6.4, algorithm R).
    pub(super) fn remove(&mut self, tag: u32, place: usize) {
        let last = self.0.len() - 1;
        let mut gap = self.slot_of(tag, place);
        self.0[gap] = 0;
        let mut slot = gap;
        loop {
            slot = (slot + 1) & last;
            let held = self.0[slot];
            if held == 0 {
                return;
            }
            // What is nearer to its first slot than the gap is stays.
            let wanted = self.first((held >> 32) as u32);
            if (slot.wrapping_sub(wanted) & last) >= (slot.wrapping_sub(gap) & last) {
                (self.0[gap], self.0[slot]) = (held, 0);
                gap = slot;
            }
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.0.len() * size_of::<u64>()
    }
}
