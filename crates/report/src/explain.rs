//! The plain-language explanation of a finding: why we think so, what speaks against it, what to do next.

use crate::messages::{Messages, fill, lookup};
use crate::numbers::{count, measured};
use crate::words;
use noroshi_model::Finding;
use noroshi_model::finding::Evidence;

/// Evidence named in a sentence; more would not be read.
const REASONS_MAX: usize = 4;

/// The server as people write it: `203.0.113.7:443`, `[2001:db8::7]:443`, without a port where there is none.
pub(crate) fn endpoint(finding: &Finding) -> String {
    match finding.port {
        0 => finding.server.to_string(),
        port => std::net::SocketAddr::new(finding.server, port).to_string(),
    }
}

/// The measured period in seconds.
pub(crate) fn period(finding: &Finding) -> Option<f64> {
    let value = finding.evidence.iter().find(|evidence| evidence.name == "period")?.value;
    (value.is_finite() && value > 0.0).then_some(value)
}

/// What the finding is, in one sentence.
pub(crate) fn lead(m: &Messages, finding: &Finding) -> String {
    let words = words::detector(m, finding.detector);
    let count = count(finding.clients);
    let clients = match finding.clients {
        1 => m.unit_clients_one.to_owned(),
        _ => fill(m.unit_clients_many, &[("n", &count)]),
    };
    fill(words.lead, &[("clients", &clients), ("count", &count), ("server", &endpoint(finding))])
}

/// What speaks for it most; `None` when no evidence weighs towards malice.
pub(crate) fn reasons_for(m: &Messages, finding: &Finding, most: usize) -> Option<String> {
    let reasons: Vec<_> =
        weighty(finding, |weight| weight > 0.0).take(most).map(|evidence| because(m, evidence)).collect();
    (!reasons.is_empty()).then(|| fill(m.why_top, &[("reasons", &reasons.join(m.reason_join))]))
}

/// What speaks against it, by name and value.
pub(crate) fn reasons_against(m: &Messages, finding: &Finding) -> Option<String> {
    let named = |e: &Evidence| format!("{} {}", words::evidence(m, &e.name), measured(m, e));
    let reasons: Vec<_> = weighty(finding, |weight| weight < 0.0).take(REASONS_MAX).map(named).collect();
    (!reasons.is_empty()).then(|| fill(m.why_against, &[("reasons", &reasons.join(m.reason_join))]))
}

/// The whole paragraph.
pub(crate) fn paragraph(m: &Messages, finding: &Finding) -> Vec<String> {
    let reasons = reasons_for(m, finding, REASONS_MAX).unwrap_or_else(|| m.why_nothing.to_owned());
    [Some(lead(m, finding)), Some(reasons), reasons_against(m, finding)].into_iter().flatten().collect()
}

/// The one sentence under the table: why, what to check, what to do.
pub(crate) fn sentence(m: &Messages, finding: &Finding) -> String {
    let innocent: Vec<_> = finding.innocent.iter().take(2).map(|&innocent| words::innocent(m, innocent).0).collect();
    let parts = [
        Some(lead(m, finding)),
        reasons_for(m, finding, 2),
        (!innocent.is_empty()).then(|| fill(m.table_check, &[("innocent", &innocent.join(m.list_join))])),
        Some(fill(m.table_next, &[("next", words::detector(m, finding.detector).next)])),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(m.sentence_join)
}

/// Evidence on one side, the weightiest first; ties keep the detector's order.
fn weighty(finding: &Finding, side: impl Fn(f64) -> bool) -> impl Iterator<Item = &Evidence> {
    let mut evidence: Vec<_> = finding.evidence.iter().filter(|e| e.weight.is_finite() && side(e.weight)).collect();
    evidence.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    evidence.into_iter()
}

fn because(m: &Messages, evidence: &Evidence) -> String {
    let value = measured(m, evidence);
    match lookup(m.because_table, &evidence.name) {
        Some(template) => fill(template, &[("value", &value)]),
        None => format!("{} {value}", crate::numbers::plain(&evidence.name)),
    }
}
