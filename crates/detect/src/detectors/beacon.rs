//! Beacon: one pair that calls home. See docs/detectors/beacon.md.

use super::{Scene, Subject, by_server, clients_of};
use crate::lakeview::LakePair;
use crate::weigh::{self, Assessment};
use crate::{rita, services, spectrum};
use noroshi_model::finding::{Detector, Finding, Innocent};

/// Servers with at least this many regular clients are judged by all of them together.
pub const POOLED_FROM: u64 = 3;

/// Beacons to servers that no pooled finding speaks of already.
pub fn detect(scene: &mut Scene<'_>, pooled: &[Finding]) -> Vec<Finding> {
    let spoken: std::collections::BTreeSet<_> = pooled.iter().map(|f| (f.server, f.port, f.protocol.0)).collect();
    let mut findings = Vec::new();
    for pairs in by_server(scene.pairs) {
        let Some(first) = pairs.first() else { continue };
        let server = noroshi_mandate::place::from_bits(first.server);
        if spoken.contains(&(server, first.port, first.protocol)) {
            continue;
        }
        let best = pairs
            .iter()
            .map(|pair| (pair, assess(scene, pair)))
            .max_by(|a, b| a.1.0.log_odds.total_cmp(&b.1.0.log_odds).then(b.0.client.cmp(&a.0.client)));
        if let Some((pair, (scales, spectrum))) = best {
            let subject = subject(pair, pairs);
            let innocent = innocent(pair.port, pair.protocol);
            let Some(mut finding) = scene.finding(Detector::Beacon, &subject, scales, innocent) else { continue };
            let refs: Vec<&LakePair> = pairs.iter().collect();
            (finding.client_list, finding.clients_over_time) = clients_of(&refs);
            finding.periodogram = spectrum.points;
            finding.rita = rita_of(scene, pair);
            findings.push(finding);
        }
    }
    findings
}

/// Weighs one pair from its exact contacts.
pub fn assess(scene: &Scene<'_>, pair: &LakePair) -> (Assessment, spectrum::Spectrum) {
    let pulse = pair.pulse();
    let id = (pair.server, pair.port, pair.protocol);
    let spectrum =
        if pulse.beats >= 8 { spectrum::periodogram(&pair.starts_us) } else { spectrum::Spectrum::default() };
    let server = scene.context.server(&id);
    (weigh::pair(&pulse, spectrum.surprise, &id, &server, scene.context), spectrum)
}

/// RITA's score of a pair, over the span of all traffic.
pub fn rita_of(scene: &Scene<'_>, pair: &LakePair) -> Option<noroshi_model::finding::RitaScore> {
    rita::score(&pair.starts_us, &pair.bytes_out, scene.context.first_us, scene.context.last_us)
}

/// What a server's finding is about.
pub fn subject(pair: &LakePair, pairs: &[LakePair]) -> Subject {
    let starts = pairs.iter().filter_map(|p| p.starts_us.first());
    Subject {
        server: pair.server,
        domestic: false,
        port: pair.port,
        protocol: pair.protocol,
        direction: pair.direction,
        clients: pairs.len() as u64,
        first_us: starts.min().copied().unwrap_or_default(),
        last_us: pairs.iter().map(|p| p.last_us).max().unwrap_or_default(),
    }
}

/// What to check first: the service of the port, then what beats everywhere.
pub fn innocent(port: u16, protocol: u8) -> Vec<Innocent> {
    let mut list = vec![services::innocent(port, protocol)];
    for more in [Innocent::Telemetry, Innocent::UpdateCheck, Innocent::Monitoring, Innocent::PushChannel] {
        if !list.contains(&more) {
            list.push(more);
        }
    }
    list
}
