//! C2 server: pooled over its clients. See docs/detectors/c2-server.md.

use super::{Scene, Subject, beacon, clients_of};
use crate::lakeview::LakePair;
use crate::looks::ServerLook;
use crate::pooled;
use crate::weigh::Assessment;
use noroshi_model::finding::{Detector, Finding};
use std::collections::BTreeMap;

/// Servers whose clients speak together: several with a regular pulse, or sampled traffic
/// in which no single pair can have one.
pub fn detect(scene: &Scene<'_>, looks: &[ServerLook<'_>]) -> Vec<Finding> {
    let mut pooled =
        if scene.context.usual.sampling > 1 { pooled::all(scene.features, scene.context) } else { BTreeMap::new() };
    let mut findings = Vec::new();
    for look in looks {
        let pooled = pooled.remove(&look.id);
        let together = look.together.is_some().then(|| look.assess(scene.context));
        let Some(scales) = stronger(pooled, together) else { continue };
        let Some(first) = look.pairs.first() else { continue };
        let clients = look.server.clients.max(look.pairs.len() as u64);
        let subject = Subject { clients, ..beacon::subject(first, look.pairs) };
        let innocent = beacon::innocent(first.port, first.protocol);
        let Some(mut finding) = scene.finding(Detector::C2Server, &subject, scales, innocent) else { continue };
        let refs: Vec<&LakePair> = look.pairs.iter().collect();
        (finding.client_list, finding.clients_over_time) = clients_of(&refs);
        let keen = look.looks.iter().max_by_key(|l| (l.pair.starts_us.len(), std::cmp::Reverse(l.pair.client)));
        if let Some(keen) = keen {
            finding.periodogram.clone_from(&keen.spectrum.points);
            finding.rita = beacon::rita_of(scene, keen.pair);
        }
        findings.push(finding);
    }
    findings
}

fn stronger(a: Option<Assessment>, b: Option<Assessment>) -> Option<Assessment> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if a.log_odds >= b.log_odds { a } else { b }),
        (a, b) => a.or(b),
    }
}
