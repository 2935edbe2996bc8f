//! What is to be shown, and how it went.

use std::fmt;

/// What is to be shown in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Whatever the policies permit, the theorem permits.
    Theorem {
        /// Its id.
        id: String,
        /// What a reader may rely on.
        says: String,
    },
    /// No well-formed input makes this policy err: Cedar would skip it, even one that forbids.
    NeverErrors {
        /// Its id.
        policy: String,
    },
    /// The few policies evaluated for the act decide as all of them would.
    SplitDecidesLikeWhole,
    /// Something can be permitted: a theorem about an act that is always refused would be empty.
    CanBePermitted,
}

/// How one claim went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// For every input.
    Proved,
    /// Not so; the input that shows it, as far as one can be had.
    Refuted(String),
}

/// One claim in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The act, and who does it where both kinds may.
    pub place: String,
    /// What was to be shown.
    pub claim: Claim,
    /// How it went.
    pub outcome: Outcome,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Theorem { id, says } => write!(f, "{id}: {says}"),
            Self::NeverErrors { policy } => write!(f, "policy {policy} never errors"),
            Self::SplitDecidesLikeWhole => f.write_str("the policies of the act decide as all policies would"),
            Self::CanBePermitted => f.write_str("can be permitted at all"),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Proved => write!(f, "PROVED  [{}] {}", self.place, self.claim),
            Outcome::Refuted(why) => write!(f, "REFUTED [{}] {}\n{why}", self.place, self.claim),
        }
    }
}
