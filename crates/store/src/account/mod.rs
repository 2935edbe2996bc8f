//! Accounts: organisations and people, and how they prove who they are.
//!
//! In the order an account lives: [`organisation`], [`person`], [`enrolment`], [`passkey`], [`oidc`],
//! [`session`], [`step_up`]; for machines [`token`] and [`certificate`]. Every change takes the leaf that
//! tells of it. What may change is decided by `noroshi_casework::party` inside the same transaction,
//! on what the rows say then: a right that was withdrawn a moment ago is withdrawn.

pub mod certificate;
pub mod enrolment;
pub mod oidc;
pub mod organisation;
pub mod passkey;
pub mod person;
pub mod secret;
pub mod session;
pub mod step_up;
pub mod token;

use crate::error::{StoreError, TxError, at_most};
use crate::limits::{LABEL_CHARS_MAX, SCOPES_MAX};
use crate::version::Version;
use noroshi_casework::party::{BadOrganisation, Standing};
use noroshi_model::{OrgId, PersonId};
use std::collections::BTreeSet;

/// A row with the version it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    /// What it says.
    pub value: T,
    /// Rises by one with each change.
    pub version: Version,
}

/// Why an account, or what proves it, could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Somebody changed it in the meantime.
    #[error("this was changed by somebody else in the meantime (version {found}, not {expected}); read it again")]
    Conflict {
        /// What the caller had read.
        expected: Version,
        /// What is there.
        found: Version,
    },
    /// No such organisation.
    #[error("there is no organisation {0}")]
    NoOrganisation(OrgId),
    /// No such person.
    #[error("there is no person {0}")]
    NoPerson(PersonId),
    /// The person's standing does not allow it.
    #[error("an account that is `{0:?}` cannot do this")]
    Standing(Standing),
    /// An organisation's kind never changes.
    #[error("the kind of an organisation never changes; register another one")]
    KindChanged,
    /// Wrong as entered.
    #[error(transparent)]
    BadOrganisation(#[from] BadOrganisation),
    /// The key, link, token or certificate is registered already.
    #[error("this is registered already")]
    Taken,
    /// Unknown, expired, used or revoked; which of them is nobody's business.
    #[error("this link, key, token, certificate or session is not valid; ask for a new one")]
    NotValid,
    /// A scope that is not one word.
    #[error("a scope is one word without spaces, not `{0}`")]
    Scope(String),
    /// It would end before it begins.
    #[error("an expiry must lie in the future")]
    Expired,
    /// The database failed, or too much was asked of it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TxError for AccountError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl AccountError {
    /// A second row with the same key is no fault of the database.
    fn taken(error: StoreError) -> Self {
        if error.is_taken() { Self::Taken } else { Self::Store(error) }
    }
}

fn check_label(what: &'static str, label: &str) -> Result<(), StoreError> {
    at_most(what, label.chars().count(), LABEL_CHARS_MAX)
}

fn check_scopes(scopes: &BTreeSet<String>) -> Result<(), AccountError> {
    at_most("scopes", scopes.len(), SCOPES_MAX)?;
    for scope in scopes {
        check_label("characters of a scope", scope)?;
        if scope.is_empty() || scope.contains(char::is_whitespace) {
            return Err(AccountError::Scope(scope.clone()));
        }
    }
    Ok(())
}
