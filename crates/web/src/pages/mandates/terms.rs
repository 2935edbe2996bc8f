//! Terms as rows for people, and what a new version widens.

use crate::office::Names;
use crate::pages::Frame;
use crate::show::{count, list};
use noroshi_leaf::Terms;

/// One term.
pub(crate) struct Term {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) wider: bool,
    /// What it was, where it changed.
    pub(crate) before: Option<String>,
}

/// Names of the fields, in the order a reader asks for them.
const FIELDS: [&str; 20] = [
    "legal_basis",
    "carrier",
    "party",
    "clearance",
    "directions",
    "purposes",
    "from",
    "until",
    "analysts",
    "ports",
    "protocols",
    "domestic",
    "selectors",
    "dns_names",
    "hunts_max",
    "rows_max",
    "records_max",
    "selected_records_max",
    "retain_days_max",
    "rule_pack",
];

/// Every term as a row; against `before`, what changed and what is wider.
pub(crate) fn rows(f: &Frame, names: &Names, terms: &Terms, before: Option<&Terms>) -> Vec<Term> {
    let wider = before.map(|before| terms.widens(before)).unwrap_or_default();
    let row = |field: &&str| {
        let value = value(f, names, terms, field);
        let was = before.map(|before| self::value(f, names, before, field)).filter(|was| *was != value);
        Term { label: f.language.field(field), value, wider: wider.contains(field), before: was }
    };
    FIELDS.iter().map(row).collect()
}

fn value(f: &Frame, names: &Names, terms: &Terms, field: &str) -> String {
    let language = f.language;
    let all = |texts: Vec<String>, none: &str| if texts.is_empty() { none.to_owned() } else { list(language, &texts) };
    match field {
        "legal_basis" => language.basis(terms.legal_basis).to_owned(),
        "carrier" => names.org(terms.carrier, language),
        "party" => terms.party.map_or_else(|| f.m.none.to_owned(), |party| names.org(party, language)),
        "clearance" => language.clearance(terms.clearance),
        "directions" => list(language, &terms.directions.iter().map(|d| language.direction(*d)).collect::<Vec<_>>()),
        "purposes" => list(language, &terms.purposes.iter().map(|p| language.purpose(*p)).collect::<Vec<_>>()),
        "from" => f.time(terms.from),
        "until" => f.time(terms.until),
        "analysts" => all(terms.analysts.iter().map(|person| names.person(*person)).collect(), "–"),
        "ports" => all(terms.ports.iter().map(|range| ports(*range)).collect(), f.m.every),
        "protocols" => all(terms.protocols.iter().map(|protocol| protocol_name(*protocol)).collect(), f.m.every),
        "domestic" => all(terms.domestic.iter().map(ToString::to_string).collect(), "–"),
        "selectors" => if terms.selectors.is_some() { f.m.selectors_sealed } else { f.m.none }.to_owned(),
        "dns_names" => if terms.dns_names { f.m.yes } else { f.m.no }.to_owned(),
        "hunts_max" => count(u64::from(terms.hunts_max)),
        "rows_max" => count(terms.rows_max),
        "records_max" => count(terms.records_max),
        "selected_records_max" => count(terms.selected_records_max),
        "retain_days_max" => format!("{} {}", terms.retain_days_max, f.m.days),
        _ => terms.rule_pack.clone(),
    }
}

/// A range of ports as it is typed.
pub(crate) fn ports((low, high): (u16, u16)) -> String {
    if low == high { low.to_string() } else { format!("{low}-{high}") }
}

fn protocol_name(number: u8) -> String {
    match number {
        1 => "ICMP (1)".to_owned(),
        6 => "TCP (6)".to_owned(),
        17 => "UDP (17)".to_owned(),
        _ => number.to_string(),
    }
}
