//! Relay: a host that passes on what it receives, and the tiers behind it. See docs/detectors/relay.md.

mod conserve;
mod tiers;

use super::{Scene, Subject};
use crate::services;
use crate::weigh::Assessment;
use conserve::Conservation;
use noroshi_flow::broad::relays::{Caller, Relaying, Service, Upstream};
use noroshi_mandate::place::from_bits;
use noroshi_model::finding::{Client, Detector, Finding, Hop, Innocent, Role};
use noroshi_model::{Confidence, Direction, Micros, Severity};
use std::collections::{BTreeMap, BTreeSet};
use tiers::{Id, Tier};

/// Hosts weighed at most, the busiest on both sides first.
const HOSTS_MAX: usize = 2_000;
/// Findings at most.
const FINDINGS_MAX: usize = 100;
/// Log odds of a host with two sides before anything is known.
const PRIOR: f64 = -6.0;
/// Nats from which a host counts as passing on, when tiers are walked.
const PASSES_FROM: f64 = 15.0;
/// Share that must go out again for that.
const PASSES_SHARE: f64 = 0.5;
/// Minutes with something passed on, below which nothing is above low.
const WINDOWS_MIN: usize = 3;
/// Relays that must share an upstream before a tunnel's port there is taken for a disguise.
const SHARED_MIN: usize = 3;
/// Just below medium.
const LOW_MAX: f64 = 0.3;
/// Callers drawn on a path.
const HOPS_MAX: usize = 12;

/// One host, one service, one upstream, and how they agree.
#[derive(Debug, Clone, Copy)]
struct Passing<'b> {
    host: u128,
    relaying: &'b Relaying,
    service: &'b Service,
    upstream: &'b Upstream,
    agreed: Conservation,
}

impl Passing<'_> {
    fn upstream_id(&self) -> Id {
        (self.upstream.server, self.upstream.port, self.upstream.protocol)
    }

    fn passes(&self) -> bool {
        self.agreed.surprise >= PASSES_FROM && self.agreed.share >= PASSES_SHARE && self.agreed.windows >= WINDOWS_MIN
    }
}

/// Hosts whose two sides agree, and the upstreams they share. `servers` are findings made before.
pub fn detect(scene: &mut Scene<'_>, servers: &[Finding]) -> Vec<Finding> {
    let passing = passing(scene);
    let mut candidates: BTreeSet<u128> = passing.iter().filter(|p| p.passes()).map(|p| p.host).collect();
    let known = servers.iter().filter(|f| !f.domestic && f.severity >= Severity::Medium);
    candidates.extend(known.map(|finding| noroshi_mandate::place::to_bits(finding.server)));
    let tiers = tiers::walk(scene, &passing, &candidates);
    let mut best: BTreeMap<u128, (Assessment, Passing<'_>)> = BTreeMap::new();
    for one in passing {
        let scales = weigh(scene, &one, tiers.get(&one.upstream_id()));
        let better = best.get(&one.host).is_none_or(|(held, _)| scales.log_odds > held.log_odds);
        if better {
            best.insert(one.host, (scales, one));
        }
    }
    let relays: Vec<Passing<'_>> = best.values().map(|(_, one)| *one).collect();
    let mut findings: Vec<Finding> =
        best.into_values().filter_map(|(scales, one)| relay(scene, scales, &one)).collect();
    findings.extend(tiers.iter().filter_map(|(id, tier)| upstream(scene, *id, tier, &relays)));
    findings.sort_by(Finding::rank);
    findings.truncate(FINDINGS_MAX);
    findings
}

/// Every service and upstream of the busiest hosts that agree at all, by host.
fn passing<'a>(scene: &Scene<'a>) -> Vec<Passing<'a>> {
    let broad = scene.broad;
    let mut hosts = broad.relays.table().sorted();
    let flows = |h: &Relaying| {
        let calls: u64 = h.services.iter().map(|s| s.leg.flows).sum();
        calls.min(h.upstreams.iter().map(|u| u.leg.flows).sum())
    };
    hosts.retain(|(_, relaying)| flows(relaying) > 0);
    hosts.sort_by_key(|(host, relaying)| (std::cmp::Reverse(flows(relaying)), **host));
    hosts.truncate(HOSTS_MAX);
    let mut found = Vec::new();
    for (&host, relaying) in hosts {
        for service in &relaying.services {
            for upstream in &relaying.upstreams {
                let back = service.callers.iter().any(|caller| caller.address == upstream.server);
                // Who is called back is a peer, not a server behind a relay.
                if let Some(agreed) = conserve::of(&service.leg, &upstream.leg).filter(|_| !back) {
                    found.push(Passing { host, relaying, service, upstream, agreed });
                }
            }
        }
    }
    found
}

/// What two sides that agree are worth: how surely, times how much of what came in.
fn conservation(agreed: &Conservation) -> f64 {
    5.0 * (agreed.surprise / 40.0).clamp(0.0, 1.0) * ((agreed.share - 0.3) / 0.4).clamp(0.0, 1.0)
}

fn weigh(scene: &Scene<'_>, one: &Passing<'_>, tier: Option<&Tier>) -> Assessment {
    let (agreed, service) = (&one.agreed, one.service);
    let mut scales = Assessment::from_prior(PRIOR);
    scales.add("volume-conservation", agreed.share, "ratio", conservation(agreed));
    let steady = (1.0 - agreed.lag_spread_s / 2.5).clamp(0.0, 1.0) * f64::from(u8::from(agreed.share >= PASSES_SHARE));
    scales.add("relay-lag", agreed.lag_s, "s", steady);
    scales.note("conserved-windows", agreed.windows as f64, "count");
    scales.note("chance-share", agreed.chance, "ratio");
    let clients = service.clients.count();
    scales.add("clients", clients as f64, "count", (0.5 * (clients.max(1) as f64).ln()).min(1.5));
    let prior = |port, protocol| scene.context.usual.port_prior(port, protocol);
    let port = prior(service.port, service.protocol) + prior(one.upstream.port, one.upstream.protocol);
    scales.add("port-rarity", f64::from(one.upstream.port), "port", port.clamp(-3.0, 2.5));
    let targets = one.relaying.targets.count();
    let unusual = service.port >= 1_024 && services::known(service.port, service.protocol).is_none();
    // A line whose people call everywhere, and that is called at a port nobody knows, has two roles.
    let two_roles = one.relaying.domestic && unusual && targets >= 10;
    scales.add("role-inconsistency", targets as f64, "count", f64::from(u8::from(two_roles)));
    // Its own edge is not evidence of company.
    if let Some(tier) = tier.filter(|tier| tier.shared.len() >= 2 && tier.shared.contains(&one.host)) {
        scales.add("tier-lift", tier.shared.len() as f64, "count", (0.25 * tier.surprise).min(2.5));
    }
    cap(&mut scales, agreed.windows, one.upstream_id(), tier);
    scales
}

/// Proxies, mail hosts and servers with a back end pass on as well: never above low on what volumes
/// say, unless the port behind is nobody's, or a tunnel's where several relays meet.
fn cap(scales: &mut Assessment, windows: usize, id: Id, tier: Option<&Tier>) {
    let service = services::known(id.1, id.2).map(|s| s.name);
    let shared = tier.is_some_and(|t| t.shared.len() >= SHARED_MIN);
    let open = match service {
        None => true,
        Some("vpn" | "proxy") => shared,
        Some(_) => false,
    };
    if (!open || windows < WINDOWS_MIN) && scales.log_odds > LOW_MAX {
        let name = if open { "conserved-windows" } else { "service-upstream" };
        scales.add(name, f64::from(id.1), "port", LOW_MAX - scales.log_odds);
    }
}

fn relay(scene: &mut Scene<'_>, scales: Assessment, one: &Passing<'_>) -> Option<Finding> {
    let leg = &one.service.leg;
    let subject = Subject {
        server: shown(scene, one.host, one.relaying.domestic),
        domestic: one.relaying.domestic,
        port: one.service.port,
        protocol: one.service.protocol,
        direction: if one.relaying.domestic { Direction::ForeignIn } else { Direction::OutForeign },
        clients: one.service.clients.count(),
        first_us: leg.first_us,
        last_us: leg.last_us,
    };
    let innocent = vec![Innocent::ProxyService, Innocent::Vpn, Innocent::SharedHosting];
    let mut finding = scene.finding(Detector::Relay, &subject, scales, innocent)?;
    let mut callers: Vec<&Caller> = one.service.callers.iter().collect();
    callers.sort_by_key(|caller| (std::cmp::Reverse(caller.flows), caller.address));
    finding.client_list = callers.iter().map(|caller| client(scene, caller)).collect();
    let busiest = finding.client_list.iter().take(HOPS_MAX);
    finding.path = busiest
        .map(|client| Hop {
            from: client.pseudonym,
            from_role: Role::Bot,
            to: finding.server,
            to_role: Role::Relay,
            port: finding.port,
            flows: client.flows,
            confidence: finding.confidence,
        })
        .collect();
    finding.path.push(onward(one, finding.server, finding.confidence));
    Some(finding)
}

fn onward(one: &Passing<'_>, relay: std::net::IpAddr, confidence: Confidence) -> Hop {
    Hop {
        from: relay,
        from_role: Role::Relay,
        to: from_bits(one.upstream.server),
        to_role: Role::Server,
        port: one.upstream.port,
        flows: one.upstream.leg.flows,
        confidence,
    }
}

fn client(scene: &mut Scene<'_>, caller: &Caller) -> Client {
    Client {
        pseudonym: from_bits(shown(scene, caller.address, caller.domestic)),
        flows: caller.flows,
        bytes_out: caller.bytes,
        bytes_in: 0,
        first_seen: Micros(caller.first_us),
        last_seen: Micros(caller.last_us),
        beats: Vec::new(),
    }
}

/// Domestic hosts are shown by pseudonym.
fn shown(scene: &mut Scene<'_>, address: u128, domestic: bool) -> u128 {
    if domestic { scene.pseudonyms.of(address) } else { address }
}

/// The server that several relays share, and who tends it.
fn upstream(scene: &mut Scene<'_>, id: Id, tier: &Tier, relays: &[Passing<'_>]) -> Option<Finding> {
    let behind: Vec<&Passing<'_>> = relays.iter().filter(|one| one.upstream_id() == id && one.passes()).collect();
    if behind.len() < 2 {
        return None;
    }
    let mean = behind.iter().map(|one| conservation(&one.agreed)).sum::<f64>() / behind.len() as f64;
    let share = behind.iter().map(|one| one.agreed.share).sum::<f64>() / behind.len() as f64;
    let mut scales = Assessment::from_prior(PRIOR);
    scales.add("volume-conservation", share, "ratio", mean);
    scales.add("tier-lift", tier.shared.len() as f64, "count", (0.25 * tier.surprise).min(4.0));
    scales.add("clients", behind.len() as f64, "count", (0.5 * (behind.len() as f64).ln()).min(1.5));
    scales.add("port-rarity", f64::from(id.1), "port", scene.context.usual.port_prior(id.1, id.2).clamp(-2.0, 2.5));
    scales.add("admin-sessions", tier.keepers.len() as f64, "count", f64::from(u8::from(!tier.keepers.is_empty())));
    cap(&mut scales, WINDOWS_MIN, id, Some(tier));
    let subject = Subject {
        server: id.0,
        domestic: false,
        port: id.1,
        protocol: id.2,
        direction: Direction::OutForeign,
        clients: behind.len() as u64,
        first_us: behind.iter().map(|one| one.upstream.leg.first_us).min().unwrap_or_default(),
        last_us: behind.iter().map(|one| one.upstream.leg.last_us).max().unwrap_or_default(),
    };
    let innocent = vec![Innocent::Vpn, Innocent::ProxyService, Innocent::SharedHosting];
    let mut finding = scene.finding(Detector::Relay, &subject, scales, innocent)?;
    for one in behind {
        let relay = from_bits(shown(scene, one.host, one.relaying.domestic));
        finding.path.push(onward(one, relay, finding.confidence));
        finding.client_list.push(Client {
            pseudonym: relay,
            flows: one.upstream.leg.flows,
            bytes_out: one.upstream.leg.bytes,
            bytes_in: 0,
            first_seen: Micros(one.upstream.leg.first_us),
            last_seen: Micros(one.upstream.leg.last_us),
            beats: Vec::new(),
        });
    }
    finding.path.extend(keepers(scene, tier, &finding));
    finding.client_list.truncate(super::CLIENTS_MAX);
    Some(finding)
}

/// Only who is known to stand abroad, for a pair does not say where its client stands.
fn keepers(scene: &Scene<'_>, tier: &Tier, finding: &Finding) -> Vec<Hop> {
    let table = scene.broad.relays.table();
    let abroad = tier.keepers.iter().filter(|(host, ..)| table.get(host).is_some_and(|held| !held.domestic));
    abroad
        .map(|&(host, port, flows)| Hop {
            from: from_bits(host),
            from_role: Role::Controller,
            to: finding.server,
            to_role: Role::Server,
            port,
            flows,
            confidence: finding.confidence,
        })
        .collect()
}

#[cfg(test)]
mod tests;
