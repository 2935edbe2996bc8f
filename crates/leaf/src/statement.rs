//! Who signed: a statement, its canonical bytes, and Ed25519 signatures (RFC 8032) under it.

use crate::digest::{Digest, NotADigest};
use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Something that is signed. The context keeps a signature under one kind from standing under another.
pub trait Statement: Serialize {
    /// For example `noroshi/vote/v1`.
    const CONTEXT: &'static str;
}

/// An Ed25519 public key, 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(pub Digest);

/// An Ed25519 signature, 128 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// One signature, and by which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// The key that signed.
    pub key: PublicKey,
    /// The signature over context and statement.
    pub signature: Signature,
}

/// A statement with one signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed<T> {
    /// Who signed it.
    pub by: By,
    /// What was said.
    pub statement: T,
}

/// A secret Ed25519 key. Not printed, not cloned.
pub struct Signer(SigningKey);

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The key is not a point on the curve, or a weak one.
    #[error("`{0}` is not an Ed25519 public key")]
    NotAKey(PublicKey),
    /// The signature does not verify.
    #[error("the signature by `{0}` does not verify: the statement was changed, or another key signed it")]
    DoesNotVerify(PublicKey),
    /// The statement cannot be written down.
    #[error("the statement cannot be written as JSON")]
    Unwritable,
}

fn message<T: Statement>(statement: &T) -> Result<Vec<u8>, SignatureError> {
    let mut bytes = format!("{}\n", T::CONTEXT).into_bytes();
    serde_json::to_writer(&mut bytes, statement).map_err(|_| SignatureError::Unwritable)?;
    Ok(bytes)
}

impl Signer {
    /// From 32 secret bytes of good randomness.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key others check with.
    pub fn public(&self) -> PublicKey {
        PublicKey(Digest(self.0.verifying_key().to_bytes()))
    }

    /// Signs the canonical bytes of a statement under its context.
    ///
    /// # Errors
    /// [`SignatureError::Unwritable`] when the statement cannot be serialised.
    pub fn sign<T: Statement>(&self, statement: T) -> Result<Signed<T>, SignatureError> {
        let signature = Signature(self.0.sign(&message(&statement)?).to_bytes());
        Ok(Signed { by: By { key: self.public(), signature }, statement })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public())
    }
}

impl<T: Statement> Signed<T> {
    /// Whether the named key signed exactly this statement, by the strict rules that leave one valid
    /// signature a message (`verify_strict`: no weak keys, no malleable encodings).
    ///
    /// # Errors
    /// [`SignatureError`] saying which key and why.
    pub fn check(&self) -> Result<PublicKey, SignatureError> {
        let key = VerifyingKey::from_bytes(&self.by.key.0.0).map_err(|_| SignatureError::NotAKey(self.by.key))?;
        key.verify_strict(&message(&self.statement)?, &Ed25519::from_bytes(&self.by.signature.0))
            .map_err(|_| SignatureError::DoesNotVerify(self.by.key))?;
        Ok(self.by.key)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PublicKey {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.parse().map(Self)
    }
}

impl Serialize for Signature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 64];
        if text.bytes().any(|b| b.is_ascii_uppercase()) || hex::decode_to_slice(&text, &mut bytes).is_err() {
            return Err(serde::de::Error::custom("a signature has 128 hexadecimal digits, 0 to 9 and a to f"));
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Said(u32);
    impl Statement for Said {
        const CONTEXT: &'static str = "noroshi/test/v1";
    }
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct SaidElsewhere(u32);
    impl Statement for SaidElsewhere {
        const CONTEXT: &'static str = "noroshi/other/v1";
    }

    #[test]
    fn a_signature_holds_for_its_statement_key_and_context_alone() {
        let signer = Signer::from_seed(&[7; 32]);
        let signed = signer.sign(Said(1)).unwrap();
        assert_eq!(signed.check().unwrap(), signer.public());
        let changed = Signed { statement: Said(2), ..signed.clone() };
        assert_eq!(changed.check(), Err(SignatureError::DoesNotVerify(signer.public())));
        let moved = Signed { by: signed.by, statement: SaidElsewhere(1) };
        assert!(moved.check().is_err(), "a signature under one kind of statement must not stand under another");
        let other = Signer::from_seed(&[8; 32]).public();
        let claimed = Signed { by: By { key: other, ..signed.by }, ..signed };
        assert_eq!(claimed.check(), Err(SignatureError::DoesNotVerify(other)));
    }

    #[test]
    fn a_signer_does_not_print_its_secret() {
        let signer = Signer::from_seed(&[7; 32]);
        assert!(!format!("{signer:?}").contains(&"07".repeat(32)));
    }
}
