//! Identifiers: `type--UUID`, the UUID made from what the object says, so that the same input gives the same bytes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

/// Namespace of observables (section 2.9).
const OBSERVABLES: Uuid = Uuid::from_u128(0x00abedb4_aa42_466c_9c01_fed23315a9b7);
/// Namespace of everything else, ours: a random value chosen once.
const DOMAIN: Uuid = Uuid::from_u128(0x6e1f2a0c_4c5b_4d0f_9a57_2f9d7f3f6b11);

/// An object's identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// A fixed identifier published by someone else, such as those of TLP 2.0.
    pub fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Of a domain object or relationship: `key` is what makes it this one and no other.
    /// The standard prefers random UUIDs here; equal bytes for equal input are worth more to us.
    pub fn domain(kind: &str, key: &str) -> Self {
        Self(format!("{kind}--{}", Uuid::new_v5(&DOMAIN, format!("{kind}\n{key}").as_bytes())))
    }

    /// Of an observable: UUIDv5 over the canonical JSON (RFC 8785) of its contributing properties (section 2.9).
    pub fn observable(kind: &str, contributing: &Contributing) -> Self {
        Self(format!("{kind}--{}", Uuid::new_v5(&OBSERVABLES, contributing.canonical().as_bytes())))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before `--`.
    pub fn kind(&self) -> &str {
        self.0.split_once("--").map_or(self.0.as_str(), |(kind, _)| kind)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Contributing properties by name. Names are ASCII, so the byte order of the map is the UTF-16 order RFC 8785 asks.
/// Values are texts, lists of texts and whole numbers: their JSON forms are canonical as `serde_json` writes them.
#[derive(Debug, Default)]
pub struct Contributing(BTreeMap<&'static str, serde_json::Value>);

impl Contributing {
    /// Adds a text.
    pub fn text(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.insert(name, value.to_string().into());
        self
    }

    /// Adds a whole number.
    pub fn number(mut self, name: &'static str, value: u64) -> Self {
        self.0.insert(name, value.into());
        self
    }

    /// Adds a list of texts.
    pub fn texts(mut self, name: &'static str, values: &[String]) -> Self {
        self.0.insert(name, values.into());
        self
    }

    fn canonical(&self) -> String {
        let pairs: Vec<_> =
            self.0.iter().map(|(name, value)| format!("{}:{value}", serde_json::Value::from(*name))).collect();
        format!("{{{}}}", pairs.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_is_sorted_and_has_no_spaces() {
        let contributing =
            Contributing::default().text("value", "a\"b").number("dst_port", 53).texts("a", &["x".into()]);
        assert_eq!(contributing.canonical(), r#"{"a":["x"],"dst_port":53,"value":"a\"b"}"#);
    }

    /// The same value comes from any UUIDv5 over `{"value":"198.51.100.3"}`; checked with Python.
    #[test]
    fn an_address_has_the_identifier_everyone_gives_it() {
        let id = Id::observable("ipv4-addr", &Contributing::default().text("value", "198.51.100.3"));
        assert_eq!(id.as_str(), "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
        assert_eq!(id.kind(), "ipv4-addr");
    }

    #[test]
    fn kinds_do_not_share_identifiers() {
        let [a, b] = ["indicator", "note"].map(|kind| Id::domain(kind, "k").0.split_once("--").unwrap().1.to_owned());
        assert_ne!(a, b);
    }
}
