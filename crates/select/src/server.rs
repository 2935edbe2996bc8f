//! What is known of one server from the aggregates of many, and what is usual around it. No client has a name here.

use crate::exact::Exact as _;
use crate::services;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Log odds per doubling-e of servers beyond two that serve on one port, and where it ends.
const SERVICE: f64 = -1.2;
const SERVICE_FLOOR: f64 = -1.0;

/// A server: address bits (IPv4 mapped as in RFC 4291 §2.5.5.2), port, protocol.
pub type ServerId = (u128, u16, u8);

/// Clients that came and went within the traffic, where it is longer than two days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Turnover {
    /// Came more than a day after the beginning.
    pub came: f64,
    /// Left more than a day before the end.
    pub left: f64,
    /// What chance explains of either, since few contacts leave long gaps.
    pub chance: f64,
    /// Clients heard often enough to ask.
    pub of: f64,
}

impl Turnover {
    /// Clients that came and stayed beyond those that left or that chance explains.
    pub fn grown(&self) -> f64 {
        self.came - self.left.max(self.chance)
    }

    /// The same in standard deviations.
    pub fn surprise(&self) -> f64 {
        self.grown() / (self.left.max(self.chance) + 1.0).sqrt()
    }
}

/// What surrounds one server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerContext {
    /// Clients.
    pub clients: u64,
    /// Clients with a regular pulse.
    pub regular_clients: u64,
    /// Clients that also look for victims elsewhere.
    pub fan_clients: u64,
    /// Servers in the same network that each of its clients uses on the same port, at least.
    pub siblings: u64,
    /// Servers on the same port whose coarse evidence is as strong, itself included.
    pub crowd: u64,
    /// Coarse evidence of its best pair, log odds.
    pub evidence: f64,
    /// Most servers that one of its clients calls regularly and in vain, this one included; 0 if it answers.
    pub dead_list: u64,
    /// Clients that came more than a day after the traffic began, that left more than a day before it
    /// ended, how many of either chance explains, and how many were heard often enough to ask.
    pub turnover: Turnover,
    /// Sum of contacts over clients, and of their squares.
    pub contacts: (f64, f64),
}

/// What is usual in the traffic at hand: all that weighing one server asks about the others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    /// Clients seen.
    pub hosts: u64,
    /// Largest sampling rate met; 1 unsampled.
    pub sampling: u32,
    /// How each port and protocol is used.
    pub ports: BTreeMap<(u16, u8), PortUse>,
}

/// How one port is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortUse {
    /// Clients that use it.
    pub clients: u64,
    /// Servers on it with several clients: many of them make it a service, known or not.
    pub servers: u64,
}

impl Usual {
    /// Log odds of a port before any evidence: the service's prior, or how rare the port is here.
    pub fn port_prior(&self, port: u16, protocol: u8) -> f64 {
        if let Some(service) = services::known(port, protocol) {
            return service.prior;
        }
        let usage = self.ports.get(&(port, protocol));
        let clients = usage.map_or(0, |u| u.clients);
        let servers = usage.map_or(0, |u| u.servers).max(2) as f64 / 2.0;
        let rare = clients as f64 <= (0.02 * self.hosts as f64).max(2.0);
        let base = if port < 1_024 { services::PRIVILEGED_PORT } else { services::RARE_PORT };
        let base = if rare { base } else { base * 0.4 };
        (base + SERVICE * servers.ln_exact()).max(SERVICE_FLOOR)
    }
}
