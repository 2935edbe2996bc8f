//! Rule packs: what the law allows a mandate to ask for, as dated files and never as constants.

use noroshi_leaf::Terms;
use noroshi_model::{Direction, LegalBasis, Micros, time::DAY};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Japan's pack, as shipped.
pub const JAPAN_2026_1: &str = include_str!("../../../../rules/jp-mandates-2026-1.toml");

/// How sure a figure of a pack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Read in the text of the law.
    Read,
    /// Read in a description of the law by others.
    Reported,
    /// Set with care, not found.
    Assumed,
}

/// What one legal basis allows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasisRules {
    /// How sure this is.
    pub certainty: Certainty,
    /// The directions it can cover.
    pub directions: BTreeSet<Direction>,
    /// Days a term may have.
    pub term_days_max: u32,
}

/// What may be kept.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRules {
    /// How sure this is.
    pub certainty: Certainty,
    /// Days.
    pub retain_days_max: u32,
}

/// A rule pack.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RulePack {
    /// Its name, for example `jp-mandates`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// From which day it is in force.
    #[serde(rename = "in_force_from", deserialize_with = "day")]
    pub in_force_from: Micros,
    /// What a reader should know.
    #[serde(default)]
    pub note: String,
    /// 当事者協定.
    pub party_agreement: BasisRules,
    /// 外外.
    pub foreign_foreign: BasisRules,
    /// 外内.
    pub foreign_in: BasisRules,
    /// 内外.
    pub out_foreign: BasisRules,
    /// What may be kept.
    pub retention: RetentionRules,
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Micros, D::Error> {
    let day = toml::value::Datetime::deserialize(deserializer)?;
    Micros::parse(&day.to_string()).map_err(serde::de::Error::custom)
}

/// What the rules have against some terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsFault {
    /// The term is empty or too long.
    #[error("a term of `{basis:?}` has 1 to {days_max} days by {pack}; this one has {days}")]
    Term {
        /// The legal basis.
        basis: LegalBasis,
        /// Days asked for.
        days: i64,
        /// Days allowed.
        days_max: u32,
        /// Name and version of the pack.
        pack: String,
    },
    /// The term is over before it begins to be used.
    #[error("the term ends at {0}, which is not in the future")]
    Past(Micros),
    /// A direction this basis cannot cover.
    #[error("`{basis:?}` does not cover the direction `{direction}`")]
    Direction {
        /// The direction.
        direction: Direction,
        /// The legal basis.
        basis: LegalBasis,
    },
    /// Something that must be named is not.
    #[error("`{0}` must not be empty")]
    Empty(&'static str),
    /// Kept for too long.
    #[error("what is kept may be kept for 1 to {days_max} days by {pack}, not {days}")]
    Retention {
        /// Days asked for.
        days: u32,
        /// Days allowed.
        days_max: u32,
        /// Name and version of the pack.
        pack: String,
    },
    /// Measured against another pack.
    #[error("the terms name the rule pack `{named}`; the one in force is `{pack}`")]
    Pack {
        /// The pack they name.
        named: String,
        /// The pack in force.
        pack: String,
    },
    /// A port range that is upside down.
    #[error("the port range {0}-{1} begins after it ends")]
    Ports(u16, u16),
}

impl RulePack {
    /// Reads a pack.
    ///
    /// # Errors
    /// What is wrong with the file, with line and column.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Name and version, as terms name it.
    pub fn id(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// What it says of one legal basis.
    pub const fn basis(&self, basis: LegalBasis) -> &BasisRules {
        match basis {
            LegalBasis::PartyAgreement => &self.party_agreement,
            LegalBasis::ForeignForeign => &self.foreign_foreign,
            LegalBasis::ForeignIn => &self.foreign_in,
            LegalBasis::OutForeign => &self.out_foreign,
        }
    }

    /// Everything it has against some terms, at `now`. Empty means they may be asked for.
    pub fn check(&self, terms: &Terms, now: Micros) -> Vec<TermsFault> {
        let mut faults = Vec::new();
        let basis = self.basis(terms.legal_basis);
        let days = (terms.until.0.saturating_sub(terms.from.0) + DAY - 1).div_euclid(DAY);
        if days < 1 || days > i64::from(basis.term_days_max) {
            let days_max = basis.term_days_max;
            faults.push(TermsFault::Term { basis: terms.legal_basis, days, days_max, pack: self.id() });
        }
        if terms.until <= now {
            faults.push(TermsFault::Past(terms.until));
        }
        let beyond = terms.directions.difference(&basis.directions);
        faults.extend(beyond.map(|&direction| TermsFault::Direction { direction, basis: terms.legal_basis }));
        let days_max = self.retention.retain_days_max;
        if !(1..=days_max).contains(&terms.retain_days_max) {
            faults.push(TermsFault::Retention { days: terms.retain_days_max, days_max, pack: self.id() });
        }
        if terms.rule_pack != self.id() {
            faults.push(TermsFault::Pack { named: terms.rule_pack.clone(), pack: self.id() });
        }
        let named = [
            ("directions", terms.directions.is_empty()),
            ("domestic", terms.domestic.is_empty()),
            ("purposes", terms.purposes.is_empty()),
            ("analysts", terms.analysts.is_empty()),
            ("party", terms.legal_basis == LegalBasis::PartyAgreement && terms.party.is_none()),
        ];
        faults.extend(named.into_iter().filter(|(_, empty)| *empty).map(|(word, _)| TermsFault::Empty(word)));
        faults.extend(terms.ports.iter().filter(|(low, high)| low > high).map(|&(l, h)| TermsFault::Ports(l, h)));
        faults
    }
}
