//! The detectors: one file, fixture, snapshot and documentation page each.

pub mod beacon;
pub mod c2_server;
pub mod denial_of_service;
pub mod dns_tunnel;
pub mod generated_names;
pub mod peer_to_peer;
pub mod relay;
pub mod scan;

use crate::context::Context;
use crate::lakeview::LakePair;
use crate::looks;
use crate::pooled::ServerFeatures;
use crate::rates;
use crate::weigh::Assessment;
use noroshi_flow::{Broad, Pseudonyms};
use noroshi_mandate::place::from_bits;
use noroshi_model::finding::{Client, ClientsAt, Detector, Finding, Innocent};
use noroshi_model::{Direction, Micros, Protocol};

/// Findings of one run at most; the least severe are left out, and only then.
pub const FINDINGS_MAX: usize = 1_000;
/// Clients listed with a finding at most.
pub const CLIENTS_MAX: usize = 48;
/// Beats kept per client for the picture.
const BEATS_MAX: usize = 400;

/// Everything a detector may look at.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Aggregates of all admitted traffic.
    pub broad: &'a Broad,
    /// What is usual here.
    pub context: &'a Context,
    /// Servers pooled over their hours.
    pub features: &'a [ServerFeatures],
    /// Records of the selected, pair by pair.
    pub pairs: &'a [LakePair],
    /// For hosts named from aggregates.
    pub pseudonyms: Pseudonyms,
    /// Id of the mandate, part of a finding's id.
    pub mandate: &'a str,
}

/// Runs every detector; most severe first.
pub fn all(scene: &mut Scene<'_>) -> Vec<Finding> {
    let looks = looks::all(scene.pairs, scene.context);
    let mut findings = c2_server::detect(scene, &looks);
    findings.extend(beacon::detect(scene, &looks, &findings));
    findings.extend(relay::detect(scene, &findings));
    findings.extend(scan::detect(scene));
    findings.extend(peer_to_peer::detect(scene));
    findings.extend(denial_of_service::detect(scene));
    findings.extend(generated_names::detect(scene));
    findings.extend(dns_tunnel::detect(scene));
    findings.sort_by(Finding::rank);
    findings.truncate(FINDINGS_MAX);
    findings
}

/// What a finding is about, before its evidence is filled in.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Address bits; a pseudonym if `domestic`.
    pub server: u128,
    /// Whether it is a domestic host.
    pub domestic: bool,
    /// Port, 0 if not about one.
    pub port: u16,
    /// Protocol.
    pub protocol: u8,
    /// Where its flows ran.
    pub direction: Direction,
    /// Clients or targets.
    pub clients: u64,
    /// First flow, µs.
    pub first_us: i64,
    /// Last flow, µs.
    pub last_us: i64,
}

impl Scene<'_> {
    /// A finding without pictures; `None` when the evidence is too weak to speak.
    pub fn finding(
        &self,
        detector: Detector,
        subject: &Subject,
        scales: Assessment,
        innocent: Vec<Innocent>,
    ) -> Option<Finding> {
        let severity = scales.severity()?;
        let server = from_bits(subject.server);
        let mut hasher = blake3_id(detector, self.mandate);
        hasher.update(&subject.server.to_be_bytes());
        hasher.update(&subject.port.to_be_bytes());
        hasher.update(&[subject.protocol, u8::from(subject.domestic)]);
        let id = hasher.finalize().to_hex().to_string();
        let scales = scales.sorted();
        Some(Finding {
            id: id.get(..16).unwrap_or_default().to_owned(),
            detector,
            severity,
            confidence: scales.confidence(),
            score: crate::weigh::round(scales.probability()),
            server,
            domestic: subject.domestic,
            port: subject.port,
            protocol: Protocol(subject.protocol),
            direction: subject.direction,
            clients: subject.clients,
            first_seen: Micros(subject.first_us),
            last_seen: Micros(subject.last_us),
            country: None,
            evidence: scales.evidence,
            innocent,
            false_positives: rates::known(detector),
            rita: None,
            client_list: Vec::new(),
            clients_over_time: Vec::new(),
            periodogram: Vec::new(),
            path: Vec::new(),
        })
    }
}

fn blake3_id(detector: Detector, mandate: &str) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new_derive_key("noroshi 2026 finding id v1");
    hasher.update(detector.word().as_bytes());
    hasher.update(&[0]);
    hasher.update(mandate.as_bytes());
    hasher.update(&[0]);
    hasher
}

/// One line of a finding's client list.
pub fn client(pair: &LakePair) -> Client {
    let first = pair.starts_us.first().copied().unwrap_or_default();
    let last = pair.starts_us.last().copied().unwrap_or_default();
    Client {
        pseudonym: from_bits(pair.client),
        flows: pair.starts_us.len() as u64,
        bytes_out: pair.bytes_out.iter().sum(),
        bytes_in: pair.bytes_in.iter().sum(),
        first_seen: Micros(first),
        last_seen: Micros(last),
        beats: pair.starts_us.iter().take(BEATS_MAX).map(|&t| Micros(t)).collect(),
    }
}

/// The most active clients of a server, and how many there were in each of 48 equal intervals.
pub fn clients_of(pairs: &[&LakePair]) -> (Vec<Client>, Vec<ClientsAt>) {
    let mut list: Vec<Client> = pairs.iter().map(|pair| client(pair)).collect();
    list.sort_by(|a, b| b.flows.cmp(&a.flows).then(a.pseudonym.cmp(&b.pseudonym)));
    list.truncate(CLIENTS_MAX);
    (list, over_time(pairs))
}

fn over_time(pairs: &[&LakePair]) -> Vec<ClientsAt> {
    const INTERVALS: usize = 48;
    let first = pairs.iter().filter_map(|p| p.starts_us.first()).min().copied().unwrap_or_default();
    let last = pairs.iter().filter_map(|p| p.starts_us.last()).max().copied().unwrap_or_default();
    let step = ((last - first) / INTERVALS as i64 + 1).max(60_000_000);
    let mut counts = vec![0u64; ((last - first) / step + 1).clamp(1, INTERVALS as i64 + 1) as usize];
    for pair in pairs {
        let mut slots: Vec<i64> = pair.starts_us.iter().map(|t| (t - first) / step).collect();
        slots.dedup();
        for slot in slots {
            if let Some(count) = usize::try_from(slot).ok().and_then(|s| counts.get_mut(s)) {
                *count += 1;
            }
        }
    }
    counts.iter().enumerate().map(|(n, &clients)| ClientsAt { at: Micros(first + step * n as i64), clients }).collect()
}
