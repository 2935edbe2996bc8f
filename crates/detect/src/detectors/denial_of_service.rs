//! Denial of service: a flood against one target. See docs/detectors/denial-of-service.md.

use super::{Scene, Subject};
use crate::weigh::Assessment;
use noroshi_flow::broad::floods::{Flood, Peak};
use noroshi_model::Direction;
use noroshi_model::finding::{Detector, Finding, Innocent};

/// Packets a minute below which nothing is a flood.
const PACKETS_MIN: f64 = 60_000.0;
/// How often the mean before must be exceeded.
const RISE_MIN: f64 = 8.0;
/// Standard deviations of the cumulative sum (the h of Page's test).
const SUM_MIN: f64 = 8.0;
/// Minutes of baseline without which nobody knows what is usual.
const BASELINE_MINUTES_MIN: u64 = 10;
/// Packets that must really have been looked at in the worst minute.
const PACKETS_SEEN_MIN: f64 = 100.0;
/// How often the usual number of sources must be exceeded.
const SOURCES_RISE_MIN: f64 = 5.0;
/// Sources from which a flood is distributed; fewer must be silent to count.
const SOURCES_MIN: u64 = 20;

/// Targets whose packets a minute rise far above what they were.
pub fn detect(scene: &mut Scene<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (&target, flood) in scene.broad.floods.sorted() {
        let peak = flood.worst();
        if !rises(&peak) || !is_attack(&peak) {
            continue;
        }
        let domestic = flood.target_domestic;
        let subject = Subject {
            server: if domestic { scene.pseudonyms.of(target) } else { target },
            domestic,
            port: 0,
            protocol: flood.protocol,
            direction: if domestic { Direction::ForeignIn } else { Direction::OutForeign },
            clients: peak.sources,
            first_us: flood.onset_us().max(flood.first_us),
            last_us: flood.last_us,
        };
        let innocent = vec![Innocent::FlashCrowd, Innocent::SharedHosting, Innocent::Monitoring];
        findings.extend(scene.finding(Detector::DenialOfService, &subject, weigh(&peak, flood), innocent));
    }
    findings
}

/// Far above what was usual, for long enough to know what is usual, and beyond the error of sampling.
fn rises(peak: &Peak) -> bool {
    let rate = peak.packets / peak.seen.max(1.0);
    let beyond = (peak.packets - peak.mean) / (rate * peak.seen.max(1.0).sqrt()) >= SUM_MIN;
    peak.minutes >= BASELINE_MINUTES_MIN
        && peak.seen >= PACKETS_SEEN_MIN
        && peak.packets >= PACKETS_MIN
        && peak.packets >= RISE_MIN * peak.mean
        && peak.sum >= SUM_MIN
        && beyond
}

/// Many more sources than usual, or packets that amplify, or packets nobody answers: a download is none of these.
fn is_attack(peak: &Peak) -> bool {
    let crowd = peak.sources >= SOURCES_MIN && peak.sources as f64 >= SOURCES_RISE_MIN * peak.mean_sources;
    crowd || peak.amplified_share >= 0.5 || peak.silent_share >= 0.9
}

fn weigh(peak: &Peak, flood: &Flood) -> Assessment {
    let mut scales = Assessment::from_prior(-4.0);
    let per_second = peak.packets / 60.0;
    scales.add("packets-per-second", per_second, "per-second", (per_second / 1_000.0).ln().clamp(0.0, 3.0));
    scales.add("cumulative-sum", peak.sum, "sd", (peak.sum / SUM_MIN).ln().clamp(0.0, 2.0));
    scales.add("sources", peak.sources as f64, "count", (peak.sources as f64 / 20.0).ln().clamp(0.0, 2.0));
    scales.add("amplification-share", peak.amplified_share, "ratio", 2.0 * peak.amplified_share);
    scales.add("unanswered-share", peak.silent_share, "ratio", 2.0 * peak.silent_share);
    scales.note("baseline", flood.peak().mean / 60.0, "per-second");
    scales
}
