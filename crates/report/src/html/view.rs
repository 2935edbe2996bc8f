//! What the page says, in the order it says it.

use super::filled;
use super::finding_view::{CompactRow, FindingView};
use super::frame_view::{BalanceView, DamageView, RunView, TruthView, WorldView};
use crate::context::RunContext;
use crate::language::Language;
use crate::limits::{FINDINGS_COMPACT_MAX, FINDINGS_IN_FULL_MAX};
use crate::messages::Messages;
use crate::numbers::count;
use crate::{explain, ranked, words};
use noroshi_model::{Finding, Severity};

/// The page.
pub(super) struct ReportView {
    pub(super) headline: String,
    pub(super) headline_detail: String,
    pub(super) worst: &'static str,
    pub(super) run: RunView,
    pub(super) balance: BalanceView,
    pub(super) truth: Option<TruthView>,
    pub(super) world: Option<WorldView>,
    pub(super) filters: Vec<Filter>,
    pub(super) rows: Vec<CompactRow>,
    pub(super) findings: Vec<FindingView>,
    pub(super) cut_findings: Option<String>,
    pub(super) low: Vec<CompactRow>,
    pub(super) cut_compact: Option<String>,
    pub(super) damage: Option<DamageView>,
    pub(super) has_pseudonyms: bool,
}

/// One severity to filter by.
pub(super) struct Filter {
    pub(super) class: &'static str,
    pub(super) label: &'static str,
    pub(super) act: &'static str,
    pub(super) count: usize,
    /// Where a reader without JavaScript goes.
    pub(super) anchor: String,
}

impl ReportView {
    pub(super) fn of(findings: &[Finding], context: &RunContext, language: Language) -> Self {
        let m = language.messages();
        let ranked = ranked(findings);
        // Above low in full, low and info in one line each; what is cut off the first goes to the second.
        let above = &ranked[..ranked.partition_point(|finding| finding.severity > Severity::Low)];
        let full = &above[..above.len().min(FINDINGS_IN_FULL_MAX)];
        let rest = &ranked[full.len()..];
        let shown_rest = &rest[..rest.len().min(FINDINGS_COMPACT_MAX)];
        let (headline, headline_detail) = headline(m, above);
        Self {
            headline,
            headline_detail,
            worst: ranked.first().map_or("none", |finding| finding.severity.word()),
            run: RunView::of(m, context),
            balance: BalanceView::of(m, &context.balance),
            truth: context.truth.as_ref().map(|truth| TruthView::of(m, truth)),
            world: WorldView::of(language, &ranked),
            filters: filters(m, full),
            rows: full.iter().enumerate().map(|(at, finding)| CompactRow::of(m, finding, Some(at + 1))).collect(),
            findings: full.iter().enumerate().map(|(at, finding)| FindingView::of(m, finding, at + 1)).collect(),
            cut_findings: cut(m.cut_findings, full.len(), above.len()),
            low: shown_rest.iter().map(|finding| CompactRow::of(m, finding, None)).collect(),
            cut_compact: cut(m.cut_compact, shown_rest.len(), rest.len()),
            damage: DamageView::of(m, &context.damage),
            has_pseudonyms: findings.iter().any(|finding| finding.domestic || !finding.client_list.is_empty()),
        }
    }
}

fn headline(m: &Messages, above: &[&Finding]) -> (String, String) {
    let headline = match above.len() {
        0 => m.headline_none.to_owned(),
        1 => m.headline_one.to_owned(),
        many => filled(m.headline_many, &[("count", &count(many as u64))]),
    };
    let detail = above.first().map_or_else(
        || m.headline_none_next.to_owned(),
        |first| {
            let values = [
                ("severity", words::severity(m, first.severity)),
                ("detector", words::detector(m, first.detector).name),
                ("server", &explain::endpoint(first)),
            ];
            filled(m.headline_first, &values)
        },
    );
    (headline, detail)
}

/// The severities that occur, with how often.
fn filters(m: &Messages, findings: &[&Finding]) -> Vec<Filter> {
    let of = |severity: Severity| {
        let first = findings.iter().position(|finding| finding.severity == severity)?;
        Some(Filter {
            class: severity.word(),
            label: words::severity(m, severity),
            act: words::severity_do(m, severity),
            count: findings.iter().filter(|finding| finding.severity == severity).count(),
            anchor: format!("f{}", first + 1),
        })
    };
    Severity::DESCENDING.into_iter().filter_map(of).collect()
}

fn cut(message: &str, shown: usize, all: usize) -> Option<String> {
    let left = all.checked_sub(shown).filter(|&left| left > 0)?;
    Some(filled(message, &[("shown", &count(shown as u64)), ("cut", &count(left as u64))]))
}
