//! DNS tunnel: data carried in names. See docs/detectors/dns-tunnel.md.

use super::{Scene, Subject};
use crate::weigh::Assessment;
use noroshi_flow::names::DomainNames;
use noroshi_model::Direction;
use noroshi_model::finding::{Detector, Finding, Innocent};
use std::collections::BTreeMap;

/// Different names under one domain before it is weighed.
const NAMES_MIN: u64 = 20;
/// Names under one domain from which RITA v5 speaks, and its classes above (activecm/rita, its
/// default configuration for C2 over DNS). Below the first nothing here is above low either.
const RITA: [u64; 4] = [100, 500, 800, 1_000];
/// Log odds of a domain before its names are looked at.
const PRIOR: f64 = -6.0;
/// Resolvers reported at most.
const RESOLVERS_MAX: usize = 50;

/// Domains whose owners are known to be asked long or countless names: address ranges by owner,
/// block lists, reputation of files, content networks. Nobody else can answer for names below them.
const LOOKUP_SERVICES: [&str; 40] = [
    "abuse.ch",
    "akadns.net",
    "akamai.net",
    "akamaiedge.net",
    "akamaihd.net",
    "amazonaws.com",
    "apple.com",
    "avast.com",
    "avira.com",
    "azure.com",
    "barracudacentral.org",
    "bitdefender.net",
    "cdn77.org",
    "cloudflare.net",
    "cloudfront.net",
    "cymru.com",
    "dnswl.org",
    "e5.sk",
    "edgekey.net",
    "edgesuite.net",
    "eset.com",
    "fastly.net",
    "fbcdn.net",
    "google.com",
    "googleusercontent.com",
    "googlevideo.com",
    "icloud.com",
    "kaspersky.com",
    "mcafee.com",
    "microsoft.com",
    "mcafeesecurity.com",
    "office.com",
    "senderbase.org",
    "sophosxl.net",
    "sorbs.net",
    "spamcop.net",
    "spamhaus.org",
    "surbl.org",
    "trendmicro.com",
    "windows.net",
];

/// Domains under which names carry data, by the resolver asked: one finding a resolver.
pub fn detect(scene: &mut Scene<'_>) -> Vec<Finding> {
    let mut resolvers: BTreeMap<u128, Vec<(Assessment, &DomainNames)>> = BTreeMap::new();
    for (domain, asked) in scene.broad.names.domains() {
        if let Some(scales) = weigh(domain, asked) {
            resolvers.entry(asked.resolver).or_default().push((scales, asked));
        }
    }
    let mut findings: Vec<Finding> =
        resolvers.into_iter().filter_map(|(resolver, domains)| of_resolver(scene, resolver, domains)).collect();
    findings.sort_by(Finding::rank);
    findings.truncate(RESOLVERS_MAX);
    findings
}

/// The worst domain speaks; others as bad are only counted.
fn of_resolver(scene: &Scene<'_>, resolver: u128, domains: Vec<(Assessment, &DomainNames)>) -> Option<Finding> {
    let domains: Vec<_> = domains.into_iter().filter(|(scales, _)| scales.severity().is_some()).collect();
    let worst = domains.iter().max_by(|a, b| a.0.log_odds.total_cmp(&b.0.log_odds))?;
    let severity = worst.0.severity();
    let alike = domains.iter().filter(|(scales, _)| scales.severity() == severity).count();
    let (mut scales, asked) = (worst.0.clone(), worst.1);
    scales.note("tunnel-domains", alike as f64, "count");
    let subject = Subject {
        server: resolver,
        domestic: false,
        port: 53,
        protocol: 17,
        direction: Direction::OutForeign,
        clients: asked.clients.count(),
        first_us: asked.first_us,
        last_us: asked.last_us,
    };
    let innocent = vec![Innocent::CacheNames, Innocent::SharedHosting, Innocent::Vpn];
    scene.finding(Detector::DnsTunnel, &subject, scales, innocent)
}

/// The class of RITA a count of names falls in: its threshold, 0 below the first.
fn rita_threshold(names: u64) -> u64 {
    RITA.into_iter().rev().find(|&threshold| names >= threshold).unwrap_or(0)
}

/// Weighs the names under one domain; `None` when there are too few or they are addresses.
pub fn weigh(domain: &str, asked: &DomainNames) -> Option<Assessment> {
    let names = asked.names.count();
    if names < NAMES_MIN || domain.ends_with(".arpa") {
        return None;
    }
    let mut scales = Assessment::from_prior(PRIOR);
    spelling(&mut scales, asked);
    volume(&mut scales, asked, names as f64);
    scales.note("rita-subdomain-threshold", rita_threshold(names) as f64, "count");
    if LOOKUP_SERVICES.contains(&domain) {
        scales.add("known-lookup-service", 1.0, "count", -8.0);
    }
    if rita_threshold(names) == 0 {
        scales.log_odds = scales.log_odds.min(-0.1);
    }
    Some(scales)
}

/// What the names and questions look like.
fn spelling(scales: &mut Assessment, asked: &DomainNames) {
    let queries = asked.queries.max(1) as f64;
    let length = asked.name_bytes as f64 / queries;
    scales.add("name-bytes", length, "bytes", ((length - 25.0) / 12.0).clamp(-1.5, 2.5));
    let entropy = asked.entropy_bits / asked.name_bytes.max(1) as f64;
    scales.add("name-entropy", entropy, "bits", (2.0 * (entropy - 3.4)).clamp(-1.0, 1.5));
    let data = asked.data_types as f64 / queries;
    scales.add("txt-share", data, "ratio", 2.5 * data);
    let obsolete = asked.obsolete_types as f64 / queries;
    scales.add("obsolete-type-share", obsolete, "ratio", 1.5 * obsolete);
    let odd = asked.odd as f64 / queries;
    scales.add("odd-character-share", odd, "ratio", 1.5 * odd);
}

/// How many there are, for each client and hour.
fn volume(scales: &mut Assessment, asked: &DomainNames, names: f64) {
    let clients = asked.clients.count().max(1) as f64;
    let client_hours = clients * asked.hours.max(1) as f64;
    scales.add("names-per-domain", names, "count", (names / 100.0).ln().clamp(-1.5, 3.0));
    let fresh = (names / asked.queries.max(1) as f64).min(1.0);
    scales.add("new-name-share", fresh, "ratio", (2.0 * (fresh - 0.6)).clamp(-1.0, 0.8));
    let rate = names / client_hours;
    scales.add("names-per-client-hour", rate, "per-hour", (rate / 100.0).max(0.01).ln().clamp(-1.0, 2.5));
    scales.add("prevalence", clients, "count", 0.0 - (0.5 * clients.ln()).min(2.0));
    scales.note("bytes-per-client-hour", asked.name_bytes as f64 / client_hours, "bytes");
}

#[cfg(test)]
mod tests;
