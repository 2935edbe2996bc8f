//! Hosts that talk to many peers on high ports, both ways: what a peer-to-peer overlay looks like.

use super::bounded::{Bounded, Worth};
use crate::contact::Contact;
use crate::sketch::Distinct;

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
}

/// The network of an address: /16 of IPv4, /32 of IPv6, as the leading bits.
pub fn network_of(address: u128) -> u128 {
    if address >> 32 == 0xffff { address >> 16 } else { address >> 96 }
}

impl Overlay {
    pub(super) fn add(&mut self, peer: u128, called: bool, contact: &Contact) {
        if self.contacts == 0 {
            self.first_us = contact.start_us;
        }
        self.peers.insert(peer);
        self.networks.insert(network_of(peer));
        if called {
            self.callers.insert(peer);
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
