//! The tiers behind relays: upstreams that several of them share, and who tends the upstreams.

use super::Passing;
use crate::detectors::Scene;
use noroshi_flow::broad::pairs::{Pair, PairKey};
use std::collections::{BTreeMap, BTreeSet};

/// A server: address bits, port, protocol.
pub(super) type Id = (u128, u16, u8);

/// Time connected per contact, µs, from which a session is somebody at a keyboard.
const SESSION_US: i64 = 300 * 1_000_000;
/// Clients of an administration port at most.
const KEEPERS_MAX: usize = 3;

/// What is known of one upstream.
#[derive(Debug, Clone, Default)]
pub(super) struct Tier {
    /// Candidates among its clients: hosts that pass traffic on, or command.
    pub(super) shared: BTreeSet<u128>,
    /// Surprise of so many candidates among its clients, nats.
    pub(super) surprise: f64,
    /// Who tends it over long sessions: address, port, sessions.
    pub(super) keepers: Vec<(u128, u16, u64)>,
}

/// Looks at the upstreams of relays: how many of the candidates meet there, against chance.
pub(super) fn walk(scene: &Scene<'_>, passing: &[Passing<'_>], candidates: &BTreeSet<u128>) -> BTreeMap<Id, Tier> {
    let mut tiers: BTreeMap<Id, (u64, Tier)> = passing.iter().map(|p| (p.upstream_id(), Default::default())).collect();
    let addresses: BTreeSet<u128> = tiers.keys().map(|id| id.0).collect();
    let upstream_ports: BTreeSet<(u128, u16)> = tiers.keys().map(|id| (id.0, id.1)).collect();
    let mut keepers: BTreeMap<u128, Vec<(u128, u16, u64)>> = BTreeMap::new();
    for (key, pair) in scene.broad.pairs.table().iter().filter(|(key, _)| addresses.contains(&{ key.server })) {
        if let Some((clients, tier)) = tiers.get_mut(&(key.server, key.port, key.protocol)) {
            *clients += 1;
            if candidates.contains(&{ key.client }) {
                tier.shared.insert(key.client);
            }
        } else if !upstream_ports.contains(&(key.server, key.port)) && tends(key, pair) {
            keepers.entry(key.server).or_default().push((key.client, key.port, u64::from(pair.contacts)));
        }
    }
    let hosts = scene.context.usual.hosts;
    let finish = |(id, (clients, mut tier)): (Id, (u64, Tier))| {
        tier.surprise = surprise(hosts, candidates.len() as u64, clients, tier.shared.len() as u64);
        tier.keepers = keepers.get(&id.0).filter(|k| k.len() <= KEEPERS_MAX).cloned().unwrap_or_default();
        tier.keepers.sort_unstable();
        (id, tier)
    };
    tiers.into_iter().map(finish).collect()
}

/// Few, long sessions on a port of administration.
fn tends(key: &PairKey, pair: &Pair) -> bool {
    matches!(key.port, 22 | 3389 | 5900 | 5985 | 5986)
        && pair.connected_us >= SESSION_US.saturating_mul(i64::from(pair.contacts.max(1)))
}

/// −ln P(X ≥ x) of the hypergeometric law: `clients` drawn of `hosts`, `marked` of them candidates.
pub(super) fn surprise(hosts: u64, marked: u64, clients: u64, x: u64) -> f64 {
    let hosts = hosts.max(marked).max(clients);
    if x == 0 {
        return 0.0;
    }
    let ln_choose = |n: u64, k: u64| (0..k.min(n - k)).map(|i| ((n - i) as f64 / (i + 1) as f64).ln()).sum::<f64>();
    let all = ln_choose(hosts, clients);
    let possible = |k: &u64| clients - k <= hosts - marked;
    let tail: f64 = (x..=marked.min(clients))
        .filter(possible)
        .map(|k| (ln_choose(marked, k) + ln_choose(hosts - marked, clients - k) - all).exp())
        .sum();
    -tail.clamp(f64::MIN_POSITIVE, 1.0).ln()
}
