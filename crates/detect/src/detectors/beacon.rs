//! Beacon: one pair that calls home. See docs/detectors/beacon.md.

use super::{Scene, Subject, clients_of};
use crate::lakeview::LakePair;
use crate::looks::ServerLook;
use crate::{rita, services};
use noroshi_model::finding::{Detector, Finding, Innocent};

/// Beacons to servers that no pooled finding speaks of, and whose clients are not judged together.
pub fn detect(scene: &Scene<'_>, looks: &[ServerLook<'_>], pooled: &[Finding]) -> Vec<Finding> {
    let spoken: std::collections::BTreeSet<_> = pooled.iter().map(|f| (f.server, f.port, f.protocol.0)).collect();
    let alone = looks.iter().filter(|look| {
        let server = noroshi_mandate::place::from_bits(look.id.0);
        look.together.is_none() && !spoken.contains(&(server, look.id.1, look.id.2))
    });
    let mut findings = Vec::new();
    for look in alone {
        let best = &look.looks[look.speaker];
        let innocent = innocent(look.id.1, look.id.2);
        let scales = look.assess(scene.context);
        let subject = subject(best.pair, look.pairs);
        let Some(mut finding) = scene.finding(Detector::Beacon, &subject, scales, innocent) else { continue };
        let refs: Vec<&LakePair> = look.pairs.iter().collect();
        (finding.client_list, finding.clients_over_time) = clients_of(&refs);
        finding.periodogram.clone_from(&best.spectrum.points);
        finding.rita = rita_of(scene, best.pair);
        findings.push(finding);
    }
    findings
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
