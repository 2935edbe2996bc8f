//! A text that somebody wrote: kept here, committed to in the ledger.

use noroshi_leaf::{Commitment, Salt};
use serde::{Deserialize, Serialize};

/// Characters of one text at most: some eight pages.
pub const TEXT_CHARS_MAX: usize = 16_000;

/// A text and the salt of its commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Random, made when it was written.
    pub salt: Salt,
    /// What was written.
    pub text: String,
}

impl Said {
    /// A text with its salt.
    pub fn new(text: impl Into<String>, salt: Salt) -> Self {
        Self { salt, text: text.into() }
    }

    /// What the ledger says of it.
    pub fn commitment(&self) -> Commitment {
        Commitment::to(self.text.as_bytes(), &self.salt)
    }

    /// Whether something stands in it, and not too much.
    pub fn is_given(&self) -> bool {
        !self.text.trim().is_empty() && self.text.chars().count() <= TEXT_CHARS_MAX
    }
}
