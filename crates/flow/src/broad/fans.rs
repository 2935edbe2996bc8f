//! Who calls how many others on one port: what scans, spam runs and worms look like from outside.

use super::bounded::{Bounded, Key, Worth, hash_with};
use crate::contact::Contact;
use crate::sketch::{Distinct, hash_of};
use noroshi_model::Direction;

/// Which fan: one source and one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
// Without the sixteen bytes a number of 128 bits asks for, an entry is a line of the cache shorter.
#[repr(Rust, packed(8))]
pub struct FanKey {
    /// Who calls.
    pub source: u128,
    /// On which port.
    pub port: u16,
    /// By which protocol.
    pub protocol: u8,
    /// Whether the source stands abroad and calls into the country.
    pub inbound: bool,
}

impl FanKey {
    /// The fan a contact belongs to. A server's answer alone names a fan of clients that never was.
    #[inline]
    pub(super) fn of(contact: &Contact) -> Option<Self> {
        let inbound = contact.direction == Direction::ForeignIn;
        let (source, port, protocol) = (contact.client, contact.server_port, contact.protocol);
        (contact.packets_out > 0 || contact.bytes_out > 0).then_some(Self { source, port, protocol, inbound })
    }

    /// Its hash, where that of the source is known.
    #[inline]
    pub(super) fn hash_of_end(&self, source: u64) -> u64 {
        hash_with(source, u64::from(self.port) << 9 | u64::from(self.protocol) << 1 | u64::from(self.inbound))
    }
}

impl Key for FanKey {
    fn hash(&self) -> u64 {
        self.hash_of_end(hash_of(self.source))
    }
}

/// What is known of a fan: two lines of the cache with its key, what decides its worth in the first.
#[derive(Debug, Clone, Default)]
#[repr(C)]
pub struct Fan {
    /// Different hosts called.
    pub targets: Distinct,
    /// Last contact.
    pub last_us: i64,
    /// Contacts.
    pub contacts: u64,
    /// Contacts seen to be answered.
    pub answered: u64,
    /// Records without an initiator's view: the answered share is unknown from them.
    pub one_way: u64,
    /// Packets as exported.
    pub packets: u64,
    /// First contact.
    pub first_us: i64,
}

impl Worth for Fan {
    fn worth(&self) -> (u64, i64) {
        (self.targets.count(), self.last_us)
    }

    #[inline]
    fn touch(&self) -> u64 {
        self.contacts ^ self.last_us as u64 ^ self.targets.touch()
    }

    const OUTSIDE_BYTES_MAX: usize = Distinct::OUTSIDE_BYTES_MAX;

    fn bytes_outside(&self) -> usize {
        self.targets.bytes_outside()
    }
}

impl Fan {
    /// Counts a contact whose server has this [`hash_of`].
    pub(super) fn add(&mut self, contact: &Contact, server: u64) {
        if self.contacts == 0 {
            self.first_us = contact.start_us;
        }
        self.targets.insert_hash(server);
        self.contacts += 1;
        self.answered += u64::from(contact.packets_in > 0 && contact.packets_out > 0);
        self.one_way += u64::from(contact.outcome == crate::Outcome::OneWay);
        self.packets += contact.packets_out + contact.packets_in;
        self.first_us = self.first_us.min(contact.start_us);
        self.last_us = self.last_us.max(contact.start_us);
    }

    /// Share of contacts not answered, 0 to 1; of one-way exports, a contact whose answer was never seen.
    pub fn unanswered_share(&self) -> f64 {
        1.0 - self.answered as f64 / (self.contacts.max(1)) as f64
    }
}

/// Fans, bounded.
pub type FanTable = Bounded<FanKey, Fan>;
