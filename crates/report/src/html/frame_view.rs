//! What the page says around the findings: the run, the balance, the ground truth, the map, the damage.

use super::filled;
use crate::context::{RunContext, TruthSummary};
use crate::language::Language;
use crate::limits::{COUNTRIES_MAX, INPUTS_MAX, TRUTH_ROWS_MAX};
use crate::messages::Messages;
use crate::numbers::{bytes, count, country_code, decimal, moment, plain};
use crate::picture;
use crate::picture::balance::Part;
use crate::picture::world::{Registered, country_name};
use crate::words;
use noroshi_flow::{Balance, Damage};
use noroshi_mandate::DropReason;
use noroshi_model::{Finding, Severity};
use std::collections::BTreeMap;

/// What was looked at.
pub(super) struct RunView {
    pub(super) mandate: String,
    pub(super) mandate_title: String,
    pub(super) fingerprint: String,
    pub(super) period: String,
    pub(super) sources: String,
    pub(super) inputs: Vec<String>,
    pub(super) cut_inputs: Option<String>,
    pub(super) generated: String,
    pub(super) program: String,
    pub(super) seed: u64,
    pub(super) memory: Option<String>,
}

impl RunView {
    pub(super) fn of(m: &Messages, context: &RunContext) -> Self {
        let at = |time: Option<_>| time.map_or_else(|| m.unknown.to_owned(), moment);
        let cut = context.inputs.len().saturating_sub(INPUTS_MAX);
        Self {
            mandate: plain(&context.mandate_id),
            mandate_title: plain(&context.mandate_title),
            fingerprint: plain(&context.mandate_fingerprint),
            period: format!("{} – {}", at(context.traffic_from), at(context.traffic_until)),
            sources: filled(m.run_sources, &[("count", &count(context.inputs.len() as u64))]),
            inputs: context.inputs.iter().take(INPUTS_MAX).map(|input| plain(input)).collect(),
            cut_inputs: (cut > 0).then(|| filled(m.cut_inputs, &[("cut", &count(cut as u64))])),
            generated: moment(context.generated_at),
            program: format!("noroshi {}", plain(&context.program_version)),
            seed: context.seed,
            memory: context.memory_peak_bytes.map(|peak| bytes(peak as f64)),
        }
    }
}

/// What became of every record.
pub(super) struct BalanceView {
    pub(super) picture: Option<String>,
    pub(super) adds_up: bool,
    pub(super) sentence: String,
    pub(super) short: &'static str,
    pub(super) received: String,
    pub(super) rows: Vec<BalanceRow>,
}

/// One part of the balance.
pub(super) struct BalanceRow {
    pub(super) class: &'static str,
    pub(super) label: String,
    pub(super) records: String,
    pub(super) share: String,
    /// A reason within `out of mandate`.
    pub(super) indented: bool,
}

impl BalanceView {
    pub(super) fn of(m: &Messages, balance: &Balance) -> Self {
        let whole = [
            ("part-out", m.balance_out, balance.out_of_mandate()),
            ("part-aggregated", m.balance_aggregated, balance.aggregated_only),
            ("part-selected", m.balance_selected, balance.selected),
        ];
        let parts = whole.map(|(class, label, records)| Part { class, label: label.to_owned(), records });
        let row = |class, label: &str, records: u64, indented| BalanceRow {
            class,
            label: label.to_owned(),
            records: count(records),
            share: share(records, balance.received),
            indented,
        };
        let mut rows = Vec::new();
        for (class, label, records) in whole {
            rows.push(row(class, label, records, false));
            if class == "part-out" {
                let reasons = DropReason::ALL.into_iter().filter(|&reason| balance.dropped(reason) > 0);
                rows.extend(reasons.map(|reason| row("", words::dropped(m, reason), balance.dropped(reason), true)));
            }
        }
        let sentence = sentence(m, balance);
        Self {
            picture: picture::balance::balance(m.balance, &sentence, &parts),
            adds_up: balance.adds_up(),
            sentence,
            short: if balance.adds_up() { m.balance_short_good } else { m.balance_short_bad },
            received: count(balance.received),
            rows,
        }
    }
}

fn sentence(m: &Messages, balance: &Balance) -> String {
    let out = balance.out_of_mandate();
    let (received, aggregated, selected) =
        (count(balance.received), count(balance.aggregated_only), count(balance.selected));
    if balance.received == 0 && balance.adds_up() {
        return m.balance_empty.to_owned();
    }
    if !balance.adds_up() {
        let sum = out.saturating_add(balance.aggregated_only).saturating_add(balance.selected);
        return filled(m.balance_does_not_add_up, &[("received", &received), ("sum", &count(sum))]);
    }
    let values =
        [("received", &*received), ("out", &*count(out)), ("aggregated", &*aggregated), ("selected", &*selected)];
    filled(m.balance_adds_up, &values)
}

fn share(part: u64, all: u64) -> String {
    match all {
        0 => "–".to_owned(),
        all => format!("{} %", decimal(part as f64 / all as f64 * 100.0)),
    }
}

/// Findings against the ground truth.
pub(super) struct TruthView {
    pub(super) lead: String,
    pub(super) rows: Vec<TruthRowView>,
    pub(super) cut: Option<String>,
}

/// One hidden thing.
pub(super) struct TruthRowView {
    pub(super) what: String,
    pub(super) class: &'static str,
    pub(super) result: &'static str,
    pub(super) by: &'static str,
}

impl TruthView {
    pub(super) fn of(m: &Messages, truth: &TruthSummary) -> Self {
        let values =
            [("found", &*count(truth.found)), ("missed", &*count(truth.missed)), ("wrong", &*count(truth.wrong))];
        let rows = truth.rows.iter().take(TRUTH_ROWS_MAX).map(|row| TruthRowView {
            what: plain(&row.what),
            class: match row.result {
                crate::TruthResult::Found => "good",
                crate::TruthResult::Missed | crate::TruthResult::Wrong => "bad",
            },
            result: words::truth(m, row.result),
            by: row.by.map_or("–", |by| words::detector(m, by).name),
        });
        let cut = truth.rows.len().saturating_sub(TRUTH_ROWS_MAX);
        Self {
            lead: filled(m.truth_lead, &values),
            rows: rows.collect(),
            cut: (cut > 0).then(|| filled(m.and_more, &[("count", &count(cut as u64))])),
        }
    }
}

/// Where servers are registered.
pub(super) struct WorldView {
    pub(super) picture: String,
    pub(super) rows: Vec<CountryRow>,
}

/// One country.
pub(super) struct CountryRow {
    pub(super) class: &'static str,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) servers: String,
}

impl WorldView {
    /// Servers above info by country, each counted once; nothing where no country is known.
    pub(super) fn of(language: Language, findings: &[&Finding]) -> Option<Self> {
        let mut seen = std::collections::BTreeSet::new();
        let mut registered: BTreeMap<String, Registered> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.severity > Severity::Info && !finding.domestic) {
            let Some(code) = country_code(finding.country.as_deref()) else { continue };
            if registered.len() < COUNTRIES_MAX && seen.insert(finding.server) {
                let first = Registered { servers: 0, worst: finding.severity };
                registered.entry(code).or_insert(first).servers += 1;
            }
        }
        if registered.is_empty() {
            return None;
        }
        let mut rows: Vec<_> = registered.iter().collect();
        rows.sort_by(|(a, here), (b, there)| there.servers.cmp(&here.servers).then(a.cmp(b)));
        let row = |(code, here): (&String, &Registered)| CountryRow {
            class: here.worst.word(),
            code: code.clone(),
            name: country_name(language, code).unwrap_or("–").to_owned(),
            servers: count(here.servers),
        };
        let rows = rows.into_iter().map(row).collect();
        Some(Self { picture: picture::world::world(language, language.messages().world, &registered), rows })
    }
}

/// What could not be read.
pub(super) struct DamageView {
    pub(super) lead: String,
    pub(super) kinds: Vec<(String, String)>,
    pub(super) notes: Vec<String>,
}

impl DamageView {
    pub(super) fn of(m: &Messages, damage: &Damage) -> Option<Self> {
        if damage.total() == 0 {
            return None;
        }
        let kinds = damage.counts.iter().map(|(kind, &n)| (words::damage(m, kind), count(n)));
        Some(Self {
            lead: filled(m.damage_lead, &[("total", &count(damage.total()))]),
            kinds: kinds.collect(),
            notes: damage.first.iter().map(|note| plain(&note.to_string())).collect(),
        })
    }
}
