//! The life of a mandate as the ledger tells it.

use crate::digest::{Commitment, Digest};
use crate::statement::Signed;
use crate::terms::Terms;
use crate::vote::Vote;
use noroshi_model::MandateId;
use serde::{Deserialize, Serialize};

/// One event in the life of one mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MandateLine {
    /// What happened.
    pub event: MandateEvent,
    /// SHA-256 of the passkey assertion over the exact object, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
    /// To which mandate.
    pub mandate: MandateId,
    /// To which version of its terms.
    pub version: u32,
}

/// What a carrier says to a request (図21: only what is feasible).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// All of it.
    Feasible,
    /// A part, under a load cap.
    Partly,
    /// None of it.
    NotFeasible,
}

/// What happened to a mandate (図19: the stage of approval).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MandateEvent {
    /// Somebody asked for these terms, as a first or as a later version.
    Requested {
        /// Commitment to the statement of necessity: why no lighter means works.
        necessity: Commitment,
        /// What is asked for.
        terms: Terms,
    },
    /// The carrier answered.
    Answered {
        /// What it can do.
        answer: Answer,
        /// Records a second it will carry for this, at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        load_cap_records_per_second: Option<u64>,
        /// Commitment to its reasons.
        reason: Commitment,
    },
    /// The carrier objected straight to the commission (図21).
    Objected {
        /// Commitment to the objection.
        reason: Commitment,
    },
    /// The commission decided on the terms of this version.
    Decided {
        /// Every vote that was cast.
        votes: Vec<Signed<Vote>>,
    },
    /// The requester narrowed the terms; no decision is needed for less.
    Narrowed {
        /// The new terms.
        terms: Terms,
    },
    /// Nothing may be done under it until further notice. Votes of the commission, or none where the
    /// requester or the carrier's load cap stopped it.
    Suspended {
        /// Commitment to the reason.
        reason: Commitment,
        /// The commission's votes, if it was the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// It goes on. Only the commission can say so.
    Resumed {
        /// The votes.
        votes: Vec<Signed<Vote>>,
    },
    /// It is over before its time. Votes of the commission, or none where the requester gave it up.
    Revoked {
        /// Commitment to the reason.
        reason: Commitment,
        /// The commission's votes, if it was the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// Its term ran out.
    Expired,
    /// Everything kept under it has been destroyed.
    Disposed {
        /// How many batches.
        batches: u64,
        /// SHA-256 over their ids in order, one a line.
        list: Digest,
    },
}
