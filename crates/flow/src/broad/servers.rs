//! Per foreign server and hour: the features the engine is asked about. They name servers, never clients.

use super::bounded::{Bounded, Key, Worth, hash_with};
use crate::contact::Contact;
use crate::sketch::{Distinct, hash_of};
use noroshi_model::time::HOUR;

/// One server in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
// Without the sixteen bytes a number of 128 bits asks for, an entry is a line of the cache shorter.
#[repr(Rust, packed(8))]
pub struct ServerHourKey {
    /// Start of the hour, microseconds UTC.
    pub hour_us: i64,
    /// The server.
    pub server: u128,
    /// Its port.
    pub port: u16,
    /// Its protocol.
    pub protocol: u8,
}

/// What is known of a server in an hour.
#[derive(Debug, Clone, Default)]
pub struct ServerHour {
    /// Records.
    pub contacts: u64,
    /// Packets, scaled by the sampling rate.
    pub packets: u64,
    /// Packets actually looked at.
    pub packets_seen: u64,
    /// Bytes from clients, scaled.
    pub bytes_out: u64,
    /// Bytes to clients, scaled.
    pub bytes_in: u64,
    /// Records without an answer on a probe that sees both ways.
    pub unanswered: u64,
    /// Clients.
    pub clients: Distinct,
    /// Networks of clients.
    pub client_networks: Distinct,
    /// Largest sampling rate seen.
    pub sampling: u32,
}

impl ServerHourKey {
    /// The server of a contact in its hour.
    #[inline]
    pub(super) fn of(contact: &Contact) -> Self {
        Self {
            hour_us: contact.start_us.div_euclid(HOUR) * HOUR,
            server: contact.server,
            port: contact.server_port,
            protocol: contact.protocol,
        }
    }

    /// Its hash, where that of the server is known.
    #[inline]
    pub(super) fn hash_of_end(&self, server: u64) -> u64 {
        hash_with(server ^ u64::from(self.port) << 8 ^ u64::from(self.protocol), self.hour_us as u64)
    }
}

impl Key for ServerHourKey {
    fn hash(&self) -> u64 {
        self.hash_of_end(hash_of(self.server))
    }
}

impl Worth for ServerHour {
    fn worth(&self) -> (u64, i64) {
        (self.clients.count(), self.contacts as i64)
    }

    #[inline]
    fn touch(&self) -> u64 {
        self.contacts ^ u64::from(self.sampling) ^ self.clients.touch() ^ self.client_networks.touch()
    }

    const OUTSIDE_BYTES_MAX: usize = 2 * Distinct::OUTSIDE_BYTES_MAX;

    fn bytes_outside(&self) -> usize {
        self.clients.bytes_outside() + self.client_networks.bytes_outside()
    }
}

impl ServerHour {
    /// Counts a contact whose client has this [`hash_of`].
    pub(super) fn add(&mut self, contact: &Contact, client: u64) {
        let scale = u64::from(contact.sampling);
        let packets = contact.packets_out + contact.packets_in;
        self.contacts += 1;
        self.packets += packets.saturating_mul(scale);
        self.packets_seen += packets;
        self.bytes_out += contact.bytes_out.saturating_mul(scale);
        self.bytes_in += contact.bytes_in.saturating_mul(scale);
        self.unanswered += u64::from(matches!(contact.outcome, crate::Outcome::Unanswered | crate::Outcome::Rejected));
        self.clients.insert_hash(client);
        self.client_networks.insert(super::overlay::network_of(contact.client));
        self.sampling = self.sampling.max(contact.sampling);
    }
}

/// Servers by hour, bounded.
pub type ServerHourTable = Bounded<ServerHourKey, ServerHour>;
