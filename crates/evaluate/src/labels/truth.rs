//! `truth.json` of the simulator: addresses instead of flows.

use super::Labels;
use crate::error::EvaluateError;
use noroshi_mandate::place::to_bits;
use noroshi_model::Micros;
use serde::Deserialize;
use std::net::IpAddr;

/// The part of the simulator's truth that scores need; other keys are passed over.
#[derive(Deserialize)]
struct Truth {
    servers: Vec<Server>,
    infected: Vec<Infected>,
    #[serde(default)]
    relays: Vec<Relay>,
    #[serde(default)]
    peers: Vec<Peer>,
    #[serde(default)]
    scanners: Vec<Scanner>,
}

#[derive(Deserialize)]
struct Server {
    address: IpAddr,
    port: u16,
    role: String,
    first: Micros,
}

#[derive(Deserialize)]
struct Infected {
    address: IpAddr,
    since: Micros,
}

#[derive(Deserialize)]
struct Relay {
    address: IpAddr,
    port: u16,
    domestic: bool,
}

#[derive(Deserialize)]
struct Peer {
    address: IpAddr,
    domestic: bool,
}

#[derive(Deserialize)]
struct Scanner {
    address: IpAddr,
    research: bool,
}

pub(super) fn read((name, bytes): (String, Vec<u8>), labels: &mut Labels) -> Result<(), EvaluateError> {
    let truth: Truth = serde_json::from_slice(&bytes).map_err(|error| EvaluateError::NotLabels {
        name,
        line: error.line() as u64,
        what: error.to_string(),
    })?;
    labels.rest_is_normal = true;
    for server in &truth.servers {
        labels.hostile.insert(to_bits(server.address));
        // Upstreams and controllers do not talk to bots: finding them is right, missing them no miss.
        if server.role == "command" {
            labels.servers.insert((to_bits(server.address), server.port), Some(server.first));
        }
    }
    for host in &truth.infected {
        labels.infected.insert(to_bits(host.address), host.since);
    }
    for relay in &truth.relays {
        labels.hostile.insert(to_bits(relay.address));
        if relay.domestic {
            labels.infected.entry(to_bits(relay.address)).or_insert(Micros(i64::MIN));
        } else {
            labels.servers.insert((to_bits(relay.address), relay.port), None);
        }
    }
    for peer in &truth.peers {
        labels.hostile.insert(to_bits(peer.address));
        if peer.domestic {
            labels.infected.entry(to_bits(peer.address)).or_insert(Micros(i64::MIN));
        }
    }
    labels.hostile.extend(truth.scanners.iter().filter(|s| !s.research).map(|s| to_bits(s.address)));
    Ok(())
}
