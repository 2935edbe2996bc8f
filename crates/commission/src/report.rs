//! The yearly report to the Diet (国会への報告), counted from the log alone.

use crate::messages::Words;
use crate::problem::Problem;
use crate::watch::Watch;
use noroshi_leaf::body::InspectionStep;
use noroshi_leaf::{Body, GovernedAct, MandateEvent};
use noroshi_model::Micros;
use noroshi_verify::{Kind, Violation};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What happened in one year, by counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The year, by UTC.
    pub year: i32,
    /// The log.
    pub origin: String,
    /// Entries of the tree it was counted from.
    pub counted_from: u64,
    /// Lines of the year.
    pub lines: u64,
    /// Versions of mandates asked for.
    pub requested: u64,
    /// Decisions recorded.
    pub decided: u64,
    /// Suspensions, by the commission and by others.
    pub suspended: u64,
    /// Revocations.
    pub revoked: u64,
    /// Acts begun, by kind.
    pub acts: BTreeMap<String, u64>,
    /// Acts begun, by mandate.
    pub acts_by_mandate: BTreeMap<String, u64>,
    /// Acts given up.
    pub aborted: u64,
    /// Refusals, by act.
    pub refused: BTreeMap<String, u64>,
    /// Complaints of the public.
    pub complaints: u64,
    /// Batches begun.
    pub batches: u64,
    /// Records received, kept, and only counted, of sealed batches.
    pub received: u128,
    /// Records kept.
    pub selected: u128,
    /// Batches destroyed.
    pub destroyed: u64,
    /// Findings and recommendations written, and answers given.
    pub inspected: u64,
    /// Answers given.
    pub answered: u64,
    /// Violations found in lines of the year, or overdue now, by code.
    pub violations: BTreeMap<String, u64>,
    /// Shares released by the commission.
    pub released: u64,
}

/// The name of an act in reports.
pub const fn act_word(act: GovernedAct) -> &'static str {
    match act {
        GovernedAct::Collect => "collect",
        GovernedAct::Detect => "detect",
        GovernedAct::Hunt => "hunt",
        GovernedAct::OpenPseudonym => "open_pseudonym",
        GovernedAct::Share => "share",
        GovernedAct::Reproduce => "reproduce",
        GovernedAct::Dispose => "dispose",
    }
}

/// First moments of a year and of the next.
fn bounds(year: i32) -> Option<(Micros, Micros)> {
    let first = |year: i32| Micros::parse(&format!("{year:04}-01-01")).ok();
    Some((first(year)?, first(year.checked_add(1)?)?))
}

impl Report {
    /// Counts a year from the mirror. `now` decides what is overdue.
    ///
    /// # Errors
    /// [`Problem`] when the mirror cannot be read, or the year is none.
    pub fn of(watch: &Watch, year: i32, released: &[Micros], now: Micros) -> Result<Self, Problem> {
        let (from, until) = bounds(year)
            .filter(|_| (1970..=9998).contains(&year))
            .ok_or_else(|| Problem::new(404, "report.year", "a year has four digits"))?;
        let within = |at: Micros| from <= at && at < until;
        let mut report = Self {
            year,
            origin: watch.origin().to_owned(),
            counted_from: watch.mirrored().0,
            released: released.iter().filter(|at| within(**at)).count() as u64,
            ..Self::default()
        };
        let mut lines = BTreeSet::new();
        let mut index = 0_u64;
        watch
            .every(|leaf| {
                if within(leaf.at) {
                    lines.insert(index);
                    report.count(&leaf.body);
                }
                index += 1;
            })
            .map_err(|error| Problem::own(&error))?;
        report.lines = lines.len() as u64;
        let found = watch.replay().found().iter().filter(|violation| lines.contains(&violation.index));
        let overdue = if within(now) { watch.replay().overdue(now) } else { Vec::new() };
        for violation in found.chain(&overdue) {
            report.violation(violation);
        }
        Ok(report)
    }

    fn violation(&mut self, violation: &Violation) {
        *self.violations.entry(violation.kind.code().to_owned()).or_default() += 1;
    }

    fn count(&mut self, body: &Body) {
        match body {
            Body::Mandate(line) => match line.event {
                MandateEvent::Requested { .. } => self.requested += 1,
                MandateEvent::Decided { .. } => self.decided += 1,
                MandateEvent::Suspended { .. } => self.suspended += 1,
                MandateEvent::Revoked { .. } => self.revoked += 1,
                _ => {}
            },
            Body::Intent(intent) => {
                *self.acts.entry(act_word(intent.act).to_owned()).or_default() += 1;
                *self.acts_by_mandate.entry(intent.mandate.to_string()).or_default() += 1;
            }
            Body::Abort(_) => self.aborted += 1,
            Body::Refused(refused) => *self.refused.entry(refused.act.clone()).or_default() += 1,
            Body::Complaint(_) => self.complaints += 1,
            Body::BatchOpened(_) => self.batches += 1,
            Body::BatchSealed(sealed) => {
                self.received += u128::from(sealed.received);
                self.selected += u128::from(sealed.selected);
            }
            Body::Disposed(disposed) => self.destroyed += disposed.certificate.statement.batches.len() as u64,
            Body::Inspection(said) if said.step == InspectionStep::Answer => self.answered += 1,
            Body::Inspection(_) => self.inspected += 1,
            _ => {}
        }
    }

    /// Rows of the report: what, and how many.
    pub fn rows(&self, words: &Words) -> Vec<(String, String)> {
        let mut rows: Vec<(String, String)> = [
            (words.report_lines, u128::from(self.lines)),
            (words.report_requested, u128::from(self.requested)),
            (words.report_decided, u128::from(self.decided)),
            (words.report_suspended, u128::from(self.suspended)),
            (words.report_revoked, u128::from(self.revoked)),
            (words.report_batches, u128::from(self.batches)),
            (words.report_received, self.received),
            (words.report_selected, self.selected),
            (words.report_destroyed, u128::from(self.destroyed)),
            (words.report_released, u128::from(self.released)),
            (words.report_aborted, u128::from(self.aborted)),
            (words.report_complaints, u128::from(self.complaints)),
            (words.report_inspected, u128::from(self.inspected)),
            (words.report_answered, u128::from(self.answered)),
        ]
        .into_iter()
        .map(|(word, count)| (word.to_owned(), count.to_string()))
        .collect();
        let mut table = |word: &str, counts: &BTreeMap<String, u64>| {
            rows.extend(counts.iter().map(|(what, count)| (format!("{word}: {what}"), count.to_string())));
        };
        table(words.report_acts, &self.acts);
        table(words.report_acts_by_mandate, &self.acts_by_mandate);
        table(words.report_refused, &self.refused);
        rows
    }

    /// Violations by code, with the sentence of each kind.
    pub fn violation_rows(&self, words: &Words) -> Vec<(String, String, u64)> {
        let sentence = |code: &str| {
            let kind = Kind::ALL.iter().find(|kind| kind.code() == code);
            kind.map_or_else(String::new, |kind| kind.sentence(words.lang).replace("{}", "…"))
        };
        self.violations.iter().map(|(code, count)| (code.clone(), sentence(code), *count)).collect()
    }

    /// The report as Markdown.
    pub fn to_markdown(&self, words: &Words) -> String {
        let mut text = format!("# {} {}\n\n", words.report_title, self.year);
        let _ = writeln!(text, "{}: `{}`, {}\n", words.report_source, self.origin, self.counted_from);
        let _ = writeln!(text, "| {} | {} |\n|---|---:|", words.report_what, words.report_count);
        for (what, count) in self.rows(words) {
            let _ = writeln!(text, "| {} | {count} |", what.replace('|', "\\|"));
        }
        let _ = writeln!(text, "\n## {}\n", words.report_violations);
        if self.violations.is_empty() {
            let _ = writeln!(text, "{}", words.report_none);
        }
        for (code, sentence, count) in self.violation_rows(words) {
            let _ = writeln!(text, "- `{code}` × {count}: {sentence}");
        }
        text
    }
}
