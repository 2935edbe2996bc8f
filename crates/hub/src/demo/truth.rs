//! What was found, held against what is true of the simulated nation.

use noroshi_detect::run::Run;
use noroshi_model::Severity;
use noroshi_report::{TruthResult, TruthRow, TruthSummary};
use noroshi_simulate::Truth;

/// Holds findings above low against the truth: command servers found and missed, and who was accused wrongly.
pub(super) fn held_against(run: &Run, truth: &Truth) -> TruthSummary {
    let mut summary = TruthSummary::default();
    let loud = || run.findings.iter().filter(|finding| finding.severity >= Severity::Medium);
    for server in truth.command_servers(1) {
        let by = loud().find(|f| f.server == server.address && (f.port == server.port || f.port == 0));
        let result = if by.is_some() { TruthResult::Found } else { TruthResult::Missed };
        *(if by.is_some() { &mut summary.found } else { &mut summary.missed }) += 1;
        let what = format!("{}: {}:{}, {} clients", server.family, server.address, server.port, server.clients);
        summary.rows.push(TruthRow { what, result, by: by.map(|f| f.detector) });
    }
    for finding in loud().filter(|f| !f.domestic && !truth.is_hostile(f.server)) {
        summary.wrong += 1;
        let what = format!("{}:{}", finding.server, finding.port);
        summary.rows.push(TruthRow { what, result: TruthResult::Wrong, by: Some(finding.detector) });
    }
    summary
}

pub(super) fn verdict(truth: &TruthSummary) -> String {
    let mut text = format!(
        "against the truth: {} of {} command servers found, {} wrongly accused",
        truth.found,
        truth.found + truth.missed,
        truth.wrong
    );
    for row in &truth.rows {
        let word = match row.result {
            TruthResult::Found => "found ",
            TruthResult::Missed => "missed",
            TruthResult::Wrong => "wrong ",
        };
        let by = row.by.map(|d| format!(" ({d})")).unwrap_or_default();
        text.push_str(&format!("\n  {word} {}{by}", row.what));
    }
    text
}
