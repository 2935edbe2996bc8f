//! One line: who says what, and when.

use crate::body::Body;
use crate::digest::Digest;
use crate::limits;
use noroshi_model::{Micros, OrgId, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of the format written.
pub const VERSION: u32 = 1;

/// Who acted. There is no default actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// The hub itself: heartbeats, deadlines, expiry.
    Hub,
    /// A machine, known by its client certificate or token.
    Machine {
        /// SHA-256 of what it showed.
        fingerprint: Digest,
        /// Whose machine.
        org: OrgId,
    },
    /// A person.
    Person {
        /// Acting for which organisation.
        org: OrgId,
        /// Who: an id that says nothing by itself.
        person: PersonId,
    },
}

/// One line of the ledger.
///
/// Fields stand in alphabetical order here and in everything inside, and no number is a fraction:
/// so the bytes serde writes are those of RFC 8785, which a test holds for every kind of line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// Who.
    pub actor: Actor,
    /// When, by the hub's guarded clock.
    pub at: Micros,
    /// What.
    pub body: Body,
    /// Its id (UUID version 7): what makes a line that is sent twice one line.
    pub id: Uuid,
    /// The version of this format: [`VERSION`].
    pub v: u32,
}

/// Why bytes are not a leaf.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// Larger than any leaf.
    #[error("{0} bytes are too many for a leaf; it has {max} at most", max = limits::LEAF_BYTES_MAX)]
    TooLarge(usize),
    /// Not JSON, or not the JSON of a leaf.
    #[error("not a leaf: {0}")]
    Malformed(serde_json::Error),
    /// A leaf, but not in the one spelling its hash is over.
    #[error("a leaf, but not in canonical form (RFC 8785): it differs from its own spelling at byte {0}")]
    NotCanonical(usize),
    /// A later version than this program knows.
    #[error("a leaf of version {0}; this program reads version {VERSION}")]
    Version(u32),
}

impl Leaf {
    /// A line of the current version.
    pub fn new(id: Uuid, at: Micros, actor: Actor, body: Body) -> Self {
        Self { actor, at, body, id, v: VERSION }
    }

    /// The canonical bytes: what is hashed and kept.
    ///
    /// # Errors
    /// [`LeafError::TooLarge`] beyond [`limits::LEAF_BYTES_MAX`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeafError> {
        let bytes = serde_json::to_vec(self).map_err(LeafError::Malformed)?;
        if bytes.len() > limits::LEAF_BYTES_MAX { Err(LeafError::TooLarge(bytes.len())) } else { Ok(bytes) }
    }

    /// Reads a leaf, and only from its canonical bytes: no unknown or doubled key, no other spelling.
    ///
    /// # Errors
    /// [`LeafError`] saying what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LeafError> {
        if bytes.len() > limits::LEAF_BYTES_MAX {
            return Err(LeafError::TooLarge(bytes.len()));
        }
        let leaf: Self = serde_json::from_slice(bytes).map_err(LeafError::Malformed)?;
        if leaf.v != VERSION {
            return Err(LeafError::Version(leaf.v));
        }
        let mut again = Vec::with_capacity(bytes.len());
        serde_json::to_writer(&mut again, &leaf).map_err(LeafError::Malformed)?;
        if again == bytes {
            return Ok(leaf);
        }
        let differs = again.iter().zip(bytes).position(|(a, b)| a != b);
        Err(LeafError::NotCanonical(differs.unwrap_or(again.len().min(bytes.len()))))
    }
}

#[cfg(test)]
mod tests;
