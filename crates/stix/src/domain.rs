//! Domain objects (section 4): only those this program has something to say with.

use crate::common::KillChainPhase;
use crate::{Common, Id, Pattern, Timestamp};
use serde::{Deserialize, Serialize};

/// Who speaks (section 4.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Common properties.
    #[serde(flatten)]
    pub common: Common,
    /// Its name.
    pub name: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Person, organisation or system.
    pub identity_class: IdentityClass,
}

/// What an identity is (vocabulary `identity-class-ov`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityClass {
    /// A computer program.
    System,
    /// An organisation.
    Organization,
}

/// How to recognise it again (section 4.7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Common properties.
    #[serde(flatten)]
    pub common: Common,
    /// Its name.
    pub name: String,
    /// Why we think so, and how often that is wrong.
    pub description: String,
    /// What kind.
    pub indicator_types: Vec<IndicatorType>,
    /// The pattern.
    pub pattern: Pattern,
    /// Always `stix`.
    pub pattern_type: PatternType,
    /// From when on it holds.
    pub valid_from: Timestamp,
    /// Until when it holds; later than `valid_from`. Addresses are reused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Where it stands in an attack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kill_chain_phases: Vec<KillChainPhase>,
}

/// The language of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatternType {
    /// The one of the standard.
    Stix,
}

/// What an indicator points at (vocabulary `indicator-type-ov`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorType {
    /// Unusual; not certainly hostile.
    AnomalousActivity,
    /// Hides where traffic comes from.
    Anonymization,
    /// Belongs to an attack.
    MaliciousActivity,
}

/// Machines that serve an attack (section 4.8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Infrastructure {
    /// Common properties.
    #[serde(flatten)]
    pub common: Common,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What kind.
    pub infrastructure_types: Vec<InfrastructureType>,
    /// First seen.
    pub first_seen: Timestamp,
    /// Last seen; not before `first_seen`.
    pub last_seen: Timestamp,
}

/// What infrastructure is for (vocabulary `infrastructure-type-ov`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InfrastructureType {
    /// Passes traffic on to hide it.
    Anonymization,
    /// Infected machines.
    Botnet,
    /// Commands infected machines.
    CommandAndControl,
    /// Looks for open doors.
    Reconnaissance,
}

/// What was seen (section 4.14).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedData {
    /// Common properties.
    #[serde(flatten)]
    pub common: Common,
    /// First flow.
    pub first_observed: Timestamp,
    /// Last flow; not before the first.
    pub last_observed: Timestamp,
    /// How many, 1 to 999,999,999.
    pub number_observed: u32,
    /// The observables.
    pub object_refs: Vec<Id>,
}

/// The most `number_observed` may say (section 4.14.1).
pub const NUMBER_OBSERVED_MAX: u32 = 999_999_999;

/// How it is done (section 4.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackPattern {
    /// Common properties, with the technique in `external_references`.
    #[serde(flatten)]
    pub common: Common,
    /// Its name.
    pub name: String,
    /// Which tactic it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kill_chain_phases: Vec<KillChainPhase>,
}

/// The whole, with a title (section 4.16).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Common properties.
    #[serde(flatten)]
    pub common: Common,
    /// Its title.
    pub name: String,
    /// What was looked at, under which mandate, and what was left out.
    pub description: String,
    /// What kind.
    pub report_types: Vec<ReportType>,
    /// When it was published.
    pub published: Timestamp,
    /// What it is about; never empty.
    pub object_refs: Vec<Id>,
}

/// What a report is about (vocabulary `report-type-ov`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportType {
    /// Indicators.
    Indicator,
    /// What was observed, without a judgement.
    ObservedData,
}
