//! C2 server: pooled over its clients. See docs/detectors/c2-server.md.

use super::{Scene, Subject, beacon, by_server, clients_of};
use crate::lakeview::LakePair;
use crate::pooled::{self, ServerFeatures};
use crate::weigh::Assessment;
use noroshi_model::finding::{Detector, Finding};
use std::collections::BTreeMap;

/// Servers whose clients speak together: several with a regular pulse, or sampled traffic
/// in which no single pair can have one.
pub fn detect(scene: &mut Scene<'_>) -> Vec<Finding> {
    let features: BTreeMap<_, &ServerFeatures> = scene.features.iter().map(|f| (f.id, f)).collect();
    let mut findings = Vec::new();
    for pairs in by_server(scene.pairs) {
        let Some(first) = pairs.first() else { continue };
        let id = (first.server, first.port, first.protocol);
        let server = scene.context.server(&id);
        let together = features.get(&id).map(|row| pooled::weigh(row, &server, scene.context));
        let alone = median_pair(scene, pairs).filter(|_| server.regular_clients >= beacon::POOLED_FROM);
        let sampled = scene.context.sampling > 1;
        let scales = match (together, alone) {
            (Some(a), Some((b, _))) if sampled => stronger(a, b),
            (_, Some((b, _))) => b,
            (Some(a), None) if sampled => a,
            _ => continue,
        };
        let subject = Subject { clients: server.clients.max(pairs.len() as u64), ..beacon::subject(first, pairs) };
        let innocent = beacon::innocent(first.port, first.protocol);
        let Some(mut finding) = scene.finding(Detector::C2Server, &subject, scales, innocent) else { continue };
        let refs: Vec<&LakePair> = pairs.iter().collect();
        (finding.client_list, finding.clients_over_time) = clients_of(&refs);
        if let Some(keen) = pairs.iter().max_by_key(|p| (p.starts_us.len(), std::cmp::Reverse(p.client))) {
            finding.periodogram = beacon::assess(scene, keen).1.points;
            finding.rita = beacon::rita_of(scene, keen);
        }
        findings.push(finding);
    }
    findings
}

fn stronger(a: Assessment, b: Assessment) -> Assessment {
    if a.log_odds >= b.log_odds { a } else { b }
}

/// The middle client, so that one odd client neither makes nor hides a server.
fn median_pair<'p>(scene: &Scene<'_>, pairs: &'p [LakePair]) -> Option<(Assessment, &'p LakePair)> {
    let mut weighed: Vec<_> = pairs
        .iter()
        .filter(|pair| pair.starts_us.len() >= 5)
        .map(|pair| (beacon::assess(scene, pair).0, pair))
        .collect();
    weighed.sort_by(|a, b| b.0.log_odds.total_cmp(&a.0.log_odds).then(a.1.client.cmp(&b.1.client)));
    let middle = weighed.len() / 2;
    (!weighed.is_empty()).then(|| weighed.swap_remove(middle))
}
