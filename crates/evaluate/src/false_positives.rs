//! What was wrongly accused, with the upper bound that the size of the capture allows.

use crate::activity::{Activity, Class};
use crate::flags::{FLAG_FROM, Flags, is_true};
use crate::interval::{poisson_upper, share, share_upper};
use crate::result::FalsePositives;
use noroshi_model::Finding;

/// Examples shown.
const EXAMPLES_MAX: usize = 10;
/// Seed of the bootstrap: a result is the same on every machine.
const SEED: u64 = 0x6670;

/// Counts false findings and falsely flagged hosts. Background counts as innocent: a bound from above.
pub fn false_positives(findings: &[Finding], activity: &Activity, resamples: usize) -> FalsePositives {
    let wrong: Vec<&Finding> = findings.iter().filter(|f| f.severity >= FLAG_FROM && !is_true(f, activity)).collect();
    let flags = Flags::of(findings);
    let hosts = flags.among(&activity.hosts).filter(|&host| !activity.is_bot(host)).count() as u64;
    let of_hosts = activity.hosts.len() as u64 - activity.count(Class::Botnet);
    let million_host_days = activity.hosts.len() as f64 * activity.days() / 1e6;
    let rate = |count: f64| if million_host_days > 0.0 { count / million_host_days } else { 0.0 };
    let count = wrong.len() as u64;
    FalsePositives {
        findings: count,
        hosts,
        of_hosts,
        hosts_share_upper: share_upper(hosts, of_hosts),
        hosts_share: share(hosts, of_hosts, resamples, SEED),
        per_million_host_days: rate(count as f64),
        per_million_host_days_upper: rate(poisson_upper(count)),
        examples: wrong.iter().take(EXAMPLES_MAX).map(|f| example(f)).collect(),
    }
}

fn example(finding: &Finding) -> String {
    let (detector, severity, clients) = (finding.detector, finding.severity, finding.clients);
    let place = if finding.domestic { " (domestic)" } else { "" };
    format!("{detector} {}:{}{place} {severity}, {clients} clients", finding.server, finding.port)
}
