//! Hosts that are called and call on: what a relay's two sides have in common.
//!
//! For each such host a few services and a few upstreams, and of each the last moments and volumes
//! towards the server: enough to ask whether what comes in goes out. In memory only, forgotten with
//! the run. Of sampled traffic nothing is kept: single packets say nothing of a volume.

use super::bounded::{Bounded, Worth};
use crate::contact::Contact;
use crate::limits::{RELAY_CALLERS_MAX, RELAY_EVENTS_MAX, RELAY_SERVICES_MAX, RELAY_UPSTREAMS_MAX};
use crate::sketch::Distinct;
use noroshi_model::Direction;
use noroshi_model::time::HOUR;
use std::collections::VecDeque;

/// Length of a tick, µs: 10 ms, finer than the delay of any relay.
pub const TICK_US: i64 = 10_000;
/// Packets one way from which a flow carries more than a handshake; a scan stays below.
const PACKETS_MIN: u64 = 3;
/// Calls on closer than this to a call count as near it, when room has to be made.
const NEAR_US: i64 = 60_000_000;

/// One flow towards a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Start, in ticks of [`TICK_US`].
    pub tick: u32,
    /// Bytes from the client.
    pub bytes: u32,
}

/// The last flows of one side of a host.
#[derive(Debug, Clone, Default)]
pub struct Leg {
    events: VecDeque<Event>,
    /// Flows, also those forgotten.
    pub flows: u64,
    /// Bytes from the client.
    pub bytes: u64,
    /// Flows near one of the other side, for choosing what to keep.
    near: u64,
    /// First flow, µs.
    pub first_us: i64,
    /// Last flow, µs.
    pub last_us: i64,
}

impl Leg {
    fn add(&mut self, contact: &Contact, base_us: i64, near: bool) {
        if self.flows == 0 {
            (self.first_us, self.last_us) = (contact.start_us, contact.start_us);
        }
        self.flows += 1;
        self.bytes = self.bytes.saturating_add(contact.bytes_out);
        self.near += u64::from(near);
        self.first_us = self.first_us.min(contact.start_us);
        self.last_us = self.last_us.max(contact.start_us);
        if self.events.len() >= RELAY_EVENTS_MAX {
            self.events.pop_front();
        }
        let tick = (contact.start_us.saturating_sub(base_us) / TICK_US).clamp(0, i64::from(u32::MAX));
        self.events.push_back(Event { tick: tick as u32, bytes: contact.bytes_out.min(u64::from(u32::MAX)) as u32 });
    }

    /// The flows kept, in order of time.
    pub fn sorted(&self) -> Vec<Event> {
        let mut events: Vec<Event> = self.events.iter().copied().collect();
        events.sort_unstable();
        events
    }

    /// Whether no flow was forgotten.
    pub fn is_whole(&self) -> bool {
        self.flows == self.events.len() as u64
    }
}

/// Somebody who calls a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Address bits. In memory only, and only here.
    pub address: u128,
    /// Whether it is a domestic host.
    pub domestic: bool,
    /// Flows.
    pub flows: u64,
    /// Bytes from it.
    pub bytes: u64,
    /// First flow, µs.
    pub first_us: i64,
    /// Last flow, µs.
    pub last_us: i64,
}

/// A port at which a host is called.
#[derive(Debug, Clone)]
pub struct Service {
    /// Port.
    pub port: u16,
    /// Protocol.
    pub protocol: u8,
    /// What comes in.
    pub leg: Leg,
    /// How many call.
    pub clients: Distinct,
    /// The first callers met.
    pub callers: Vec<Caller>,
}

/// A server that a host calls.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Address bits.
    pub server: u128,
    /// Port.
    pub port: u16,
    /// Protocol.
    pub protocol: u8,
    /// What goes out.
    pub leg: Leg,
}

/// A host that is called and calls on.
#[derive(Debug, Clone, Default)]
pub struct Relaying {
    /// Whether it is a domestic host.
    pub domestic: bool,
    /// Where it is called.
    pub services: Vec<Service>,
    /// Whom it calls.
    pub upstreams: Vec<Upstream>,
    /// Different foreign hosts it calls.
    pub targets: Distinct,
    base_us: Option<i64>,
    called: u64,
    called_on: u64,
    last_us: i64,
    last_called_us: Option<i64>,
}

impl Worth for Relaying {
    fn worth(&self) -> (u64, i64) {
        (self.called.min(self.called_on), self.last_us)
    }

    // A list takes twice what it holds at most while it grows.
    const OUTSIDE_BYTES_MAX: usize = Distinct::OUTSIDE_BYTES_MAX
        + 2 * RELAY_SERVICES_MAX
            * (size_of::<Service>()
                + 2 * RELAY_EVENTS_MAX * size_of::<Event>()
                + Distinct::OUTSIDE_BYTES_MAX
                + RELAY_CALLERS_MAX * size_of::<Caller>())
        + 2 * RELAY_UPSTREAMS_MAX * (size_of::<Upstream>() + 2 * RELAY_EVENTS_MAX * size_of::<Event>());

    fn bytes_outside(&self) -> usize {
        let services = self.services.iter().map(|service| {
            service.leg.events.capacity() * size_of::<Event>()
                + service.clients.bytes_outside()
                + service.callers.capacity() * size_of::<Caller>()
        });
        let upstreams = self.upstreams.iter().map(|upstream| upstream.leg.events.capacity() * size_of::<Event>());
        self.targets.bytes_outside()
            + self.services.capacity() * size_of::<Service>()
            + self.upstreams.capacity() * size_of::<Upstream>()
            + services.sum::<usize>()
            + upstreams.sum::<usize>()
    }
}

impl Relaying {
    /// Where tick 0 stands: an hour before the first flow, for records that come late.
    fn base(&mut self, contact: &Contact) -> i64 {
        self.last_us = self.last_us.max(contact.start_us);
        *self.base_us.get_or_insert(contact.start_us.saturating_sub(HOUR))
    }

    fn take_call(&mut self, contact: &Contact) {
        let base_us = self.base(contact);
        self.called += 1;
        self.last_called_us = self.last_called_us.max(Some(contact.start_us));
        let found = self.services.iter().position(|s| (s.port, s.protocol) == (contact.server_port, contact.protocol));
        let at = found.unwrap_or_else(|| {
            room(&mut self.services, RELAY_SERVICES_MAX, |s| (s.leg.flows, s.leg.last_us));
            let (port, protocol) = (contact.server_port, contact.protocol);
            let (leg, clients, callers) = (Leg::default(), Distinct::default(), Vec::new());
            self.services.push(Service { port, protocol, leg, clients, callers });
            self.services.len() - 1
        });
        let Some(service) = self.services.get_mut(at) else { return };
        service.leg.add(contact, base_us, false);
        service.clients.insert(contact.client);
        note_caller(&mut service.callers, contact);
    }

    fn call_on(&mut self, contact: &Contact) {
        let base_us = self.base(contact);
        self.called_on += 1;
        self.targets.insert(contact.server);
        let near = self.last_called_us.is_some_and(|last| (contact.start_us - last).abs() < NEAR_US);
        let key = (contact.server, contact.server_port, contact.protocol);
        let found = self.upstreams.iter().position(|u| (u.server, u.port, u.protocol) == key);
        let at = found.unwrap_or_else(|| {
            room(&mut self.upstreams, RELAY_UPSTREAMS_MAX, |u| (u.leg.near, u.leg.last_us));
            let (server, port, protocol) = key;
            self.upstreams.push(Upstream { server, port, protocol, leg: Leg::default() });
            self.upstreams.len() - 1
        });
        if let Some(upstream) = self.upstreams.get_mut(at) {
            upstream.leg.add(contact, base_us, near);
        }
    }
}

/// Drops the least worthy of a full list.
fn room<T>(list: &mut Vec<T>, max: usize, worth: impl Fn(&T) -> (u64, i64)) {
    if list.len() < max {
        return;
    }
    if let Some((at, _)) = list.iter().enumerate().min_by_key(|(_, entry)| worth(entry)) {
        list.swap_remove(at);
    }
}

fn note_caller(callers: &mut Vec<Caller>, contact: &Contact) {
    let known = callers.iter_mut().find(|caller| caller.address == contact.client);
    if let Some(caller) = known {
        caller.flows += 1;
        caller.bytes = caller.bytes.saturating_add(contact.bytes_out);
        caller.first_us = caller.first_us.min(contact.start_us);
        caller.last_us = caller.last_us.max(contact.start_us);
    } else if callers.len() < RELAY_CALLERS_MAX {
        callers.push(Caller {
            address: contact.client,
            domestic: contact.direction == Direction::OutForeign,
            flows: 1,
            bytes: contact.bytes_out,
            first_us: contact.start_us,
            last_us: contact.start_us,
        });
    }
}

/// Hosts that are called and call on, bounded.
#[derive(Debug)]
pub struct RelayTable(Bounded<u128, Relaying>);

impl RelayTable {
    /// An empty table for at most `hosts_max` hosts.
    pub fn new(hosts_max: usize) -> Self {
        Self(Bounded::new(hosts_max))
    }

    /// Looks at one contact. The rarer side opens an entry: a call from abroad for a domestic host,
    /// a call of its own to a third country for a foreign one.
    #[inline]
    pub fn add(&mut self, contact: &Contact) {
        if contact.sampling > 1 || contact.packets_out < PACKETS_MIN || !matches!(contact.protocol, 6 | 17) {
            return;
        }
        match contact.direction {
            Direction::ForeignIn => {
                let host = self.0.entry(contact.server);
                host.domestic = true;
                host.take_call(contact);
            }
            Direction::OutForeign => {
                if let Some(host) = self.0.get_mut(&contact.client) {
                    host.call_on(contact);
                }
                if let Some(host) = self.0.get_mut(&contact.server) {
                    host.take_call(contact);
                }
            }
            Direction::ForeignForeign => {
                self.0.entry(contact.client).call_on(contact);
                if let Some(host) = self.0.get_mut(&contact.server) {
                    host.take_call(contact);
                }
            }
            Direction::Domestic => {}
        }
    }

    /// The bounded table behind it.
    pub fn table(&self) -> &Bounded<u128, Relaying> {
        &self.0
    }
}

#[cfg(test)]
mod tests;
