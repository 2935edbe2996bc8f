//! How the list of findings is ordered, measured against the command servers that were there.

use crate::activity::Activity;
use crate::flags::is_command;
use noroshi_mandate::place::to_bits;
use noroshi_model::Finding;
use serde::Serialize;
use std::collections::BTreeSet;

/// Lengths of the list looked at.
const DEPTHS: [u64; 4] = [1, 3, 10, 100];

/// Precision among the first findings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PrecisionAt {
    /// How many findings were asked for.
    pub k: u64,
    /// How many there were.
    pub looked_at: u64,
    /// How many of them are about a command server.
    pub hits: u64,
    /// hits / k: a list too short for k loses by it.
    pub precision: f64,
}

/// The list of findings against the command servers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking {
    /// Findings of any severity.
    pub findings: u64,
    /// Command servers that were there at 1:1.
    pub servers: u64,
    /// Of them in the list at all.
    pub servers_found: u64,
    /// Of them in a finding of medium severity or above.
    pub servers_flagged: u64,
    /// servers_flagged / servers; absent without command servers.
    pub recall: Option<f64>,
    /// Position from 1 of the first finding about a command server.
    pub first_rank: Option<u64>,
    /// At 1, 3, 10 and 100.
    pub precision_at: Vec<PrecisionAt>,
    /// Area under precision and recall over servers (average precision); servers not listed count as never found, and findings about domestic hosts are no servers.
    pub pr_auc: Option<f64>,
}

/// Measures a ranked list.
pub fn ranking(findings: &[Finding], activity: &Activity) -> Ranking {
    let hit: Vec<bool> = findings.iter().map(|f| is_command(f, activity)).collect();
    let servers = activity.servers.len() as u64;
    let found = covered(findings.iter(), activity);
    let flagged = covered(findings.iter().filter(|f| f.severity >= crate::flags::FLAG_FROM), activity);
    Ranking {
        findings: findings.len() as u64,
        servers,
        servers_found: found,
        servers_flagged: flagged,
        recall: (servers > 0).then(|| flagged as f64 / servers as f64),
        first_rank: hit.iter().position(|&hit| hit).map(|at| at as u64 + 1),
        precision_at: DEPTHS.map(|k| precision_at(&hit, k)).to_vec(),
        pr_auc: (servers > 0).then(|| average_precision(findings, activity)),
    }
}

fn precision_at(hit: &[bool], k: u64) -> PrecisionAt {
    let looked_at = (hit.len() as u64).min(k);
    let hits = hit.iter().take(k as usize).filter(|&&hit| hit).count() as u64;
    PrecisionAt { k, looked_at, hits, precision: hits as f64 / k as f64 }
}

/// Command servers that some findings are about.
fn covered<'f>(findings: impl Iterator<Item = &'f Finding>, activity: &Activity) -> u64 {
    let named: BTreeSet<(u128, u16)> = findings.filter(|f| !f.domestic).map(|f| (to_bits(f.server), f.port)).collect();
    let is_named = |server: &&(u128, u16)| named.contains(*server) || named.contains(&(server.0, 0));
    activity.servers.keys().filter(is_named).count() as u64
}

/// Mean over command servers of the precision at the place each first appears. A server listed
/// twice is one server.
fn average_precision(findings: &[Finding], activity: &Activity) -> f64 {
    let (mut seen, mut hits, mut sum) = (BTreeSet::new(), 0u64, 0.0);
    for finding in findings.iter().filter(|f| !f.domestic) {
        if !seen.insert((finding.server, finding.port)) {
            continue;
        }
        if is_command(finding, activity) {
            hits += 1;
            sum += hits as f64 / seen.len() as f64;
        }
    }
    (sum / activity.servers.len().max(1) as f64).min(1.0)
}
