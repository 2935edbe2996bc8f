//! The file's fields as written, and their validation into a [`Mandate`].

use super::{Mandate, Registry, Term, VERSION};
use crate::limits;
use ipnet::IpNet;
use noroshi_model::{Direction, LegalBasis, Micros, Place, Protocol, Purpose};
use serde::{Deserialize, Serialize};
use serde_spanned::Spanned;
use std::ops::Range;
use std::path::PathBuf;

/// How domestic addresses are written to disk and shown (非識別化措置).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deidentification {
    /// A keyed permutation that keeps common prefixes (ipcrypt-pfx, the successor of Crypto-PAn).
    PrefixPreserving,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MandateFile {
    version: Spanned<u32>,
    id: Spanned<String>,
    title: Spanned<String>,
    legal_basis: Spanned<LegalBasis>,
    directions: Spanned<Vec<Spanned<Direction>>>,
    purposes: Spanned<Vec<Purpose>>,
    term: Spanned<TermFile>,
    traffic: Option<Spanned<TermFile>>,
    place: PlaceFile,
    #[serde(default)]
    scope: ScopeFile,
    #[serde(default)]
    limits: LimitsFile,
    #[serde(default)]
    retention: RetentionFile,
    #[serde(default)]
    deidentification: DeidentificationFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFile {
    from: Spanned<toml::Value>,
    until: Spanned<toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Elsewhere {
    Foreign,
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceFile {
    domestic: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    foreign: Vec<Spanned<String>>,
    elsewhere: Option<Elsewhere>,
    registry: Option<Spanned<Vec<PathBuf>>>,
    country: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ScopeFile {
    protocols: Vec<Spanned<String>>,
    ports: Vec<Spanned<String>>,
    dns_names: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsFile {
    records_max: u64,
    selected_records_max: u64,
}

impl Default for LimitsFile {
    fn default() -> Self {
        Self { records_max: u64::MAX, selected_records_max: 100_000_000 }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionFile {
    selected_days_max: Spanned<u32>,
}

impl Default for RetentionFile {
    fn default() -> Self {
        Self { selected_days_max: Spanned::new(0..0, 30) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeidentificationFile {
    domestic: Deidentification,
}

impl Default for DeidentificationFile {
    fn default() -> Self {
        Self { domestic: Deidentification::PrefixPreserving }
    }
}

type Faults = Vec<(Range<usize>, String)>;

impl MandateFile {
    pub(super) fn validate(self, text: &str) -> Result<Mandate, Faults> {
        let mut faults = Faults::new();
        self.check_head(&mut faults);
        let term = read_term(&self.term, &mut faults);
        let traffic = self.traffic.as_ref().map(|t| read_term(t, &mut faults));
        let domestic = prefixes(self.place.domestic.get_ref(), &mut faults);
        let foreign = prefixes(&self.place.foreign, &mut faults);
        let (registry, elsewhere) = self.place.beyond(&mut faults);
        let protocols = self.scope.protocols(&mut faults);
        let ports = self.scope.ports(&mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Mandate {
            id: self.id.into_inner(),
            title: self.title.into_inner(),
            legal_basis: self.legal_basis.into_inner(),
            directions: self.directions.into_inner().into_iter().map(Spanned::into_inner).collect(),
            purposes: self.purposes.into_inner(),
            term,
            traffic,
            domestic,
            foreign,
            elsewhere,
            registry,
            protocols,
            ports,
            dns_names: self.scope.dns_names,
            records_max: self.limits.records_max,
            selected_records_max: self.limits.selected_records_max,
            selected_days_max: self.retention.selected_days_max.into_inner(),
            deidentification: self.deidentification.domestic,
            fingerprint: blake3::hash(text.as_bytes()).to_hex().to_string(),
        })
    }

    fn check_head(&self, faults: &mut Faults) {
        if *self.version.get_ref() != VERSION {
            faults.push((self.version.span(), format!("`version` must be {VERSION}, the format this program reads")));
        }
        let id = self.id.get_ref();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            faults.push((self.id.span(), "`id` is 1 to 64 letters, digits, `-`, `_` or `.`".into()));
        }
        if self.title.get_ref().trim().is_empty() {
            faults.push((self.title.span(), "`title` is empty; write one line a commissioner would understand".into()));
        }
        if self.directions.get_ref().is_empty() {
            faults.push((self.directions.span(), "`directions` is empty; name at least one".into()));
        }
        for direction in self.directions.get_ref() {
            self.check_direction(direction, faults);
        }
        if self.purposes.get_ref().is_empty() {
            faults.push((self.purposes.span(), "`purposes` is empty; name at least one".into()));
        }
        if self.place.domestic.get_ref().is_empty() {
            let message = "`domestic` is empty; list the operators' own prefixes, or nothing can be told apart";
            faults.push((self.place.domestic.span(), message.into()));
        }
        let days = &self.retention.selected_days_max;
        if *days.get_ref() == 0 || *days.get_ref() > limits::RETENTION_DAYS_MAX {
            faults.push((days.span(), format!("`selected_days_max` is 1 to {}", limits::RETENTION_DAYS_MAX)));
        }
    }

    fn check_direction(&self, direction: &Spanned<Direction>, faults: &mut Faults) {
        if *direction.get_ref() == Direction::Domestic {
            faults.push((direction.span(), "domestic traffic is never collected; remove `domestic`".into()));
            return;
        }
        let only = match self.legal_basis.get_ref() {
            LegalBasis::PartyAgreement => return,
            LegalBasis::ForeignForeign => Direction::ForeignForeign,
            LegalBasis::ForeignIn => Direction::ForeignIn,
            LegalBasis::OutForeign => Direction::OutForeign,
        };
        if *direction.get_ref() != only {
            let message = format!("legal basis `{only}` covers only the direction `{only}`; ask for a second mandate");
            faults.push((direction.span(), message));
        }
    }
}

fn read_term(term: &Spanned<TermFile>, faults: &mut Faults) -> Term {
    let mut read = |value: &Spanned<toml::Value>| {
        let text = match value.get_ref() {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Micros::parse(&text).unwrap_or_else(|error| {
            faults.push((value.span(), error.to_string()));
            Micros(0)
        })
    };
    let (from, until) = (read(&term.get_ref().from), read(&term.get_ref().until));
    if faults.is_empty() && from >= until {
        faults.push((term.get_ref().until.span(), "`until` is not after `from`".into()));
    }
    Term { from, until }
}

fn prefixes(list: &[Spanned<String>], faults: &mut Faults) -> Vec<IpNet> {
    if list.len() > limits::PREFIXES_MAX {
        let span = list.first().map_or(0..0, Spanned::span);
        faults.push((span, format!("{} prefixes; at most {} in one list", list.len(), limits::PREFIXES_MAX)));
        return Vec::new();
    }
    let mut nets = Vec::with_capacity(list.len());
    for entry in list {
        match entry.get_ref().parse::<IpNet>() {
            Ok(net) if net.network() == net.addr() => nets.push(net),
            Ok(net) => {
                let message = format!("`{net}` has bits set beyond its length; did you mean `{}`?", net.trunc());
                faults.push((entry.span(), message));
            }
            Err(_) => {
                let message = format!("`{}` is not a prefix; write for example `192.0.2.0/24`", entry.get_ref());
                faults.push((entry.span(), message));
            }
        }
    }
    nets
}

impl PlaceFile {
    fn beyond(&self, faults: &mut Faults) -> (Option<Registry>, Place) {
        let files = self.registry.as_ref().map(|r| r.get_ref().clone()).unwrap_or_default();
        let span = self.registry.as_ref().map_or(0..0, Spanned::span);
        match (&self.country, &self.elsewhere) {
            (Some(country), _) if files.is_empty() => {
                faults.push((country.span(), "`country` needs `registry`, the tables it is looked up in".into()));
            }
            (None, _) if !files.is_empty() => {
                faults.push((span, "`registry` needs `country`, the code that means domestic".into()));
            }
            (None, None) => {
                let message = "say where other addresses stand: `elsewhere = \"foreign\"` or `\"unknown\"`, \
                               or give `registry` and `country`";
                faults.push((self.domestic.span(), message.into()));
            }
            _ => {}
        }
        if let Some(country) = &self.country
            && !(country.get_ref().len() == 2 && country.get_ref().chars().all(|c| c.is_ascii_uppercase()))
        {
            faults.push((country.span(), "`country` is two capital letters, for example `JP`".into()));
        }
        let elsewhere = match self.elsewhere {
            Some(Elsewhere::Foreign) => Place::Foreign,
            Some(Elsewhere::Unknown) | None => Place::Unknown,
        };
        let registry = self.country.as_ref().map(|c| Registry { files, country: c.get_ref().clone() });
        (registry, elsewhere)
    }
}

impl ScopeFile {
    fn protocols(&self, faults: &mut Faults) -> Vec<Protocol> {
        let mut read = Vec::with_capacity(self.protocols.len());
        for entry in &self.protocols {
            match Protocol::parse(entry.get_ref()) {
                Some(protocol) => read.push(protocol),
                None => faults.push((entry.span(), format!("`{}` is not a protocol name or number", entry.get_ref()))),
            }
        }
        read
    }

    fn ports(&self, faults: &mut Faults) -> Vec<(u16, u16)> {
        let mut read = Vec::with_capacity(self.ports.len());
        for entry in &self.ports {
            match port_range(entry.get_ref()) {
                Some(range) => read.push(range),
                None => {
                    let message = format!("`{}` is not a port or a range; write `443` or `8000-8100`", entry.get_ref());
                    faults.push((entry.span(), message));
                }
            }
        }
        read
    }
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (range.0 <= range.1).then_some(range)
}
