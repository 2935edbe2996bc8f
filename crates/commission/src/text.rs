//! A text somebody wrote: kept here, committed to in the ledger.

use crate::limits::TEXT_CHARS_MAX;
use noroshi_leaf::{Commitment, Digest, Salt};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

/// A text and the salt of its commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Random, made when it was written.
    pub salt: Salt,
    /// What was written.
    pub text: String,
}

impl Text {
    /// A text with a fresh salt.
    pub fn written(text: impl Into<String>, rng: &mut impl CryptoRng) -> Self {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        Self { salt: Salt(Digest(salt)), text: text.into() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_at_the_limit_is_given_and_one_past_it_is_not() {
        let text = |count: usize| Text { salt: Salt(Digest::of(b"")), text: "字".repeat(count) };
        assert!(text(TEXT_CHARS_MAX).is_given());
        assert!(!text(TEXT_CHARS_MAX + 1).is_given());
        assert!(!text(0).is_given());
    }
}
