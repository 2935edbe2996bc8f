//! Per pair, only what a bounded table holds: how often, how regular, how large.

use super::bounded::{Bounded, Key, Wanted, Worth, hash_with};
use crate::contact::Contact;
use crate::record::Outcome;
use crate::sketch::{LogHistogram, hash_of};
use noroshi_model::time::{HOUR, SECOND};

/// Contacts closer together than this are one beat: a page, not a heart.
pub const BEAT_GAP_US: i64 = SECOND;

/// Silence on a connection after which it stirs again: a keep-alive is a beat, a cut by the exporter
/// is none, since that comes in the middle of packets. Exporters end a silent flow after 15 s or more.
const SILENCE: i64 = 15 * SECOND;

/// Which pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
// Without the sixteen bytes a number of 128 bits asks for, an entry is a line of the cache shorter.
#[repr(Rust, packed(8))]
pub struct PairKey {
    /// Who was called.
    pub server: u128,
    /// On which port.
    pub port: u16,
    /// By which protocol.
    pub protocol: u8,
    /// Who called. In memory only, and only here.
    pub client: u128,
}

impl PairKey {
    /// The pair of a contact.
    #[inline]
    pub(super) fn of(contact: &Contact) -> Self {
        Self { server: contact.server, port: contact.server_port, protocol: contact.protocol, client: contact.client }
    }

    /// Its hash, where those of both ends are known.
    #[inline]
    pub(super) fn hash_of_ends(&self, client: u64, server: u64) -> u64 {
        hash_with(server ^ u64::from(self.port) << 8 ^ u64::from(self.protocol), client)
    }
}

impl Key for PairKey {
    fn hash(&self) -> u64 {
        self.hash_of_ends(hash_of(self.client), hash_of(self.server))
    }
}

/// Intervals between beats: sixth-octave bins from 1 s to 18 h.
pub type Intervals = LogHistogram<96, 6>;
/// Bytes per contact: fifth-octave bins from 1 B to 512 MiB.
pub type Sizes = LogHistogram<144, 5>;

/// The shape of a pair with several beats.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Seconds between beats.
    pub intervals: Intervals,
    /// Bytes from the client.
    pub sizes_out: Sizes,
    /// Bytes to the client.
    pub sizes_in: Sizes,
    /// Hours with a beat, as bits from the first hour on; later hours wrap round.
    pub hours: u128,
}

/// What is known of a pair: two lines of the cache with its key, what decides its worth in the first.
#[derive(Debug, Clone, Default)]
#[repr(C)]
pub struct Pair {
    /// Contacts, continuations of one connection counted once.
    pub contacts: u32,
    /// Beats: contacts at least [`BEAT_GAP_US`] apart.
    pub beats: u32,
    /// Last contact.
    pub last_us: i64,
    last_beat_us: i64,
    /// Records with packets from the client.
    pub out_seen: u32,
    /// Records with packets from the server.
    pub in_seen: u32,
    /// Contacts refused.
    pub rejected: u32,
    last_port: u16,
    last_lasted: bool,
    /// Bytes from the client.
    pub bytes_out: u64,
    /// Bytes to the client.
    pub bytes_in: u64,
    /// First contact.
    pub first_us: i64,
    /// Time connected, microseconds, overlaps counted twice.
    pub connected_us: i64,
    last_end_us: i64,
    /// From the second beat on.
    pub shape: Option<Box<Shape>>,
}

impl Pair {
    /// Share of contacts that were answered, 0 to 1. One-way exports answer by records of their own.
    pub fn answered_share(&self) -> f64 {
        f64::from(self.in_seen.min(self.out_seen.max(1))) / f64::from(self.out_seen.max(1))
    }

    fn add(&mut self, contact: &Contact) {
        let continues = self.continues(contact);
        self.out_seen +=
            u32::from(contact.packets_out > 0 || contact.bytes_out > 0 || contact.outcome != Outcome::OneWay);
        self.in_seen += u32::from(contact.packets_in > 0 || contact.bytes_in > 0);
        self.rejected += u32::from(contact.outcome == Outcome::Rejected);
        self.bytes_out += contact.bytes_out.saturating_mul(u64::from(contact.sampling));
        self.bytes_in += contact.bytes_in.saturating_mul(u64::from(contact.sampling));
        self.connected_us = self.connected_us.saturating_add(contact.end_us - contact.start_us);
        self.last_port = contact.client_port;
        self.last_end_us = self.last_end_us.max(contact.end_us);
        self.last_lasted = contact.end_us - contact.start_us >= 30 * SECOND;
        if self.contacts == 0 {
            self.first_us = contact.start_us;
            self.last_us = contact.start_us;
            self.last_beat_us = contact.start_us;
            self.beats = 1;
        }
        self.first_us = self.first_us.min(contact.start_us);
        self.last_us = self.last_us.max(contact.start_us);
        if continues {
            return;
        }
        self.contacts += 1;
        self.beat(contact);
    }

    fn beat(&mut self, contact: &Contact) {
        let since = contact.start_us - self.last_beat_us;
        if since >= BEAT_GAP_US {
            self.beats += 1;
            let shape = self.shape.get_or_insert_default();
            shape.intervals.insert(since as f64 / SECOND as f64);
            let hour = (contact.start_us - self.first_us) / HOUR;
            shape.hours |= 1 << (hour & 127);
            self.last_beat_us = contact.start_us;
        }
        if let Some(shape) = &mut self.shape {
            if contact.packets_out > 0 || contact.bytes_out > 0 {
                shape.sizes_out.insert(contact.bytes_out as f64);
            }
            if contact.packets_in > 0 || contact.bytes_in > 0 {
                shape.sizes_in.insert(contact.bytes_in as f64);
            }
        }
    }

    /// Whether this record goes on where the last one of the same connection stopped: exporters cut
    /// long connections at their active timeout (RFC 5470 §5.1.1), which is no beat.
    fn continues(&self, contact: &Contact) -> bool {
        continues(self.contacts > 0, self.last_port, self.last_end_us, self.last_lasted, contact)
    }
}

/// The rule for continuations, shared with whoever reads records back.
pub fn continues(any: bool, last_port: u16, last_end_us: i64, last_lasted: bool, next: &Contact) -> bool {
    let gap = next.start_us - last_end_us;
    let same = any && last_port == next.client_port;
    match next.protocol {
        6 => same && gap < SILENCE,
        17 => same && last_lasted && gap < 65 * SECOND,
        _ => any && gap < SECOND,
    }
}

impl Worth for Pair {
    fn worth(&self) -> (u64, i64) {
        (u64::from(self.beats), self.last_us)
    }

    #[inline]
    fn touch(&self) -> u64 {
        let shape = self.shape.as_ref().map_or(0, |shape| shape.hours as u64);
        self.bytes_out ^ u64::from(self.contacts) ^ u64::from(self.last_port) ^ shape
    }

    const OUTSIDE_BYTES_MAX: usize = size_of::<Shape>();

    fn bytes_outside(&self) -> usize {
        self.shape.as_ref().map_or(0, |_| size_of::<Shape>())
    }
}

/// Pairs, bounded: when full, pairs with the fewest beats and longest silent make room.
#[derive(Debug)]
pub struct PairTable(Bounded<PairKey, Pair>);

impl PairTable {
    /// An empty table for at most `pairs_max` pairs.
    pub fn new(pairs_max: usize) -> Self {
        Self(Bounded::new(pairs_max))
    }

    /// Counts one contact.
    #[inline]
    pub fn add(&mut self, contact: &Contact) {
        self.0.entry(PairKey::of(contact)).add(contact);
    }

    /// Counts the contacts whose numbers are wanted under their pairs.
    pub(super) fn add_all(&mut self, wanted: &mut Wanted<PairKey>, contacts: &[Contact]) {
        self.0.each(wanted, |pair, of| pair.add(&contacts[of]));
    }

    /// The bounded table behind it.
    pub fn table(&self) -> &Bounded<PairKey, Pair> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_model::Direction;

    fn contact(client: u128, start_s: i64, port: u16, lasts_s: i64) -> Contact {
        Contact {
            client,
            server: 9,
            client_port: port,
            server_port: 443,
            protocol: 6,
            start_us: start_s * SECOND,
            end_us: (start_s + lasts_s) * SECOND,
            packets_out: 2,
            bytes_out: 200,
            packets_in: 2,
            bytes_in: 400,
            tcp_flags: 0,
            sampling: 1,
            outcome: Outcome::Answered,
            direction: Direction::OutForeign,
        }
    }

    #[test]
    fn a_long_connection_cut_by_the_exporter_is_one_contact() {
        let mut table = PairTable::new(10);
        (0..30).for_each(|n| table.add(&contact(1, n * 60, 50_000, 60)));
        let pairs = table.table().sorted();
        assert_eq!((pairs[0].1.contacts, pairs[0].1.beats), (1, 1));
    }

    #[test]
    fn new_connections_are_beats() {
        let mut table = PairTable::new(10);
        (0..30).for_each(|n| table.add(&contact(1, n * 60, 50_000 + n as u16, 1)));
        let pairs = table.table().sorted();
        let shape = pairs[0].1.shape.as_ref().unwrap();
        assert_eq!(pairs[0].1.beats, 30);
        assert!((shape.intervals.quantile(0.5) - 60.0).abs() < 8.0);
        assert!(shape.sizes_in.concentration() > 0.99);
    }

    #[test]
    fn a_full_table_keeps_the_pairs_that_beat() {
        let mut table = PairTable::new(8);
        (0..20).for_each(|n| table.add(&contact(1, n * 60, 50_000 + n as u16, 1)));
        (2..100).for_each(|client| table.add(&contact(client, 2_000 + client as i64, 40_000, 1)));
        assert!(table.table().len() <= 8);
        assert!(table.table().evicted() > 0);
        assert!(table.table().sorted().iter().any(|(key, pair)| key.client == 1 && pair.beats == 20));
    }
}
