//! The one write path: load, authorise, decide, append with the ledger's line.
//!
//! Whoever wants something done comes here, from a page, from the API or from the command line:
//!
//! 1. the thing is loaded at a version;
//! 2. [`noroshi_authz::Authz`] gives a permit for exactly the loaded thing, or a refusal;
//! 3. `casework` decides, purely; what is refused is recorded like what is done;
//! 4. one transaction writes the event, the ledger's line and what is to be done outside.
//!
//! What touches data is two-phase: the intent stands in the ledger before ([`hunts::ask`]), and only with
//! its receipt, verified ([`Acts::proven`]), is there a permit ([`hunts::permit`]): see [`Under`].
//!
//! One operation is one file: [`mandates`], [`batches`], [`detections`], [`hunts`], [`openings`], [`complaints`], [`reproductions`], [`share`]. [`Asking`] is who asks and
//! when; [`facts`] is what the policies are told of a loaded thing; [`NotDone`] why nothing happened.

mod asking;
pub mod batches;
pub mod complaints;
pub mod detections;
pub mod facts;
pub mod hunts;
mod ledger;
pub mod mandates;
mod not_done;
pub mod openings;
mod proven;
pub mod reproductions;
mod selecting;
pub mod share;
#[cfg(feature = "testkit")]
#[allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a part of tests, built for nothing else")]
pub mod testkit;
mod under;

pub use asking::{Asking, Random};
pub use not_done::NotDone;
pub use proven::Proven;
pub use under::Under;

use noroshi_authz::Authz;
use noroshi_casework::mandate::RulePack;
use noroshi_leaf::{Digest, Roster};
use noroshi_ledger::Policy;
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use noroshi_store::Db;
use std::sync::Arc;

/// What every operation needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Acts {
    /// The store.
    pub db: Db,
    /// The policies.
    pub authz: Arc<Authz>,
    /// The rule pack in force.
    pub rules: Arc<RulePack>,
    /// The commission, as the log's first line names it.
    pub roster: Arc<Roster>,
    /// Whom to believe about the log: a receipt that this does not believe permits nothing.
    pub policy: Arc<Policy>,
    /// SHA-256 of the running program.
    pub build: Digest,
    /// Seconds from an intent to its deadline at most, as the log's first line promises; a collection may
    /// take so long.
    pub intent_seconds_max: u32,
}

/// Seconds a look at what was kept may take: a hunt that hangs is public within the hour, however long
/// collections are.
pub const LOOK_SECONDS_MAX: u32 = 3_600;

impl Acts {
    /// The hash of the policies in force, as intents name it.
    pub fn policy_set(&self) -> Digest {
        Digest(*self.authz.policy_hash().bytes())
    }

    /// When a collection that begins at `at` must be sealed.
    pub(crate) fn collection_deadline(&self, at: Micros) -> Micros {
        Micros(at.0.saturating_add(i64::from(self.intent_seconds_max) * SECOND))
    }

    /// When a look that begins at `at` must be over.
    pub(crate) fn look_deadline(&self, at: Micros) -> Micros {
        let seconds = self.intent_seconds_max.min(LOOK_SECONDS_MAX);
        Micros(at.0.saturating_add(i64::from(seconds) * SECOND))
    }
}
