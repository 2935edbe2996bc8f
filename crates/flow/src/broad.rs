//! Broad: what is left after the gate feeds aggregates only, in memory, and is forgotten.
//!
//! [`servers`] become a table for the engine and name servers, never clients. [`pairs`],
//! [`fans`], [`overlay`], [`floods`] and [`relays`] are bounded tables that live only as long as the run.

pub mod bounded;
pub mod fans;
pub mod floods;
pub mod overlay;
pub mod pairs;
pub mod relays;
pub mod servers;

use crate::columns::FlowColumns;
use crate::contact::{Contact, Turner};
use crate::intake::{DnsQuery, FlowSink, SinkError};
use crate::names::NameTable;
use bounded::Bounded;
use fans::{FanKey, FanTable};
use floods::FloodTable;
use noroshi_model::Direction;
use noroshi_model::time::HOUR;
use overlay::OverlayTable;
use pairs::PairTable;
use relays::RelayTable;
use servers::{ServerHourKey, ServerHourTable};

/// Entries the bounded tables hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BroadLimits {
    /// Pairs.
    pub pairs_max: usize,
    /// Servers times hours not yet written.
    pub server_hours_max: usize,
    /// Fans.
    pub fans_max: usize,
    /// Hosts with peers.
    pub hosts_max: usize,
    /// Targets watched for floods.
    pub targets_max: usize,
    /// Registered domains watched, with the mandate's DNS switch.
    pub domains_max: usize,
    /// Hosts that are called and call on.
    pub relays_max: usize,
}

impl Default for BroadLimits {
    fn default() -> Self {
        Self {
            pairs_max: 2_000_000,
            server_hours_max: 2_000_000,
            fans_max: 500_000,
            hosts_max: 200_000,
            targets_max: 200_000,
            domains_max: 200_000,
            relays_max: 10_000,
        }
    }
}

/// The aggregates of a run so far.
#[derive(Debug)]
pub struct Broad {
    turner: Turner,
    /// Pairs of client and foreign server.
    pub pairs: PairTable,
    /// Foreign servers by hour.
    pub servers: ServerHourTable,
    /// Fans of every source.
    pub fans: FanTable,
    /// Domestic hosts by their peers.
    pub overlays: OverlayTable,
    /// Targets by packets a minute.
    pub floods: FloodTable,
    /// Names asked for, with the mandate's DNS switch.
    pub names: NameTable,
    /// Hosts that are called and call on, unsampled traffic only.
    pub relays: RelayTable,
    /// Start of the first flow.
    pub first_us: i64,
    /// Start of the last flow.
    pub last_us: i64,
    /// Records taken.
    pub records: u64,
}

impl Broad {
    /// Empty aggregates under limits.
    pub fn new(limits: BroadLimits) -> Self {
        Self {
            turner: Turner::default(),
            pairs: PairTable::new(limits.pairs_max),
            servers: Bounded::new(limits.server_hours_max),
            fans: Bounded::new(limits.fans_max),
            overlays: Bounded::new(limits.hosts_max),
            floods: Bounded::new(limits.targets_max),
            names: NameTable::new(limits.domains_max),
            relays: RelayTable::new(limits.relays_max),
            first_us: i64::MAX,
            last_us: i64::MIN,
            records: 0,
        }
    }

    fn add(&mut self, contact: &Contact) {
        self.records += 1;
        self.first_us = self.first_us.min(contact.start_us);
        self.last_us = self.last_us.max(contact.start_us);
        let inbound = contact.direction == Direction::ForeignIn;
        if !inbound {
            self.pairs.add(contact);
            self.server_hour(contact);
        }
        // A server's answer alone names a fan of clients that never was.
        if contact.packets_out > 0 || contact.bytes_out > 0 {
            let key = FanKey { source: contact.client, port: contact.server_port, protocol: contact.protocol, inbound };
            self.fans.entry(key).add(contact);
        }
        self.peer(contact, inbound);
        self.flood(contact);
        self.relays.add(contact);
    }

    fn server_hour(&mut self, contact: &Contact) {
        let key = ServerHourKey {
            hour_us: contact.start_us.div_euclid(HOUR) * HOUR,
            server: contact.server,
            port: contact.server_port,
            protocol: contact.protocol,
        };
        self.servers.entry(key).add(contact);
    }

    fn peer(&mut self, contact: &Contact, inbound: bool) {
        let high = contact.server_port >= 1_024 && contact.client_port >= 1_024;
        if high && matches!(contact.protocol, 6 | 17) && contact.direction != Direction::ForeignForeign {
            let (host, peer) =
                if inbound { (contact.server, contact.client) } else { (contact.client, contact.server) };
            self.overlays.entry(host).add(peer, inbound, contact);
        }
    }

    fn flood(&mut self, contact: &Contact) {
        if contact.packets_out > 0 {
            let target = self.floods.entry(contact.server);
            target.target_domestic = contact.direction == Direction::ForeignIn;
            target.add(contact.client, contact.client_port, contact.packets_out, contact);
        }
        if contact.packets_in > 0 {
            let target = self.floods.entry(contact.client);
            target.target_domestic = contact.direction == Direction::OutForeign;
            target.add(contact.server, contact.server_port, contact.packets_in, contact);
        }
    }

    /// Length of the traffic seen, seconds; 0 if none.
    pub fn span_s(&self) -> f64 {
        if self.last_us < self.first_us { 0.0 } else { (self.last_us - self.first_us) as f64 / 1e6 }
    }

    /// Entries forgotten to make room, in all tables.
    pub fn evicted(&self) -> u64 {
        self.pairs.table().evicted()
            + self.servers.evicted()
            + self.fans.evicted()
            + self.overlays.evicted()
            + self.floods.evicted()
            + self.names.evicted()
            + self.relays.table().evicted()
    }
}

impl FlowSink for Broad {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        for index in 0..batch.len() {
            let contact = self.turner.turn(batch, index);
            self.add(&contact);
        }
        Ok(())
    }

    fn dns(&mut self, query: &DnsQuery) -> Result<(), SinkError> {
        self.names.add(query);
        Ok(())
    }
}
