//! How objects hang together (section 5).

use crate::common::Stamp;
use crate::{Common, Id, Timestamp};
use serde::{Deserialize, Serialize};

/// A relationship (section 5.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relationship {
    /// Common properties.
    #[serde(flatten)]
    pub common: Common,
    /// What kind.
    pub relationship_type: RelationshipType,
    /// From.
    pub source_ref: Id,
    /// To.
    pub target_ref: Id,
}

/// Kinds of relationship the standard gives to the objects we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationshipType {
    /// An indicator points at infrastructure or a technique.
    Indicates,
    /// An indicator rests on observed data.
    BasedOn,
    /// Infrastructure is made of addresses.
    ConsistsOf,
    /// Infrastructure talks to infrastructure.
    CommunicatesWith,
}

impl RelationshipType {
    const fn word(self) -> &'static str {
        match self {
            Self::Indicates => "indicates",
            Self::BasedOn => "based-on",
            Self::ConsistsOf => "consists-of",
            Self::CommunicatesWith => "communicates-with",
        }
    }
}

impl Relationship {
    /// Between two objects.
    pub fn new(stamp: &Stamp, source: &Id, kind: RelationshipType, target: &Id) -> Self {
        let key = format!("{source}\n{}\n{target}", kind.word());
        Self {
            common: stamp.common("relationship", &key),
            relationship_type: kind,
            source_ref: source.clone(),
            target_ref: target.clone(),
        }
    }
}

/// Something was seen, and where (section 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// Common properties.
    #[serde(flatten)]
    pub common: Common,
    /// First time.
    pub first_seen: Timestamp,
    /// Last time; not before the first.
    pub last_seen: Timestamp,
    /// How often, 0 to 999,999,999.
    pub count: u32,
    /// What was seen.
    pub sighting_of_ref: Id,
    /// The data behind it.
    pub observed_data_refs: Vec<Id>,
    /// Who saw it.
    pub where_sighted_refs: Vec<Id>,
}
