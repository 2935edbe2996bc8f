//! An evaluation for people: text, and the rows of `docs/evaluation.md`.

use crate::inject::Injection;
use crate::interval::Interval;
use crate::result::{CaptureResult, Evaluation, SamplingResult};
use std::fmt::Write;

const HEADERS: [&str; 10] = [
    "sampling",
    "FM1 online",
    "FM1 whole",
    "background flagged",
    "rank of C2",
    "C2 recall",
    "PR-AUC",
    "time to detect",
    "hosts wrongly flagged",
    "false findings /10^6 hosts/day",
];

/// A table for each capture.
pub fn text_table(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    for capture in &evaluation.captures {
        let _ = writeln!(text, "{}", heading(capture));
        let rows: Vec<[String; 10]> = capture.samplings.iter().map(row).collect();
        let width = |column: usize| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(HEADERS[column].len())
        };
        let mut line = |cells: &[String; 10]| {
            let padded: Vec<String> =
                cells.iter().enumerate().map(|(at, cell)| format!("{cell:<0$}", width(at))).collect();
            let _ = writeln!(text, "  {}", padded.join("  ").trim_end());
        };
        line(&HEADERS.map(str::to_owned));
        rows.iter().for_each(&mut line);
        let _ = writeln!(text, "  {}\n", null_line(capture));
    }
    text
}

/// Rows of a Markdown table, one a capture and sampling, with its header.
pub fn markdown_rows(evaluation: &Evaluation) -> String {
    let mut text = format!("| capture | {} |\n|---|{}\n", HEADERS.join(" | "), "---|".repeat(HEADERS.len()));
    for capture in &evaluation.captures {
        for sampling in &capture.samplings {
            let name = capture.name.replace('|', "\\|");
            let _ = writeln!(text, "| {name} | {} |", row(sampling).join(" | "));
        }
    }
    text
}

/// Injected schedules as a Markdown table, one row each.
pub fn injection_table(injections: &[Injection]) -> String {
    let mut text = String::from(
        "| sampling | seed | period | jitter | calls | rank | severity | score | false above low |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for i in injections {
        let (rank, score) = (i.rank.map(|r| r.to_string()), i.score.map(|s| format!("{s:.2}")));
        let absent = || "-".to_owned();
        let _ = writeln!(
            text,
            "| 1:{} | {} | {:.0} s | {:.0} % | {} | {} | {} | {} | {} |",
            i.sampling,
            i.seed,
            i.period_s,
            i.jitter * 100.0,
            i.calls,
            rank.unwrap_or_else(absent),
            i.severity.map_or_else(absent, |s| s.to_string()),
            score.unwrap_or_else(absent),
            i.false_findings
        );
    }
    text
}

fn heading(c: &CaptureResult) -> String {
    format!(
        "{}: {} records admitted, {:.2} days, hosts {} botnet / {} normal / {} background, {} command servers",
        c.name, c.records, c.days, c.botnet_hosts, c.normal_hosts, c.background_hosts, c.command_servers
    )
}

fn null_line(c: &CaptureResult) -> String {
    let (removed, wrong) = (c.null_run.removed, &c.null_run.false_positives);
    format!(
        "null run ({removed} malicious records removed): {} findings, {} of {} hosts flagged, at most {:.0} per 10^6 hosts a day",
        wrong.findings, wrong.hosts, wrong.of_hosts, wrong.per_million_host_days_upper
    )
}

fn row(s: &SamplingResult) -> [String; 10] {
    let summary = &s.summary;
    let of_hosts = s.runs.first().map_or(0, |run| run.false_positives.of_hosts);
    let upper = s.runs.iter().map(|run| run.false_positives.per_million_host_days_upper).fold(0.0, f64::max);
    [
        format!("1:{}", s.sampling),
        shown(summary.fm1_online, 3),
        shown(summary.fm1_retrospective, 3),
        shown(summary.background_flagged, 1),
        shown(summary.first_rank, 1),
        shown(summary.recall, 2),
        shown(summary.pr_auc, 3),
        detect(s),
        format!("{} of {of_hosts}", shown(summary.false_hosts, 1)),
        format!("{} (at most {upper:.0})", shown(summary.per_million_host_days, 0)),
    ]
}

fn detect(s: &SamplingResult) -> String {
    let (hits, all) = (s.summary.seeds_detecting, s.runs.len());
    match s.summary.time_to_detect_s {
        Some(time) if all == 1 => format!("{:.0} min", time.value / 60.0),
        Some(time) => format!("{:.0} min ({hits}/{all} seeds)", time.value / 60.0),
        None => "-".to_owned(),
    }
}

fn shown(interval: Option<Interval>, digits: usize) -> String {
    match interval {
        None => "-".to_owned(),
        Some(Interval { value, low, high }) if low == high => format!("{value:.digits$}"),
        Some(Interval { value, low, high }) => format!("{value:.digits$} [{low:.digits$}, {high:.digits$}]"),
    }
}
