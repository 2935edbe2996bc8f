//! Who may see it: TLP 2.0 by the identifiers FIRST and OASIS publish.
//!
//! TLP 2.0 is not in STIX 2.1 itself but an extension to it; the five marking definitions are fixed objects
//! (OASIS, "STIX 2.1 TLP 2.0 marking definition", 2022-10-01).
//!
//! [`read`] tells what a marking definition that came says, [`restriction`] has our own (release to countries,
//! clearance, purpose), and [`redact`](mod@redact) takes out of an object what a reader may not see.

pub mod read;
pub mod redact;
pub mod restriction;

pub use read::Marking;
pub use redact::{Redacted, redact};
pub use restriction::{Clearance, Country, Level, Restriction};

use crate::common::SpecVersion;
use crate::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The extension that adds TLP 2.0.
pub(crate) const EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
/// 2022-10-01T00:00:00Z, when the five objects were made.
const CREATED_MICROS: i64 = 1_664_582_400_000_000;

/// Traffic Light Protocol 2.0 (FIRST, August 2022).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tlp {
    /// No limit.
    #[serde(rename = "clear")]
    Clear,
    /// The community.
    #[serde(rename = "green")]
    Green,
    /// The organisation and its clients, need to know.
    #[serde(rename = "amber")]
    Amber,
    /// The organisation only.
    #[serde(rename = "amber+strict")]
    AmberStrict,
    /// The eyes and ears of the recipients.
    #[serde(rename = "red")]
    Red,
}

impl Tlp {
    /// From the widest to the narrowest circle.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// As people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }

    /// The official identifier.
    pub fn id(self) -> Id {
        Id::fixed(self.official())
    }

    const fn official(self) -> &'static str {
        match self {
            Self::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            Self::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Self::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Self::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            Self::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }

    /// The one that is written like this: `TLP:CLEAR`, `amber+strict`, and of TLP 1 `white`.
    pub fn named(text: &str) -> Option<Self> {
        let word = text.strip_prefix("TLP:").unwrap_or(text).to_ascii_lowercase();
        let same = |tlp: &Self| tlp.name()["TLP:".len()..].eq_ignore_ascii_case(&word);
        if word == "white" { Some(Self::Clear) } else { Self::ALL.into_iter().find(same) }
    }

    /// The one with this official identifier, of TLP 2.0 or TLP 1 (section 7.2.1.4).
    pub fn with_id(id: &Id) -> Option<Self> {
        const FIRST: [(&str, Tlp); 4] = [
            ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::Clear),
            ("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::Green),
            ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp::Amber),
            ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::Red),
        ];
        let first = || FIRST.iter().find(|(own, _)| *own == id.as_str()).map(|(_, tlp)| *tlp);
        Self::ALL.into_iter().find(|tlp| tlp.official() == id.as_str()).or_else(first)
    }

    /// The official object.
    pub fn definition(self) -> MarkingDefinition {
        MarkingDefinition {
            spec_version: SpecVersion::V2_1,
            id: self.id(),
            created: Timestamp::from_micros(CREATED_MICROS),
            name: self.name().to_owned(),
            extensions: BTreeMap::from([(Id::fixed(EXTENSION), TlpExtension::of(self))]),
        }
    }
}

/// A marking definition (section 7.2.1). It has no `modified`: markings do not change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarkingDefinition {
    /// Always 2.1.
    pub spec_version: SpecVersion,
    /// Which marking this is.
    pub id: Id,
    /// When it was made.
    pub created: Timestamp,
    /// As people write it.
    pub name: String,
    /// TLP 2.0 lives in an extension.
    pub extensions: BTreeMap<Id, TlpExtension>,
}

/// The body of the TLP 2.0 extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlpExtension {
    extension_type: String,
    tlp_2_0: Tlp,
}

impl TlpExtension {
    fn of(tlp: Tlp) -> Self {
        Self { extension_type: "property-extension".to_owned(), tlp_2_0: tlp }
    }
}
