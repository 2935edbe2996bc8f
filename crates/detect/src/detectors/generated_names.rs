//! Generated names: hosts that ask for many names nobody chose. See docs/detectors/generated-names.md.

use super::{Scene, Subject};
use crate::names;
use crate::weigh::Assessment;
use noroshi_flow::names::HostNames;
use noroshi_mandate::place::from_bits;
use noroshi_model::finding::{Client, Detector, Finding, Innocent};
use noroshi_model::{Direction, Micros, Severity};
use std::collections::{BTreeMap, HashMap};

/// Different missing domains a host needs before it is weighed: one strange name says nothing.
const MISSING_MIN: u64 = 10;
/// Different domains it needs where none is known to be missing (answers not exported, or rewritten).
const DOMAINS_MIN: u64 = 25;
/// Log odds of a host with that many missing domains before they are looked at.
const PRIOR: f64 = -5.0;
/// Strangeness of names that are chosen, but not well known; and how many standard errors their mean
/// strays by chance.
const CHOSEN: (f64, f64) = (0.25, 2.2);
/// Characters two labels share at either end before they count as of one making.
const PART: usize = 4;
/// Shorter labels are initials and numbers as often as dice, above all in China.
const LABEL_MIN: usize = 6;
/// Resolvers reported at most.
const RESOLVERS_MAX: usize = 50;

/// Hosts whose names look made up, under the resolver they asked: one finding a resolver.
pub fn detect(scene: &mut Scene<'_>) -> Vec<Finding> {
    let mut resolvers: BTreeMap<u128, Vec<(u128, &HostNames, Assessment)>> = BTreeMap::new();
    for (&host, asked) in scene.broad.names.hosts() {
        if let Some(scales) = weigh(asked)
            && scales.severity().is_some()
        {
            resolvers.entry(asked.resolver).or_default().push((host, asked, scales));
        }
    }
    let mut findings = Vec::new();
    for (resolver, hosts) in resolvers {
        findings.extend(of_resolver(scene, resolver, hosts));
    }
    findings.sort_by(Finding::rank);
    findings.truncate(RESOLVERS_MAX);
    findings
}

/// The worst host speaks; others that stand for themselves are counted and listed with it.
fn of_resolver(
    scene: &mut Scene<'_>,
    resolver: u128,
    mut hosts: Vec<(u128, &HostNames, Assessment)>,
) -> Option<Finding> {
    hosts.sort_by(|a, b| b.2.log_odds.total_cmp(&a.2.log_odds).then(a.0.cmp(&b.0)));
    let sure = hosts.iter().filter(|(.., scales)| scales.severity() >= Some(Severity::Medium)).count().max(1);
    hosts.truncate(sure);
    let mut scales = hosts.first()?.2.clone();
    scales.add("clients", sure as f64, "count", (0.5 * (sure as f64).ln()).min(1.5));
    let subject = Subject {
        server: resolver,
        domestic: false,
        port: 53,
        protocol: 17,
        direction: Direction::OutForeign,
        clients: sure as u64,
        first_us: hosts.iter().map(|(_, asked, _)| asked.first_us).min()?,
        last_us: hosts.iter().map(|(_, asked, _)| asked.last_us).max()?,
    };
    let innocent = vec![Innocent::CacheNames, Innocent::ResearchScanner, Innocent::NameResolution];
    let mut finding = scene.finding(Detector::GeneratedNames, &subject, scales, innocent)?;
    hosts.truncate(super::CLIENTS_MAX);
    finding.client_list = hosts.iter().map(|(host, asked, _)| client(scene, *host, asked)).collect();
    Some(finding)
}

/// The host by its pseudonym, with its queries in place of flows; bytes are not known here.
fn client(scene: &mut Scene<'_>, host: u128, asked: &HostNames) -> Client {
    Client {
        pseudonym: from_bits(scene.pseudonyms.of(host)),
        flows: asked.queries,
        bytes_out: 0,
        bytes_in: 0,
        first_seen: Micros(asked.first_us),
        last_seen: Micros(asked.last_us),
        beats: Vec::new(),
    }
}

/// Weighs one host's names; `None` when there are too few.
pub fn weigh(asked: &HostNames) -> Option<Assessment> {
    let missing = asked.missing.count();
    let sample = match missing {
        MISSING_MIN.. => &asked.missing_sample,
        _ if asked.domains.count() >= DOMAINS_MIN => &asked.sample,
        _ => return None,
    };
    // Names in other scripts are spelled in Punycode (RFC 3492), which looks like dice.
    let spelled = |label: &&str| label.len() >= LABEL_MIN && !label.starts_with("xn--");
    let labels: Vec<&str> = sample.iter().map(names::main_label).filter(spelled).collect();
    if (labels.len() as u64) < MISSING_MIN {
        return None;
    }
    let mut scales = Assessment::from_prior(PRIOR);
    spelling(&mut scales, &labels);
    let hours = ((asked.last_us - asked.first_us) as f64 / 3.6e9).max(1.0);
    let (failed, different) = (asked.missing_queries as f64, missing as f64);
    let share = failed / asked.queries.max(1) as f64;
    let rate = different / hours;
    scales.add("missing-domains", different, "count", (different.max(1.0) / 10.0).ln().clamp(0.0, 2.5));
    scales.add("missing-share", share, "ratio", (2.0 * (share - 0.3)).clamp(-0.6, 1.0));
    scales.add("missing-domains-rate", rate, "per-hour", (rate / 10.0).max(0.01).ln().clamp(-0.5, 1.5));
    // Not weighed: a program that asks for one missing name again and again makes it as large.
    scales.note("no-such-name-rate", failed / hours, "per-hour");
    scales.note("domains", asked.domains.count() as f64, "count");
    Some(scales)
}

/// How the labels are spelled: strange letters, equal lengths, parts out of one word list.
fn spelling(scales: &mut Assessment, labels: &[&str]) {
    let n = labels.len() as f64;
    let strange = labels.iter().map(|label| names::strangeness(label)).sum::<f64>() / n;
    scales.add(
        "name-likelihood",
        strange,
        "deviations",
        (5.0 * (strange - CHOSEN.0 - CHOSEN.1 / n.sqrt())).clamp(-1.0, 5.0),
    );
    let spread = length_spread(labels);
    scales.add("name-length-spread", spread, "ratio", (12.0 * (0.30 - spread)).clamp(-0.5, 2.5));
    let shared = shared_parts(labels);
    scales.add("shared-name-parts", shared, "ratio", (6.0 * (shared - 0.15)).clamp(0.0, 2.0));
}

/// Standard deviation of the labels' lengths over their mean.
fn length_spread(labels: &[&str]) -> f64 {
    let n = labels.len().max(1) as f64;
    let mean = labels.iter().map(|label| label.len() as f64).sum::<f64>() / n;
    let variance = labels.iter().map(|label| (label.len() as f64 - mean).powi(2)).sum::<f64>() / n;
    variance.sqrt() / mean.max(1.0)
}

/// Share of labels that begin or end like another one: word lists run out of words.
fn shared_parts(labels: &[&str]) -> f64 {
    let long: Vec<&[u8]> = labels.iter().map(|label| label.as_bytes()).filter(|l| l.len() >= 2 * PART - 1).collect();
    let (mut heads, mut tails) = (HashMap::new(), HashMap::new());
    for label in &long {
        *heads.entry(&label[..PART]).or_insert(0u32) += 1;
        *tails.entry(&label[label.len() - PART..]).or_insert(0u32) += 1;
    }
    let again = long.iter().filter(|l| heads[&l[..PART]] > 1 || tails[&l[l.len() - PART..]] > 1).count();
    again as f64 / labels.len().max(1) as f64
}

#[cfg(test)]
mod tests;
