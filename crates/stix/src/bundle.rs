//! Everything in one file (section 8).

use crate::domain::{AttackPattern, Identity, Indicator, Infrastructure, ObservedData, Report};
use crate::marking::MarkingDefinition;
use crate::observable::{Address, NetworkTraffic};
use crate::relation::{Relationship, Sighting};
use crate::{Id, Tlp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// One object, with its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each variant is documented by its type")]
pub enum Object {
    Identity(Identity),
    MarkingDefinition(MarkingDefinition),
    #[serde(rename = "ipv4-addr")]
    Ipv4Addr(Address),
    #[serde(rename = "ipv6-addr")]
    Ipv6Addr(Address),
    NetworkTraffic(NetworkTraffic),
    ObservedData(ObservedData),
    AttackPattern(AttackPattern),
    Infrastructure(Infrastructure),
    Indicator(Indicator),
    Relationship(Relationship),
    Sighting(Sighting),
    Report(Report),
}

impl Object {
    /// Its identifier.
    pub fn id(&self) -> &Id {
        match self {
            Self::Identity(o) => &o.common.id,
            Self::MarkingDefinition(o) => &o.id,
            Self::Ipv4Addr(o) | Self::Ipv6Addr(o) => &o.id,
            Self::NetworkTraffic(o) => &o.id,
            Self::ObservedData(o) => &o.common.id,
            Self::AttackPattern(o) => &o.common.id,
            Self::Infrastructure(o) => &o.common.id,
            Self::Indicator(o) => &o.common.id,
            Self::Relationship(o) => &o.common.id,
            Self::Sighting(o) => &o.common.id,
            Self::Report(o) => &o.common.id,
        }
    }

    /// An address of either family.
    pub fn address(address: IpAddr, tlp: Tlp) -> (Address, Self) {
        let object = Address::new(address, vec![tlp.id()]);
        let wrapped = match address {
            IpAddr::V4(_) => Self::Ipv4Addr(object.clone()),
            IpAddr::V6(_) => Self::Ipv6Addr(object.clone()),
        };
        (object, wrapped)
    }
}

/// A bundle. Its identifier is made from those of its objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    #[serde(rename = "type")]
    kind: BundleType,
    /// Which bundle this is.
    pub id: Id,
    /// What it carries.
    pub objects: Vec<Object>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum BundleType {
    Bundle,
}

impl Bundle {
    /// Of objects in the order given; an identifier met before is left out, as no two objects may share one.
    pub fn new(objects: impl IntoIterator<Item = Object>) -> Self {
        let mut seen = BTreeSet::new();
        let objects: Vec<_> = objects.into_iter().filter(|object| seen.insert(object.id().clone())).collect();
        let key: Vec<_> = objects.iter().map(|object| object.id().as_str()).collect();
        Self { kind: BundleType::Bundle, id: Id::domain("bundle", &key.join("\n")), objects }
    }

    /// The bundle as a JSON document, ended by a line feed.
    ///
    /// # Errors
    /// Never for bundles made here: no map has keys other than texts. Passed on rather than hidden.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

#[cfg(test)]
mod tests;
