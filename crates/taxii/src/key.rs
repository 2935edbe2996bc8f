//! What tells one version of one object from every other.

use noroshi_stix::Received;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;

/// Half a SHA-256 over identifier and version; of an object without version, over all of it, as nothing else tells a
/// changed one from the one before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey([u8; 16]);

impl ObjectKey {
    /// Of an object that was read.
    pub fn of(object: &Received) -> Self {
        let mut hash = Sha256::new();
        hash.update(object.id().as_str());
        match object.version() {
            // Instants, not spellings: `.1Z` and `.100Z` are one version.
            Some(version) => {
                hash.update([1]);
                hash.update(version.as_micros().to_be_bytes());
                hash.update(version.subsec_nanos().to_be_bytes());
            }
            None => {
                hash.update([0]);
                hash.update(object.bytes());
            }
        }
        Self::half(hash)
    }

    /// Of bytes that could not be read as an object.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::half(Sha256::new().chain_update([2]).chain_update(bytes))
    }

    fn half(hash: Sha256) -> Self {
        let mut half = [0; 16];
        half.copy_from_slice(&hash.finalize()[..16]);
        Self(half)
    }

    /// Eight bytes of it, where a rare mistake does no harm.
    pub(crate) fn short(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ObjectKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let not = || serde::de::Error::custom("a key is 32 hexadecimal digits");
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(not());
        }
        u128::from_str_radix(&text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| not())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_stix::Limits;

    fn key(text: &str) -> ObjectKey {
        ObjectKey::of(&Received::read(text.as_bytes(), &Limits::default()).unwrap())
    }

    #[test]
    fn a_version_is_an_instant_and_content_stands_in_for_none() {
        let tool = |modified: &str| {
            key(&format!(
                r#"{{"type":"tool","spec_version":"2.1","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2026-01-01T00:00:00.000Z","modified":"{modified}","name":"n"}}"#
            ))
        };
        assert_eq!(tool("2026-01-02T00:00:00.100Z"), tool("2026-01-02T00:00:00.100000Z"));
        assert_ne!(tool("2026-01-02T00:00:00.100Z"), tool("2026-01-02T00:00:00.101Z"));
        let address = |more: &str| {
            key(&format!(
                r#"{{"type":"ipv4-addr","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4","value":"198.51.100.3"{more}}}"#
            ))
        };
        assert_eq!(address(""), address(" "));
        assert_ne!(address(""), address(r#","x_more":1"#));
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = ObjectKey::of_bytes(b"x");
        let written = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<ObjectKey>(&written).unwrap(), key);
        for text in ["\"\"", "\"+0000000000000000000000000000000\"", "\"zz\"", "1"] {
            assert!(serde_json::from_str::<ObjectKey>(text).is_err(), "{text}");
        }
    }
}
