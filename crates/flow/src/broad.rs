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
use crate::limits::ROUND_RECORDS;
use crate::names::NameTable;
use crate::sketch::hash_of;
use bounded::{Bounded, Wanted};
use fans::{FanKey, FanTable};
use floods::FloodTable;
use noroshi_mandate::Mandate;
use noroshi_model::Direction;
use overlay::OverlayTable;
use pairs::{PairKey, PairTable};
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

impl BroadLimits {
    /// These limits, with room for names only where the mandate's switch lets them be read.
    #[must_use]
    pub fn under(self, mandate: &Mandate) -> Self {
        if mandate.dns_names { self } else { Self { domains_max: 0, ..self } }
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
    contacts: Vec<Contact>,
    ends: Vec<Ends>,
    wanted: WantedInRound,
}

/// Hashes of a contact's two ends, taken once for all tables.
#[derive(Debug, Clone, Copy)]
struct Ends {
    client: u64,
    server: u64,
}

/// Keys of the round at hand; memory that is used again.
#[derive(Debug, Default)]
struct WantedInRound {
    pairs: Wanted<PairKey>,
    servers: Wanted<ServerHourKey>,
    fans: Wanted<FanKey>,
    hosts: Wanted<u128>,
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
            contacts: Vec::new(),
            ends: Vec::new(),
            wanted: WantedInRound::default(),
        }
    }

    /// Adds a batch, and hands the contacts it is turned into on, some at a time: who comes next
    /// sees them while they are still at hand.
    ///
    /// # Errors
    /// [`SinkError`] from `then`; the aggregates hold what was handed on, and that round.
    pub fn flows_then(
        &mut self,
        batch: &FlowColumns,
        mut then: impl FnMut(&[Contact]) -> Result<(), SinkError>,
    ) -> Result<(), SinkError> {
        let mut contacts = std::mem::take(&mut self.contacts);
        for first in (0..batch.len()).step_by(ROUND_RECORDS) {
            let round = first..batch.len().min(first + ROUND_RECORDS);
            contacts.clear();
            contacts.extend(round.map(|index| self.turner.turn(batch, index)));
            self.add_all(&contacts);
            then(&contacts)?;
        }
        self.contacts = contacts;
        Ok(())
    }

    /// Adds contacts table by table: a table's entries are met in one round, and its code stays hot.
    fn add_all(&mut self, contacts: &[Contact]) {
        self.records += contacts.len() as u64;
        for contact in contacts {
            self.first_us = self.first_us.min(contact.start_us);
            self.last_us = self.last_us.max(contact.start_us);
        }
        let hashes = |contact: &Contact| Ends { client: hash_of(contact.client), server: hash_of(contact.server) };
        self.ends.clear();
        self.ends.extend(contacts.iter().map(hashes));
        self.outbound(contacts);
        self.fans(contacts);
        self.hosts(contacts);
        self.floods(contacts);
        contacts.iter().for_each(|contact| self.relays.add(contact));
    }

    fn outbound(&mut self, contacts: &[Contact]) {
        let (pairs, servers, ends) = (&mut self.wanted.pairs, &mut self.wanted.servers, &self.ends);
        for (of, (contact, end)) in contacts.iter().zip(ends).enumerate() {
            if contact.direction != Direction::ForeignIn {
                let (pair, server) = (PairKey::of(contact), ServerHourKey::of(contact));
                pairs.push(pair, pair.hash_of_ends(end.client, end.server), of);
                servers.push(server, server.hash_of_end(end.server), of);
            }
        }
        self.pairs.add_all(pairs, contacts);
        self.servers.each(servers, |hour, of| hour.add(&contacts[of], ends[of].client));
    }

    fn fans(&mut self, contacts: &[Contact]) {
        let (wanted, ends) = (&mut self.wanted.fans, &self.ends);
        for (of, (contact, end)) in contacts.iter().zip(ends).enumerate() {
            if let Some(key) = FanKey::of(contact) {
                wanted.push(key, key.hash_of_end(end.client), of);
            }
        }
        self.fans.each(wanted, |fan, of| fan.add(&contacts[of], ends[of].server));
    }

    fn hosts(&mut self, contacts: &[Contact]) {
        let (wanted, ends) = (&mut self.wanted.hosts, &self.ends);
        for (of, (contact, end)) in contacts.iter().zip(ends).enumerate() {
            if let Some(host) = overlay::host_of(contact) {
                wanted.push(host, if overlay::is_called(contact) { end.server } else { end.client }, of);
            }
        }
        self.overlays.each(wanted, |overlay, of| {
            let (contact, end) = (&contacts[of], ends[of]);
            overlay.add(contact, if overlay::is_called(contact) { end.client } else { end.server });
        });
    }

    fn floods(&mut self, contacts: &[Contact]) {
        let (wanted, ends) = (&mut self.wanted.hosts, &self.ends);
        // Both ends of a contact may be targets: an even number is the server, an odd one the client.
        for (of, (contact, end)) in contacts.iter().zip(ends).enumerate() {
            if contact.packets_out > 0 {
                wanted.push(contact.server, end.server, of * 2);
            }
            if contact.packets_in > 0 {
                wanted.push(contact.client, end.client, of * 2 + 1);
            }
        }
        self.floods.each(wanted, |flood, of| {
            let (contact, end) = (&contacts[of / 2], ends[of / 2]);
            if of % 2 == 0 { flood.add_out(contact, end.client) } else { flood.add_in(contact, end.server) }
        });
    }

    /// Length of the traffic seen, seconds; 0 if none.
    pub fn span_s(&self) -> f64 {
        if self.last_us < self.first_us { 0.0 } else { (self.last_us - self.first_us) as f64 / 1e6 }
    }

    /// Bytes the tables hold, and the most they can hold under their limits, names included.
    pub fn bytes(&self) -> (usize, usize) {
        let tables = [
            (self.pairs.table().bytes(), self.pairs.table().bytes_max()),
            (self.servers.bytes(), self.servers.bytes_max()),
            (self.fans.bytes(), self.fans.bytes_max()),
            (self.overlays.bytes(), self.overlays.bytes_max()),
            (self.floods.bytes(), self.floods.bytes_max()),
            (self.relays.table().bytes(), self.relays.table().bytes_max()),
            self.names.bytes(),
        ];
        tables.iter().fold((0, 0), |sum, table| (sum.0 + table.0, sum.1 + table.1))
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
        self.flows_then(batch, |_| Ok(()))
    }

    fn dns(&mut self, query: &DnsQuery) -> Result<(), SinkError> {
        self.names.add(query);
        Ok(())
    }
}
