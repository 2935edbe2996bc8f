//! What every domain object and relationship carries (section 3.2).

use crate::{Id, Timestamp, Tlp};
use serde::{Deserialize, Serialize};

/// The version of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum SpecVersion {
    /// STIX 2.0. It is read and passed on as it came; nothing is written in it.
    #[serde(rename = "2.0")]
    V2_0,
    /// STIX 2.1.
    #[default]
    #[serde(rename = "2.1")]
    V2_1,
}

impl SpecVersion {
    /// As objects write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        }
    }
}

/// Common properties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Common {
    /// Always 2.1.
    pub spec_version: SpecVersion,
    /// Which object this is.
    pub id: Id,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by_ref: Option<Id>,
    /// When this object first was made.
    pub created: Timestamp,
    /// When this version of it was made.
    pub modified: Timestamp,
    /// How sure, 0 to 100 (appendix A).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// Free labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// References outside STIX.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<ExternalReference>,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub object_marking_refs: Vec<Id>,
}

/// What all objects of one bundle have in common.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// When they were made.
    pub at: Timestamp,
    /// Who made them; `None` only for that identity itself.
    pub by: Option<Id>,
    /// Who may see them.
    pub tlp: Tlp,
}

impl Stamp {
    /// The common properties of one object; `key` is what makes it this one and no other.
    pub fn common(&self, kind: &str, key: &str) -> Common {
        Common {
            spec_version: SpecVersion::V2_1,
            id: Id::domain(kind, key),
            created_by_ref: self.by.clone(),
            created: self.at,
            modified: self.at,
            confidence: None,
            labels: Vec::new(),
            external_references: Vec::new(),
            object_marking_refs: vec![self.tlp.id()],
        }
    }
}

impl Common {
    /// With a confidence, 0 to 100; more is cut to 100.
    pub fn with_confidence(mut self, percent: u8) -> Self {
        self.confidence = Some(percent.min(100));
        self
    }

    /// With labels.
    pub fn with_labels(mut self, labels: Vec<String>) -> Self {
        self.labels = labels;
        self
    }

    /// With references outside STIX.
    pub fn with_references(mut self, references: Vec<ExternalReference>) -> Self {
        self.external_references = references;
        self
    }
}

/// A reference to something that is not STIX (section 2.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalReference {
    /// Who keeps it, for example `mitre-attack`.
    pub source_name: String,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl ExternalReference {
    /// A technique of MITRE ATT&CK, for example `T1071` or `T1568.002`.
    pub fn attack_technique(technique: &str) -> Self {
        Self {
            source_name: "mitre-attack".to_owned(),
            description: None,
            url: Some(format!("https://attack.mitre.org/techniques/{}/", technique.replace('.', "/"))),
            external_id: Some(technique.to_owned()),
        }
    }
}

/// A phase of a kill chain (section 2.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillChainPhase {
    /// Which chain, for example `mitre-attack`.
    pub kill_chain_name: String,
    /// Which phase, for example `command-and-control`.
    pub phase_name: String,
}

impl KillChainPhase {
    /// A tactic of MITRE ATT&CK.
    pub fn attack_tactic(tactic: &str) -> Self {
        Self { kill_chain_name: "mitre-attack".to_owned(), phase_name: tactic.to_owned() }
    }
}
