//! The ground truth: what is in the records that a detector ought to find, and what it ought not.

use crate::plan::Method;
use noroshi_model::{Micros, Protocol};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Everything true about a simulated nation. Addresses are as in the records, not pseudonyms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// The plan's seed.
    pub seed: u64,
    /// First moment.
    pub start: Micros,
    /// First moment after.
    pub until: Micros,
    /// The exporters' sampling.
    pub sampling: u32,
    /// Botnets.
    pub families: Vec<FamilyTruth>,
    /// Servers, relays' upstreams and controllers.
    pub servers: Vec<ServerTruth>,
    /// Infected domestic hosts.
    pub infected: Vec<InfectedTruth>,
    /// Relays.
    pub relays: Vec<RelayTruth>,
    /// Members of overlays, at home and abroad.
    pub peers: Vec<PeerTruth>,
    /// Floods.
    pub floods: Vec<FloodTruth>,
    /// Scanners abroad; innocent if for research.
    pub scanners: Vec<ScannerTruth>,
}

/// One botnet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyTruth {
    /// As in the plan.
    pub id: String,
    /// How it calls home.
    pub method: Method,
    /// Period, seconds; the first of two where they alternate.
    pub period_s: f64,
    /// A share of the period.
    pub jitter: f64,
    /// Infected domestic hosts.
    pub clients: u32,
}

/// What a listed server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerRole {
    /// Commands bots itself.
    Command,
    /// Stands behind relays (tier 2).
    Upstream,
    /// Commands the upstreams (tier 3).
    Controller,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerTruth {
    /// Whose.
    pub family: String,
    /// Address.
    pub address: IpAddr,
    /// Port it is reached at; for a controller, the port it reaches others at.
    pub port: u16,
    /// Protocol.
    pub protocol: Protocol,
    /// What it is.
    pub role: ServerRole,
    /// Bots (of an upstream: relays; of a controller: upstreams) assigned to it. When sampled, or
    /// when a machine is off all the time, fewer are seen.
    pub clients: u32,
    /// Nothing of it comes earlier.
    pub first: Micros,
    /// Nor later.
    pub last: Micros,
}

/// One infected domestic host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InfectedTruth {
    /// Whose.
    pub family: String,
    /// Address.
    pub address: IpAddr,
    /// The server or relay it was given first; `None` in an overlay.
    pub server: Option<IpAddr>,
    /// When it began.
    pub since: Micros,
    /// Whether its machine runs day and night.
    pub always_on: bool,
}

/// One relay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelayTruth {
    /// Whose.
    pub family: String,
    /// Address.
    pub address: IpAddr,
    /// Port it listens at.
    pub port: u16,
    /// Whether it is a domestic router.
    pub domestic: bool,
    /// Where it passes everything on to.
    pub upstream: IpAddr,
}

/// One member of an overlay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeerTruth {
    /// Whose.
    pub family: String,
    /// Address.
    pub address: IpAddr,
    /// Whether it is domestic.
    pub domestic: bool,
}

/// One flood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FloodTruth {
    /// Whose.
    pub family: String,
    /// Target.
    pub target: IpAddr,
    /// Port.
    pub port: u16,
    /// When it was ordered.
    pub at: Micros,
    /// How long, seconds.
    pub seconds: u32,
}

/// One scanner abroad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScannerTruth {
    /// Address.
    pub address: IpAddr,
    /// Ports it tries.
    pub ports: Vec<u16>,
    /// Whether it scans for research.
    pub research: bool,
}

impl Truth {
    /// Servers that command bots themselves and have at least so many of them.
    pub fn command_servers(&self, clients_min: u32) -> impl Iterator<Item = &ServerTruth> {
        self.servers.iter().filter(move |s| s.role == ServerRole::Command && s.clients >= clients_min)
    }

    /// Whether an address belongs to a botnet in any way but as a target.
    pub fn is_hostile(&self, address: IpAddr) -> bool {
        self.servers.iter().any(|s| s.address == address)
            || self.relays.iter().any(|r| r.address == address)
            || self.peers.iter().any(|p| p.address == address)
            || self.infected.iter().any(|i| i.address == address)
    }
}
