//! Hosts that talk to many peers on high ports, both ways: what a peer-to-peer overlay looks like.

use super::bounded::{Bounded, Worth};
use crate::contact::Contact;
use crate::sketch::Distinct;
use noroshi_model::Direction;

/// What is known of a domestic host's peers.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// Peers, different addresses.
    pub peers: Distinct,
    /// Different networks of peers (/16 of IPv4, /32 of IPv6).
    pub networks: Distinct,
    /// Peers that called it.
    pub callers: Distinct,
    /// Contacts on high ports.
    pub contacts: u64,
    /// Of them, seen to be answered.
    pub answered: u64,
    /// Bytes both ways.
    pub bytes: u64,
    /// First contact.
    pub first_us: i64,
    /// Last contact.
    pub last_us: i64,
    /// Hours with a contact, bits from the first on.
    pub hours: u128,
    /// UDP contacts.
    pub udp: u64,
}

impl Worth for Overlay {
    fn worth(&self) -> (u64, i64) {
        (self.networks.count(), self.last_us)
    }

    #[inline]
    fn touch(&self) -> u64 {
        self.contacts ^ self.hours as u64 ^ self.peers.touch() ^ self.networks.touch() ^ self.callers.touch()
    }

    const OUTSIDE_BYTES_MAX: usize = 3 * Distinct::OUTSIDE_BYTES_MAX;

    fn bytes_outside(&self) -> usize {
        self.peers.bytes_outside() + self.networks.bytes_outside() + self.callers.bytes_outside()
    }
}

/// The network of an address: /16 of IPv4, /32 of IPv6, as the leading bits.
pub fn network_of(address: u128) -> u128 {
    if address >> 32 == 0xffff { address >> 16 } else { address >> 96 }
}

/// The host of a contact that may be one with its peer, on high ports.
#[inline]
pub(super) fn host_of(contact: &Contact) -> Option<u128> {
    let high = contact.server_port >= 1_024 && contact.client_port >= 1_024;
    let overlay = high && matches!(contact.protocol, 6 | 17) && contact.direction != Direction::ForeignForeign;
    overlay.then_some(if is_called(contact) { contact.server } else { contact.client })
}

/// Whether the host of a contact is its server.
#[inline]
pub(super) fn is_called(contact: &Contact) -> bool {
    contact.direction == Direction::ForeignIn
}

impl Overlay {
    /// Counts a contact of a host whose peer has this [`crate::sketch::hash_of`].
    pub(super) fn add(&mut self, contact: &Contact, peer_hash: u64) {
        let called = is_called(contact);
        let peer = if called { contact.client } else { contact.server };
        if self.contacts == 0 {
            self.first_us = contact.start_us;
        }
        self.peers.insert_hash(peer_hash);
        self.networks.insert(network_of(peer));
        if called {
            self.callers.insert_hash(peer_hash);
        }
        self.contacts += 1;
        self.answered += u64::from(contact.packets_in > 0 && contact.packets_out > 0);
        self.bytes += contact.bytes_in + contact.bytes_out;
        self.udp += u64::from(contact.protocol == 17);
        self.first_us = self.first_us.min(contact.start_us);
        self.last_us = self.last_us.max(contact.start_us);
        self.hours |= 1 << (((contact.start_us - self.first_us) / noroshi_model::time::HOUR) & 127);
    }
}

/// Overlays by domestic host, bounded.
pub type OverlayTable = Bounded<u128, Overlay>;
