//! Data sets that came before their template: held within limits, then replayed or given up.

use super::DecoderLimits;
use crate::limits::HELD_SETS_MAX;
use noroshi_model::Micros;
use std::collections::{HashMap, VecDeque};

/// What the message header said, which a replay needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    /// When the message was sent.
    pub(crate) export: Micros,
    /// Milliseconds since the exporter booted, where the protocol says (NetFlow v5 and v9).
    pub(crate) uptime_ms: Option<u32>,
}

/// One data set without a template.
#[derive(Debug)]
pub(crate) struct HeldSet {
    session: u64,
    template: u16,
    received: Micros,
    pub(crate) header: Header,
    pub(crate) bytes: Box<[u8]>,
}

/// What an entry costs beside its bytes.
const ENTRY_BYTES: usize = size_of::<HeldSet>();

/// Held sets, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    sets: VecDeque<HeldSet>,
    bytes: usize,
    /// Sets held for each session and template, so that a template nobody waits for costs nothing.
    waiting: HashMap<(u64, u16), usize, foldhash::fast::RandomState>,
}

impl Pending {
    /// Holds a set, giving up the oldest ones to make room. Returns how many were given up,
    /// the new one included when it alone is past the limit.
    pub(crate) fn hold(
        &mut self,
        (session, template): (u64, u16),
        received: Micros,
        header: Header,
        bytes: &[u8],
        limits: &DecoderLimits,
    ) -> u64 {
        let cost = bytes.len() + ENTRY_BYTES;
        if cost > limits.held_bytes {
            return 1;
        }
        let mut expired = self.expire(received, limits);
        while self.bytes + cost > limits.held_bytes || self.sets.len() >= HELD_SETS_MAX {
            expired += self.drop_oldest();
        }
        self.bytes += cost;
        *self.waiting.entry((session, template)).or_default() += 1;
        self.sets.push_back(HeldSet { session, template, received, header, bytes: bytes.into() });
        expired
    }

    /// Gives up what is too old.
    pub(crate) fn expire(&mut self, now: Micros, limits: &DecoderLimits) -> u64 {
        let mut expired = 0;
        while self.sets.front().is_some_and(|set| now.0.saturating_sub(set.received.0) > limits.held_age.0) {
            expired += self.drop_oldest();
        }
        expired
    }

    /// Takes out the sets one template was missing for, in order of arrival.
    pub(crate) fn release(&mut self, session: u64, template: u16) -> Vec<HeldSet> {
        let Some(count) = self.waiting.remove(&(session, template)) else { return Vec::new() };
        let mut released = Vec::with_capacity(count);
        let mut kept = VecDeque::new();
        for set in self.sets.drain(..) {
            if set.session == session && set.template == template {
                self.bytes -= set.bytes.len() + ENTRY_BYTES;
                released.push(set);
            } else {
                kept.push_back(set);
            }
        }
        self.sets = kept;
        released
    }

    /// Sets held now.
    pub(crate) fn len(&self) -> usize {
        self.sets.len()
    }

    fn drop_oldest(&mut self) -> u64 {
        let Some(set) = self.sets.pop_front() else { return 0 };
        self.bytes -= set.bytes.len() + ENTRY_BYTES;
        let key = (set.session, set.template);
        if let Some(count) = self.waiting.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.waiting.remove(&key);
            }
        }
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header { export: Micros(0), uptime_ms: None };

    #[test]
    fn bytes_at_the_limit_and_one_past() {
        let limits = DecoderLimits { held_bytes: 2 * (10 + ENTRY_BYTES), ..DecoderLimits::default() };
        let mut pending = Pending::default();
        assert_eq!(pending.hold((0, 256), Micros(0), HEADER, &[0; 10], &limits), 0);
        assert_eq!(pending.hold((0, 257), Micros(0), HEADER, &[0; 10], &limits), 0);
        assert_eq!(pending.hold((0, 256), Micros(0), HEADER, &[0; 1], &limits), 1);
        assert_eq!(pending.len(), 2);
        assert_eq!(pending.release(0, 257).len(), 1);
        assert_eq!(pending.hold((0, 256), Micros(0), HEADER, &vec![0; limits.held_bytes], &limits), 1);
        assert_eq!(pending.release(0, 256).len(), 1);
        assert_eq!(pending.bytes, 0);
    }

    #[test]
    fn sets_at_the_limit_and_one_past() {
        let mut pending = Pending::default();
        for _ in 0..HELD_SETS_MAX {
            assert_eq!(pending.hold((0, 256), Micros(0), HEADER, &[0; 1], &DecoderLimits::default()), 0);
        }
        assert_eq!(pending.hold((0, 256), Micros(0), HEADER, &[0; 1], &DecoderLimits::default()), 1);
        assert_eq!(pending.release(0, 256).len(), HELD_SETS_MAX);
    }

    #[test]
    fn age_at_the_limit_and_one_past() {
        let limits = DecoderLimits { held_age: Micros(5), ..DecoderLimits::default() };
        let mut pending = Pending::default();
        pending.hold((0, 256), Micros(0), HEADER, &[0; 10], &limits);
        assert_eq!(pending.expire(Micros(5), &limits), 0);
        assert_eq!(pending.expire(Micros(6), &limits), 1);
        assert_eq!(pending.len(), 0);
        assert!(pending.release(0, 256).is_empty());
    }
}
