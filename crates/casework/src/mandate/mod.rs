//! A mandate from request to disposal: who asked, what the carrier can do, what the commission decided.
//!
//! The five stages of the policy paper (図17, 図19) hang on it: nothing is collected, looked at or
//! shared without one. Act No. 42 of 2025 knows four ways to get one ([`noroshi_model::LegalBasis`]).
//!
//! ```text
//! Proposed ──carrier answers──▶ Proposed ──commission──▶ Live ⇄ Suspended ──▶ Over ──▶ Disposed
//!                                    └──────────────────▶ Refused
//! ```
//!
//! A version of the terms is never changed. More needs a new version and the commission; less the
//! requester may do alone. What was granted stays in force while a new version is asked for.
//!
//! [`decide()`] is pure and knows the rules no policy may change; who may ask at all is the
//! authorisation's question. [`rules`] reads the dated rule packs. [`line`] says what the ledger is told.

mod command;
mod decide;
mod event;
pub mod line;
mod refused;
pub mod rules;
#[cfg(test)]
mod tests;

pub use command::{Asked, By, Command, Decision};
pub use decide::{CONDITIONS_MAX, SELECTORS_MAX, TITLE_CHARS_MAX, decide};
pub use event::{Event, MandateTopic, apply};
pub use refused::Refused;
pub use rules::{RulePack, TermsFault};

use crate::said::Said;
use noroshi_leaf::{Answer, Terms};
use noroshi_model::{MandateId, Micros, OrgId, PersonId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A known server to look for from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// Its address; never a domestic one.
    pub address: IpAddr,
    /// Its port; `None` is every port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// What is asked for, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Why no lighter means works (図17: limits only so far as unavoidable).
    pub necessity: Said,
    /// Known servers to look for from the start, as the terms commit to them.
    pub selectors: Vec<Selector>,
    /// The salt of that commitment.
    pub selectors_salt: noroshi_leaf::Salt,
    /// The terms.
    pub terms: Terms,
    /// One line a commissioner understands.
    pub title: String,
}

/// What the carrier said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarrierAnswer {
    /// Whether it can.
    pub answer: Answer,
    /// When it said so.
    pub at: Micros,
    /// Records a second it will carry for this at most.
    pub load_cap_records_per_second: Option<u64>,
    /// Why, or under what conditions.
    pub reason: Said,
}

/// A version that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// What the carrier said, once it did.
    pub answer: Option<CarrierAnswer>,
    /// When it was asked for.
    pub at: Micros,
    /// By whom.
    pub by: PersonId,
    /// What the carrier told the commission against it.
    pub objection: Option<Said>,
    /// What is asked for.
    pub request: Request,
    /// Which version it would be.
    pub version: u32,
}

/// A version that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// When.
    pub at: Micros,
    /// Under which conditions.
    pub conditions: Vec<String>,
    /// Records a second the carrier carries for it at most.
    pub load_cap_records_per_second: Option<u64>,
    /// The commissioners' written reasons.
    pub reasons: Vec<Said>,
    /// Known servers to look for.
    pub selectors: Vec<Selector>,
    /// The terms.
    pub terms: Terms,
    /// Which version.
    pub version: u32,
}

/// Why a mandate is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Its term ran out.
    Expired,
    /// The commission took it back, or the requester gave it up.
    Revoked,
}

/// Where a mandate stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Asked for, never granted yet.
    Proposed,
    /// The commission said no to its first version.
    Refused,
    /// In force.
    Live(Granted),
    /// Granted, but nothing may be done under it for now.
    Suspended {
        /// What was granted.
        granted: Granted,
        /// Since when.
        since: Micros,
        /// Why.
        reason: Said,
    },
    /// Over; what was kept under it waits for its disposal.
    Over {
        /// Since when.
        at: Micros,
        /// Why.
        end: End,
        /// What had been granted.
        granted: Granted,
    },
    /// Over, and everything kept under it is destroyed.
    Disposed {
        /// When.
        at: Micros,
        /// How many batches.
        batches: u64,
        /// What had been granted.
        granted: Granted,
    },
}

/// A mandate (取得・利用の承認又は当事者協定), through all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Which.
    pub id: MandateId,
    /// A version that waits for a decision.
    pub pending: Option<Pending>,
    /// Which organisation asked.
    pub requester: OrgId,
    /// How often it was suspended or resumed: what votes on that name as their round.
    pub round: u32,
    /// Where it stands.
    pub standing: Standing,
    /// One line for people.
    pub title: String,
    /// The latest version asked for.
    pub version: u32,
}

impl Mandate {
    /// What was granted last, whether or not it may still be used.
    pub fn granted(&self) -> Option<&Granted> {
        match &self.standing {
            Standing::Proposed | Standing::Refused => None,
            Standing::Live(granted)
            | Standing::Suspended { granted, .. }
            | Standing::Over { granted, .. }
            | Standing::Disposed { granted, .. } => Some(granted),
        }
    }

    /// What may be used at `now`: granted, not suspended, not over, and inside its term.
    pub fn live_at(&self, now: Micros) -> Option<&Granted> {
        match &self.standing {
            Standing::Live(granted) if granted.terms.covers(now) => Some(granted),
            _ => None,
        }
    }

    /// Whether it was granted and is neither over nor disposed, suspended or not.
    pub fn in_force(&self) -> bool {
        matches!(self.standing, Standing::Live(_) | Standing::Suspended { .. })
    }

    /// The carrier concerned: of the version that waits, else of the one granted.
    pub fn carrier(&self) -> Option<OrgId> {
        let waiting = self.pending.as_ref().map(|pending| pending.request.terms.carrier);
        waiting.or_else(|| self.granted().map(|granted| granted.terms.carrier))
    }
}
