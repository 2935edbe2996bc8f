//! Peer-to-peer: a host in an overlay of peers. See docs/detectors/peer-to-peer.md.

use super::{Scene, Subject};
use crate::weigh::Assessment;
use noroshi_flow::broad::overlay::Overlay;
use noroshi_model::Direction;
use noroshi_model::finding::{Detector, Finding, Innocent};

/// Networks of peers a host needs before it is weighed (PeerHunter's persistence on distinct /16s).
const NETWORKS_MIN: u64 = 20;
/// Overlays reported at most.
const OVERLAYS_MAX: usize = 50;

/// Hosts with peers in many networks that call them back. Never above low by itself: file sharing
/// looks the same, and is lawful.
pub fn detect(scene: &mut Scene<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (&host, overlay) in scene.broad.overlays.sorted() {
        let networks = overlay.networks.count();
        if networks < NETWORKS_MIN || overlay.callers.count() < 3 {
            continue;
        }
        let subject = Subject {
            server: scene.pseudonyms.of(host),
            domestic: true,
            port: 0,
            protocol: if overlay.udp * 2 > overlay.contacts { 17 } else { 6 },
            direction: Direction::OutForeign,
            clients: overlay.peers.count(),
            first_us: overlay.first_us,
            last_us: overlay.last_us,
        };
        let innocent = vec![Innocent::FileSharing, Innocent::Game, Innocent::PushChannel];
        findings.extend(scene.finding(Detector::PeerToPeer, &subject, weigh(overlay, networks), innocent));
    }
    findings.sort_by(Finding::rank);
    findings.truncate(OVERLAYS_MAX);
    findings
}

fn weigh(overlay: &Overlay, networks: u64) -> Assessment {
    let mut scales = Assessment::from_prior(-6.0);
    let hours = f64::from(overlay.hours.count_ones());
    let answered = overlay.answered as f64 / overlay.contacts.max(1) as f64;
    let bytes = overlay.bytes as f64 / overlay.contacts.max(1) as f64;
    scales.add("peer-networks", networks as f64, "count", (networks as f64 / 20.0).ln().clamp(0.0, 2.0));
    scales.add("peers", overlay.peers.count() as f64, "count", 0.0);
    scales.add("active-hours", hours, "h", (1.0 + hours).ln().min(2.0));
    scales.add("small-exchanges", bytes, "bytes", if bytes < 1_000.0 { 1.0 } else { -1.0 });
    scales.add("unanswered-share", 1.0 - answered, "ratio", 0.5 - answered);
    scales.log_odds = scales.log_odds.min(-0.1);
    scales
}
