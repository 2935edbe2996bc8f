//! Keys of logs and cosigners, and their text forms (C2SP signed-note, "Verifier keys").
//!
//! A log signs checkpoints with a key of type `0x01`, a witness or mirror cosigns them with a key of type `0x04`
//! (C2SP tlog-cosignature). They are two types here, so that neither can be used as the other. ML-DSA-44 (`0x06`) is
//! not implemented: a `vkey` of that type is refused by name.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::VerifyingKey;

use crate::limits::NAME_BYTES_MAX;
use crate::note::Signature;

mod file;
mod secret;

pub use file::{KeyFileError, read_key_file, write_key_file};
pub use secret::{CosignerKey, LogKey};

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A log's key over its checkpoints: Ed25519, type `0x01`.
    Log,
    /// A witness's or mirror's key over checkpoints of others: Ed25519 `cosignature/v1`, type `0x04`.
    Cosigner,
}

impl KeyKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Cosigner => 0x04,
        }
    }
}

/// Why a key was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not of the form `name+id+base64`.
    #[error("not a key: `{0}`; expected `<name>+<8 hex digits>+<base64>`")]
    Malformed(String),
    /// The type byte is none of ours.
    #[error("key `{name}` has type 0x{kind:02x}; only 0x01 (log) and 0x04 (cosignature/v1) are supported")]
    Unsupported {
        /// The key's name.
        name: String,
        /// The type byte found.
        kind: u8,
    },
    /// The id is not the hash of name and key: a typing mistake, or another key.
    #[error("key `{0}`: its id does not belong to it; copy the whole key again")]
    WrongId(String),
    /// The key is of the other kind.
    #[error("key `{name}` is not a {wanted} key")]
    WrongKind {
        /// The key's name.
        name: String,
        /// What was needed.
        wanted: &'static str,
    },
    /// The name is empty, too long, or has a space or a plus.
    #[error("`{0}` cannot name a key: no spaces, no `+`, at most 255 bytes")]
    BadName(String),
}

/// A public key with its name: what a `vkey` line says.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyKey {
    name: String,
    kind: KeyKind,
    id: u32,
    key: VerifyingKey,
}

impl VerifyKey {
    fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> Self {
        let id = signed_note::key_id(name, &typed(kind, key.as_bytes()));
        Self { name: name.to_owned(), kind, id, key }
    }

    /// Reads a `vkey`: `<name>+<id>+<base64 of type byte and 32 bytes>`.
    ///
    /// # Errors
    /// [`BadKey`] says what is wrong with it.
    pub fn parse(vkey: &str) -> Result<Self, BadKey> {
        let (name, id, kind, key) = split(vkey)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| BadKey::Malformed(vkey.to_owned()))?;
        if key.is_weak() {
            return Err(BadKey::Malformed(vkey.to_owned()));
        }
        let read = Self::new(name, kind, key);
        if read.id == id { Ok(read) } else { Err(BadKey::WrongId(name.to_owned())) }
    }

    /// The key's name: the origin for a log, a schema-less URL for a cosigner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first 32 bits of the hash of name and key; signature lines carry it.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What the key signs.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The bare public key. Two `vkey`s with equal bytes are duplicates whatever they are called (tlog-policy).
    #[must_use]
    pub fn public_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether `signature` is this key's over the note `text`, and when it was made: seconds since the epoch for a
    /// cosignature, 0 for a log's signature, which carries no time. `None` when it is not.
    ///
    /// Verification is strict (RFC 8032 without cofactor leniency): one signature, one meaning.
    #[must_use]
    pub fn verify(&self, text: &[u8], signature: &Signature) -> Option<u64> {
        if signature.name() != self.name || signature.id() != self.id {
            return None;
        }
        match self.kind {
            KeyKind::Log => self.verify_ed25519(text, signature.signature()).then_some(0),
            KeyKind::Cosigner => {
                let (time, ed25519) = signature.signature().split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                let in_range = i64::try_from(time).is_ok();
                (in_range && self.verify_ed25519(&cosigned_text(time, text), ed25519)).then_some(time)
            }
        }
    }

    fn verify_ed25519(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64_STANDARD.encode(typed(self.kind, self.key.as_bytes()));
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

impl fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyKey({self})")
    }
}

/// The message of a `cosignature/v1` (tlog-cosignature, "Ed25519 signed message").
fn cosigned_text(time: u64, text: &[u8]) -> Vec<u8> {
    let mut message = format!("cosignature/v1\ntime {time}\n").into_bytes();
    message.extend_from_slice(text);
    message
}

fn typed(kind: KeyKind, key: &[u8; 32]) -> Vec<u8> {
    let mut bytes = vec![kind.byte()];
    bytes.extend_from_slice(key);
    bytes
}

fn split(text: &str) -> Result<(&str, u32, KeyKind, [u8; 32]), BadKey> {
    let malformed = || BadKey::Malformed(text.to_owned());
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(malformed());
    };
    check_name(name)?;
    if id.len() != 8 || !id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(malformed());
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| malformed())?;
    let key = BASE64_STANDARD.decode(key).map_err(|_| malformed())?;
    let (kind, key) = key.split_first().ok_or_else(malformed)?;
    let kind = match kind {
        0x01 => KeyKind::Log,
        0x04 => KeyKind::Cosigner,
        other => return Err(BadKey::Unsupported { name: name.to_owned(), kind: *other }),
    };
    Ok((name, id, kind, key.try_into().map_err(|_| malformed())?))
}

fn check_name(name: &str) -> Result<(), BadKey> {
    if signed_note::is_key_name_valid(name) && name.len() <= NAME_BYTES_MAX && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(BadKey::BadName(name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
