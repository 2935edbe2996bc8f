//! CSV: one finding a line, most severe first, columns in an order that stays. For spreadsheets: a cell that could
//! be taken for a formula is quoted with an apostrophe (OWASP, "CSV injection").

use crate::ranked;
use noroshi_model::Finding;
use std::io::{self, Write};

/// The columns. New ones are only ever added at the end.
pub const COLUMNS: [&str; 20] = [
    "severity",
    "detector",
    "server",
    "port",
    "protocol",
    "country",
    "direction",
    "domestic",
    "clients",
    "confidence",
    "score",
    "rita_score",
    "period_s",
    "first_seen",
    "last_seen",
    "evidence",
    "innocent",
    "false_positives_per_million_host_days",
    "false_positives_measured_in",
    "id",
];

/// Writes the findings as CSV with a header line.
///
/// # Errors
/// What the writer says.
pub fn write_csv(writer: impl Write, findings: &[Finding]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(COLUMNS)?;
    for finding in ranked(findings) {
        csv.write_record(row(finding).map(guarded))?;
    }
    csv.flush()
}

fn row(finding: &Finding) -> [String; COLUMNS.len()] {
    let period = finding.evidence.iter().find(|evidence| evidence.name == "period");
    let evidence: Vec<_> =
        finding.evidence.iter().map(|e| format!("{}={} {} ({:+.2})", e.name, e.value, e.unit, e.weight)).collect();
    let innocent: Vec<_> = finding.innocent.iter().map(|&innocent| crate::words::innocent_word(innocent)).collect();
    let known = finding.false_positives.as_ref();
    [
        finding.severity.to_string(),
        finding.detector.to_string(),
        finding.server.to_string(),
        finding.port.to_string(),
        finding.protocol.to_string(),
        finding.country.clone().unwrap_or_default(),
        finding.direction.to_string(),
        finding.domestic.to_string(),
        finding.clients.to_string(),
        finding.confidence.percent().to_string(),
        finding.score.to_string(),
        finding.rita.map(|rita| rita.score.to_string()).unwrap_or_default(),
        period.map(|period| period.value.to_string()).unwrap_or_default(),
        finding.first_seen.to_string(),
        finding.last_seen.to_string(),
        evidence.join("; "),
        innocent.join("; "),
        known.map(|known| known.per_million_host_days.to_string()).unwrap_or_default(),
        known.map(|known| known.measured_in.clone()).unwrap_or_default(),
        finding.id.clone(),
    ]
}

/// A cell no spreadsheet runs. An IPv6 address such as `::1` is safe; a number keeps its sign.
fn guarded(cell: String) -> String {
    let dangerous = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if dangerous && cell.parse::<f64>().is_err() { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_left_alone() {
        assert_eq!(guarded("=HYPERLINK(1)".into()), "'=HYPERLINK(1)");
        assert_eq!(guarded("@sum".into()), "'@sum");
        assert_eq!(guarded("-2.5".into()), "-2.5");
        assert_eq!(guarded("-2+3".into()), "'-2+3");
        assert_eq!(guarded("::1".into()), "::1");
    }
}
