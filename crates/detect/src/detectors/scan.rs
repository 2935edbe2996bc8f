//! Scan: a host that looks for open doors. See docs/detectors/scan.md.

use super::{Scene, Subject};
use crate::services;
use crate::weigh::Assessment;
use noroshi_flow::broad::fans::{Fan, FanKey};
use noroshi_model::Direction;
use noroshi_model::finding::{Detector, Finding, Innocent};

/// Targets a fan needs before it is weighed.
const TARGETS_MIN: u64 = 30;
/// ln 4: what one unanswered first contact says, with θ0 = 0.8 and θ1 = 0.2
/// (threshold random walk, Jung et al., IEEE S&P 2004).
const STEP: f64 = 1.386_294;
/// ln(0.99 / 0.01): where the walk stops.
const DECIDED: f64 = 4.595_12;
/// Scans reported at most: the internet is full of them.
const SCANS_MAX: usize = 50;

/// Hosts that call many others in vain on one port.
pub fn detect(scene: &mut Scene<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, fan) in scene.broad.fans.sorted() {
        let targets = fan.targets.count();
        if targets < TARGETS_MIN || !usual_target(key) {
            continue;
        }
        let Some(scales) = weigh(key, fan, targets) else { continue };
        let source = if key.inbound { key.source } else { scene.pseudonyms.of(key.source) };
        let subject = Subject {
            server: source,
            domestic: !key.inbound,
            port: key.port,
            protocol: key.protocol,
            direction: if key.inbound { Direction::ForeignIn } else { Direction::OutForeign },
            clients: targets,
            first_us: fan.first_us,
            last_us: fan.last_us,
        };
        let innocent = vec![Innocent::ResearchScanner, Innocent::Monitoring, Innocent::FileSharing];
        findings.extend(scene.finding(Detector::Scan, &subject, scales, innocent));
    }
    findings.sort_by(Finding::rank);
    findings.truncate(SCANS_MAX);
    findings
}

/// Ports on which calling many hosts is the service itself.
fn usual_target(key: &FanKey) -> bool {
    let name = services::known(key.port, key.protocol).map(|s| s.name);
    !matches!(name, Some("file sharing" | "games" | "calls" | "time" | "name resolution" | "no port"))
}

/// `None` while the walk is undecided.
fn weigh(key: &FanKey, fan: &Fan, targets: u64) -> Option<Assessment> {
    let missed = fan.unanswered_share();
    let one_way = fan.one_way as f64 / fan.contacts.max(1) as f64;
    // One-way exports do not show answers: only many more targets decide.
    let walk =
        if one_way < 0.5 { targets as f64 * (2.0 * missed - 1.0) * STEP } else { (targets as f64 / 200.0) * DECIDED };
    if walk < DECIDED {
        return None;
    }
    let hours = ((fan.last_us - fan.first_us) as f64 / 3.6e9).max(1.0 / 60.0);
    let mut scales = Assessment::from_prior(-5.0);
    scales.add("distinct-targets", targets as f64, "count", (targets as f64 / 30.0).ln().clamp(0.0, 4.0));
    scales.add("scan-rate", targets as f64 / hours, "per-hour", (targets as f64 / hours / 100.0).ln().clamp(-1.0, 1.5));
    scales.add("unanswered-share", missed, "ratio", if one_way < 0.5 { 2.0 * (missed - 0.5) } else { 0.0 });
    // A domestic host that scans abroad is infected more often than curious; the reverse is weather.
    if key.inbound {
        scales.log_odds = scales.log_odds.min(-0.1);
    }
    Some(scales)
}
