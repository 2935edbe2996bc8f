//! Why nothing happened.

use noroshi_authz::Refusal;
use noroshi_leaf::LeafError;
use noroshi_store::{RecordError, StoreError};

/// Why an operation did not happen. The first two are on the record.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The policies refused.
    #[error("{}", .0.english())]
    Refused(Box<Refusal>),
    /// The rules of the matter refused.
    #[error("{message}")]
    Rule {
        /// Its name, which never changes, for example `mandate.no_quorum`.
        rule: &'static str,
        /// What was wrong and what to do.
        message: String,
    },
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Nothing proves that its intent stands in the ledger.
    #[error("nothing proves that its intent stands in the ledger: {0}; wait for the receipt of the intent's line")]
    NoReceipt(String),
    /// Somebody else was faster, or the database failed.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The line is too large for the ledger.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

impl NotDone {
    /// A rule of the matter.
    pub(crate) fn rule(rule: &'static str, error: &impl std::fmt::Display) -> Self {
        Self::Rule { rule, message: error.to_string() }
    }

    /// The same operation may succeed if it is tried again at once.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Record(RecordError::Conflict { .. }) | Self::NoReceipt(_))
    }
}
