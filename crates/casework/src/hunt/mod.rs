//! A hunt: a question asked of what was kept, with a reason a second person can check.
//!
//! Broad first, then deep only where concern is found (図20): so a hunt names its batches, its purpose,
//! a coded and a written reason, and is counted against the mandate's budget before it runs.
//!
//! ```text
//! Asked (intent in the ledger) ──▶ Done | GivenUp
//! ```

#[cfg(test)]
mod tests;

use crate::batch::{Batch, BatchStanding};
use crate::mandate::{Mandate, Selector};
use crate::said::Said;
use crate::topic::Topic;
use noroshi_leaf::{AbortReason, Digest};
use noroshi_model::{BatchId, Direction, HuntId, IntentId, MandateId, Micros, PersonId, Purpose};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Batches one hunt may name.
pub const BATCHES_MAX: usize = noroshi_leaf::limits::INTENT_BATCHES_MAX;

/// The coded reason. There is no "other" (FISA section 702: what has no code is not checked).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Confirm or refute a finding of a detector.
    ConfirmFinding,
    /// Find the servers that stand behind a confirmed one.
    TraceInfrastructure,
    /// Find out which organisations are to be warned.
    FindVictims,
    /// Answer a finding of the commission's inspection.
    AnswerInspection,
}

impl ReasonCode {
    /// Every code.
    pub const ALL: [Self; 4] =
        [Self::ConfirmFinding, Self::TraceInfrastructure, Self::FindVictims, Self::AnswerInspection];

    /// The purpose it serves.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::ConfirmFinding | Self::TraceInfrastructure | Self::AnswerInspection => Purpose::FindAttackServers,
            Self::FindVictims => Purpose::WarnVictims,
        }
    }
}

/// The question: contacts of these servers, in these batches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Which batches.
    pub batches: BTreeSet<BatchId>,
    /// Which directions.
    pub directions: BTreeSet<Direction>,
    /// Why, in code.
    pub reason_code: ReasonCode,
    /// Why, in words.
    pub reason: Said,
    /// Rows it returns at most.
    pub rows_max: u64,
    /// Which servers; empty asks for all that were selected.
    pub servers: BTreeSet<Selector>,
}

/// How a hunt stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HuntStanding {
    /// Its intent is in the ledger.
    Asked,
    /// It ran.
    Done {
        /// When.
        at: Micros,
        /// SHA-256 of the rows.
        digest: Digest,
        /// How many rows.
        rows: u64,
    },
    /// It was given up.
    GivenUp {
        /// When.
        at: Micros,
        /// Why.
        reason: AbortReason,
    },
}

/// A hunt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hunt {
    /// When it was asked.
    pub at: Micros,
    /// By whom.
    pub by: PersonId,
    /// Its intent in the ledger.
    pub intent: IntentId,
    /// Under which mandate.
    pub mandate: MandateId,
    /// The question.
    pub question: Question,
    /// How it stands.
    pub standing: HuntStanding,
    /// Under which version of the mandate.
    pub version: u32,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask the question; the intent's id is made by the caller.
    Ask {
        /// By whom.
        by: PersonId,
        /// The intent's id.
        intent: IntentId,
        /// The question.
        question: Question,
        /// Hunts asked under this mandate before.
        asked_before: u64,
    },
    /// It ran.
    Close {
        /// SHA-256 of the rows.
        digest: Digest,
        /// How many rows.
        rows: u64,
    },
    /// It was given up.
    GiveUp(AbortReason),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was asked.
    Asked(Box<Hunt>),
    /// It ran.
    Closed {
        /// When.
        at: Micros,
        /// SHA-256 of the rows.
        digest: Digest,
        /// How many rows.
        rows: u64,
    },
    /// It was given up.
    GivenUp {
        /// When.
        at: Micros,
        /// Why.
        reason: AbortReason,
    },
}

/// Why a step was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The mandate is not in force now.
    #[error("the mandate is not in force now")]
    NotLive,
    /// The person is not named in it.
    #[error("you are not named in the mandate as one who may ask")]
    NotNamed,
    /// The budget is used up.
    #[error("all {0} hunts of this mandate are used; ask for a new version")]
    Budget(u32),
    /// More rows than the terms allow.
    #[error("a hunt under this mandate returns 1 to {max} rows, not {asked}")]
    Rows {
        /// Rows asked for.
        asked: u64,
        /// Rows allowed.
        max: u64,
    },
    /// The mandate does not name the purpose the code serves.
    #[error("the mandate does not name the purpose `{0:?}`, which this reason serves")]
    Purpose(Purpose),
    /// A direction outside the mandate.
    #[error("the mandate does not cover the direction `{0}`")]
    Direction(Direction),
    /// No batch, too many, or one that cannot be asked.
    #[error("batch {0} is not one of this mandate that can be asked: it must be sealed and not destroyed")]
    Batch(BatchId),
    /// No batch or direction is named, or too many batches.
    #[error("name 1 to {BATCHES_MAX} batches and at least one direction")]
    Nothing,
    /// No reason in words.
    #[error("say why, in words")]
    Reason,
    /// It is not open.
    #[error("there is no such hunt, or it is closed already")]
    NotOpen,
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotLive => "hunt.not_live",
            Self::NotNamed => "hunt.not_named",
            Self::Budget(_) => "hunt.budget",
            Self::Rows { .. } => "hunt.rows",
            Self::Purpose(_) => "hunt.purpose",
            Self::Direction(_) => "hunt.direction",
            Self::Batch(_) => "hunt.batch",
            Self::Nothing => "hunt.nothing",
            Self::Reason => "hunt.reason",
            Self::NotOpen => "hunt.not_open",
        }
    }
}

/// Decides one step at `now`.
///
/// # Errors
/// [`Refused`], with the first rule that refused.
pub fn decide(
    state: Option<&Hunt>,
    command: &Command,
    mandate: &Mandate,
    batches: &BTreeMap<BatchId, Batch>,
    now: Micros,
) -> Result<Event, Refused> {
    match (state, command) {
        (None, Command::Ask { by, intent, question, asked_before }) => {
            let version = ask(*by, question, *asked_before, mandate, batches, now)?;
            Ok(Event::Asked(Box::new(Hunt {
                at: now,
                by: *by,
                intent: *intent,
                mandate: mandate.id,
                question: question.clone(),
                standing: HuntStanding::Asked,
                version,
            })))
        }
        (Some(hunt), Command::Close { digest, rows }) if hunt.standing == HuntStanding::Asked => {
            if *rows > hunt.question.rows_max {
                return Err(Refused::Rows { asked: *rows, max: hunt.question.rows_max });
            }
            Ok(Event::Closed { at: now, digest: *digest, rows: *rows })
        }
        (Some(hunt), Command::GiveUp(reason)) if hunt.standing == HuntStanding::Asked => {
            Ok(Event::GivenUp { at: now, reason: *reason })
        }
        _ => Err(Refused::NotOpen),
    }
}

/// The version of the mandate it may be asked under.
fn ask(
    by: PersonId,
    question: &Question,
    asked_before: u64,
    mandate: &Mandate,
    batches: &BTreeMap<BatchId, Batch>,
    now: Micros,
) -> Result<u32, Refused> {
    let granted = mandate.live_at(now).ok_or(Refused::NotLive)?;
    let terms = &granted.terms;
    if !terms.analysts.contains(&by) {
        return Err(Refused::NotNamed);
    }
    if !question.reason.is_given() {
        return Err(Refused::Reason);
    }
    let purpose = question.reason_code.purpose();
    if !terms.purposes.contains(&purpose) {
        return Err(Refused::Purpose(purpose));
    }
    if asked_before >= u64::from(terms.hunts_max) {
        return Err(Refused::Budget(terms.hunts_max));
    }
    if question.rows_max == 0 || question.rows_max > terms.rows_max {
        return Err(Refused::Rows { asked: question.rows_max, max: terms.rows_max });
    }
    if question.batches.is_empty() || question.batches.len() > BATCHES_MAX || question.directions.is_empty() {
        return Err(Refused::Nothing);
    }
    if let Some(&beyond) = question.directions.difference(&terms.directions).next() {
        return Err(Refused::Direction(beyond));
    }
    let askable = |id: &BatchId| {
        batches.get(id).is_some_and(|b| b.mandate() == mandate.id && matches!(b.standing, BatchStanding::Sealed(_)))
    };
    match question.batches.iter().find(|id| !askable(id)) {
        Some(&batch) => Err(Refused::Batch(batch)),
        None => Ok(granted.version),
    }
}

/// The state after `event`. Cannot fail.
pub fn apply(state: Option<Hunt>, event: &Event) -> Option<Hunt> {
    if let Event::Asked(hunt) = event {
        return Some((**hunt).clone());
    }
    let mut hunt = state?;
    if hunt.standing == HuntStanding::Asked {
        hunt.standing = match event {
            Event::Asked(_) => HuntStanding::Asked,
            Event::Closed { at, digest, rows } => HuntStanding::Done { at: *at, digest: *digest, rows: *rows },
            Event::GivenUp { at, reason } => HuntStanding::GivenUp { at: *at, reason: *reason },
        };
    }
    Some(hunt)
}

/// Hunts, as the store keeps them.
#[derive(Debug)]
pub struct HuntTopic;

impl Topic for HuntTopic {
    const NAME: &'static str = "hunt";
    type Id = HuntId;
    type State = Hunt;
    type Event = Event;

    fn apply(state: Option<Hunt>, event: &Event) -> Option<Hunt> {
        apply(state, event)
    }

    fn subject(first: &Event) -> Option<String> {
        match first {
            Event::Asked(hunt) => Some(hunt.mandate.to_string()),
            _ => None,
        }
    }
}
