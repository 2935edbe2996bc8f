//! Identifiers: `type--UUID`, the UUID made from what the object says, so that the same input gives the same bytes.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

/// Namespace of observables (section 2.9).
const OBSERVABLES: Uuid = Uuid::from_u128(0x00abedb4_aa42_466c_9c01_fed23315a9b7);
/// Namespace of everything else, ours: a random value chosen once.
const DOMAIN: Uuid = Uuid::from_u128(0x6e1f2a0c_4c5b_4d0f_9a57_2f9d7f3f6b11);

/// An object's identifier (section 2.9). Two are the same when they are spelled the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Id(String);

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not an identifier; write a type in lower case, `--`, and an RFC 4122 UUID of version 1 to 8 in lower case"
)]
pub struct NotAnId {
    text: String,
}

/// Characters of a type name at most (section 3.1).
const KIND_CHARACTERS_MAX: usize = 250;

impl Id {
    /// Reads `type--UUID`. The standard asks for UUIDs of version 4 or 5; older producers wrote others, and those are
    /// taken. Upper case is not: RFC 4122 has UUIDs written in lower case, and one object must not have two names.
    ///
    /// # Errors
    /// [`NotAnId`] with the beginning of the text.
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        if is_id(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId { text: crate::fault::excerpt(text) }) }
    }

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
        Self::of_observable(kind, contributing.canonical().as_bytes())
    }

    /// As [`Self::observable`], of canonical JSON.
    pub(crate) fn of_observable(kind: &str, canonical: &[u8]) -> Self {
        Self(format!("{kind}--{}", Uuid::new_v5(&OBSERVABLES, canonical)))
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

/// Why a text is none, for faults.
pub(crate) fn not_an_id(text: &str) -> String {
    NotAnId { text: crate::fault::excerpt(text) }.to_string()
}

/// Whether a text is an identifier, as [`Id::parse`] has it.
pub(crate) fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((kind, uuid)) = bytes.len().checked_sub(38).and_then(|at| bytes.split_at_checked(at)) else {
        return false;
    };
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let fits = |(at, &byte): (usize, &u8)| match at {
        0 | 1 | 10 | 15 | 20 | 25 => byte == b'-',
        16 => matches!(byte, b'1'..=b'8'),
        21 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
        _ => hex(byte),
    };
    is_kind(kind) && uuid.iter().enumerate().all(fits)
}

/// Whether bytes are the name of an object type: `a-z`, `0-9` and hyphens inside (section 3.1). The minimum of three
/// characters is the standard's, too.
pub(crate) fn is_kind(kind: &[u8]) -> bool {
    let inner = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (3..=KIND_CHARACTERS_MAX).contains(&kind.len())
        && kind.iter().all(inner)
        && kind.first() != Some(&b'-')
        && kind.last() != Some(&b'-')
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
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
    fn what_is_an_identifier() {
        for text in [
            "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "x-mitre-tactic--00000000-0000-1000-8000-000000000000",
            "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
        ] {
            assert_eq!(Id::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "indicator-8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "indicator---8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "Indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "indicator--8E2E2D2B-17d4-4cbf-938f-98ee46b3cd3f",
            "indicator--8e2e2d2b-17d4-0cbf-938f-98ee46b3cd3f",
            "indicator--8e2e2d2b-17d4-4cbf-c38f-98ee46b3cd3f",
            "indicator--00000000-0000-0000-0000-000000000000",
            "indicator--8e2e2d2b17d44cbf938f98ee46b3cd3f",
            "日本語--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        ] {
            assert!(Id::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn kinds_do_not_share_identifiers() {
        let [a, b] = ["indicator", "note"].map(|kind| Id::domain(kind, "k").0.split_once("--").unwrap().1.to_owned());
        assert_ne!(a, b);
    }
}
