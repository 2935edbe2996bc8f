//! Intent before, result after: nothing happens off the record.

use crate::digest::{Commitment, Digest};
use noroshi_model::{BatchId, Direction, IntentId, MandateId, Micros, Purpose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What can be done under a mandate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GovernedAct {
    /// Receive traffic metadata and select from it (取得・自動選別).
    Collect,
    /// Run the detectors on what was kept.
    Detect,
    /// Ask a question of what was kept.
    Hunt,
    /// Turn a pseudonym back into an address.
    OpenPseudonym,
    /// Give findings to somebody outside.
    Share,
    /// Run an hour again for an inspection.
    Reproduce,
    /// Destroy what was kept.
    Dispose,
}

/// What is about to be done, by whom, under what. Durable before anything is touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// What kind of act.
    pub act: GovernedAct,
    /// Which batches it touches.
    pub batches: BTreeSet<BatchId>,
    /// SHA-256 of the program that acts.
    pub build: Digest,
    /// When a result or an abort must have followed.
    pub deadline: Micros,
    /// Which directions of traffic it touches.
    pub directions: BTreeSet<Direction>,
    /// SHA-256 of the passkey assertion over the exact object, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
    /// Its id; its closing line names it.
    pub intent: IntentId,
    /// Under which mandate.
    pub mandate: MandateId,
    /// The policies that permitted it.
    pub policies: BTreeSet<String>,
    /// SHA-256 of the whole policy set.
    pub policy_set: Digest,
    /// What for.
    pub purpose: Purpose,
    /// Commitment to the exact question: selectors, reason, query.
    pub scope: Commitment,
    /// Under which version of the mandate.
    pub version: u32,
}

/// How an intent ended: done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// SHA-256 of the result.
    pub digest: Digest,
    /// How long it took.
    pub elapsed_micros: u64,
    /// Which intent it closes.
    pub intent: IntentId,
    /// Rows, records or things it gave out.
    pub rows: u64,
}

/// Why an intent was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbortReason {
    /// Something failed.
    Failed,
    /// The commission's share of a key was not released.
    KeyWithheld,
    /// A limit was reached.
    OverLimit,
    /// The program was started anew and does not know how it ended.
    Restarted,
    /// Somebody stopped it.
    Withdrawn,
}

/// How an intent ended: given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abort {
    /// Which intent it closes.
    pub intent: IntentId,
    /// Why.
    pub reason: AbortReason,
}
