//! Hashes and commitments: 32 bytes, written as 64 hexadecimal digits.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// A digest over a salt and a payload: it binds to the payload and says nothing about it.
///
/// Without the salt an address or a name could be found by trying them all: there are only 2^32
/// IPv4 addresses, and a machine tries them in seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(pub Digest);

/// 32 random bytes that belong to one commitment. Kept with the payload, never in the leaf.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(pub Digest);

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest; it has 64 hexadecimal digits, 0 to 9 and a to f")]
pub struct NotADigest(String);

impl Digest {
    /// SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl Commitment {
    /// SHA-256 over the words `noroshi/commitment/v1`, a line feed, the salt and the payload.
    pub fn to(payload: &[u8], salt: &Salt) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"noroshi/commitment/v1\n");
        hash.update(salt.0.0);
        hash.update(payload);
        Self(Digest(hash.finalize().into()))
    }

    /// Whether the payload and salt are the ones committed to.
    pub fn opens(&self, payload: &[u8], salt: &Salt) -> bool {
        Self::to(payload, salt) == *self
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({self})")
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let mut bytes = [0; 32];
        let lower = !text.bytes().any(|b| b.is_ascii_uppercase());
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) if lower => Ok(Self(bytes)),
            _ => Err(NotADigest(text.chars().take(80).collect())),
        }
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 64];
        hex::encode_to_slice(self.0, &mut text).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(std::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Digest;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 hexadecimal digits")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_and_only_in_one_spelling() {
        let digest = Digest::of(b"noroshi");
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        assert!(digest.to_string().to_uppercase().parse::<Digest>().is_err());
        assert!("ab".parse::<Digest>().unwrap_err().to_string().contains("64 hexadecimal"));
    }

    #[test]
    fn a_commitment_opens_with_its_own_salt_and_payload_alone() {
        let salt = Salt(Digest::of(b"a"));
        let commitment = Commitment::to(b"198.51.100.7", &salt);
        assert!(commitment.opens(b"198.51.100.7", &salt));
        assert!(!commitment.opens(b"198.51.100.8", &salt));
        assert!(!commitment.opens(b"198.51.100.7", &Salt(Digest::of(b"b"))));
        assert_ne!(commitment.0, Digest::of(b"198.51.100.7"), "never the bare hash of something that can be guessed");
    }
}
