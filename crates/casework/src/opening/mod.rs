//! Opening a pseudonym: turning it back into an address is an act of its own, asked by one person and
//! approved by another (非識別化措置; ECtHR, Big Brother Watch 2021, para 355: selectors linked to
//! persons need prior approval with a recorded reason).
//!
//! ```text
//! Asked ──▶ Approved ──▶ Opened
//!   └─────▶ Denied
//! ```

#[cfg(test)]
mod tests;

use crate::mandate::Mandate;
use crate::said::Said;
use crate::topic::Topic;
use noroshi_model::{BatchId, IntentId, MandateId, Micros, OpeningId, PersonId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningStanding {
    /// Waiting for somebody else.
    Asked,
    /// Somebody else approved it.
    Approved {
        /// When.
        at: Micros,
        /// Who.
        by: PersonId,
        /// Why.
        reason: Said,
    },
    /// Somebody else refused it.
    Denied {
        /// When.
        at: Micros,
        /// Who.
        by: PersonId,
        /// Why.
        reason: Said,
    },
    /// It was opened; the address itself is not kept.
    Opened {
        /// Who approved.
        approved_by: PersonId,
        /// When.
        at: Micros,
        /// Its intent in the ledger.
        intent: IntentId,
    },
}

/// A request to open a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// When it was asked.
    pub at: Micros,
    /// The batch it stands in: its key must still exist.
    pub batch: BatchId,
    /// Who asked.
    pub by: PersonId,
    /// Under which mandate.
    pub mandate: MandateId,
    /// The pseudonym, written as an address.
    pub pseudonym: IpAddr,
    /// Why.
    pub reason: Said,
    /// How it stands.
    pub standing: OpeningStanding,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask.
    Ask {
        /// The batch it stands in.
        batch: BatchId,
        /// The pseudonym.
        pseudonym: IpAddr,
        /// Why.
        reason: Said,
    },
    /// Approve.
    Approve(Said),
    /// Refuse.
    Deny(Said),
    /// Open it; its intent is in the ledger.
    Open(IntentId),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was asked.
    Asked(Box<Opening>),
    /// It was approved.
    Approved {
        /// When.
        at: Micros,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: Said,
    },
    /// It was refused.
    Denied {
        /// When.
        at: Micros,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: Said,
    },
    /// It was opened.
    Opened {
        /// When.
        at: Micros,
        /// Its intent in the ledger.
        intent: IntentId,
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
    /// No reason in words.
    #[error("say why, in words")]
    Reason,
    /// The one who asked cannot approve, the one who approved cannot open.
    #[error("another person must do this: whoever asks does not approve, whoever approves does not open")]
    SamePerson,
    /// It is at another stage.
    #[error("there is no such request, or it is not {0}")]
    Stage(&'static str),
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotLive => "opening.not_live",
            Self::NotNamed => "opening.not_named",
            Self::Reason => "opening.reason",
            Self::SamePerson => "opening.same_person",
            Self::Stage(_) => "opening.stage",
        }
    }
}

/// Decides one step by `person` at `now`.
///
/// # Errors
/// [`Refused`], with the first rule that refused.
pub fn decide(
    state: Option<&Opening>,
    command: &Command,
    person: PersonId,
    mandate: &Mandate,
    now: Micros,
) -> Result<Event, Refused> {
    let granted = mandate.live_at(now).ok_or(Refused::NotLive)?;
    match (state, command) {
        (None, Command::Ask { batch, pseudonym, reason }) => {
            if !granted.terms.analysts.contains(&person) {
                return Err(Refused::NotNamed);
            }
            given(reason)?;
            Ok(Event::Asked(Box::new(Opening {
                at: now,
                batch: *batch,
                by: person,
                mandate: mandate.id,
                pseudonym: *pseudonym,
                reason: reason.clone(),
                standing: OpeningStanding::Asked,
            })))
        }
        (Some(opening), Command::Approve(reason) | Command::Deny(reason)) => {
            if opening.standing != OpeningStanding::Asked {
                return Err(Refused::Stage("waiting"));
            }
            if opening.by == person {
                return Err(Refused::SamePerson);
            }
            given(reason)?;
            let (at, by, reason) = (now, person, reason.clone());
            let approved = matches!(command, Command::Approve(_));
            Ok(if approved { Event::Approved { at, by, reason } } else { Event::Denied { at, by, reason } })
        }
        (Some(opening), Command::Open(intent)) => match &opening.standing {
            OpeningStanding::Approved { by, .. } if *by == person => Err(Refused::SamePerson),
            OpeningStanding::Approved { .. } => Ok(Event::Opened { at: now, intent: *intent }),
            _ => Err(Refused::Stage("approved")),
        },
        (Some(_), Command::Ask { .. }) => Err(Refused::Stage("new")),
        (None, _) => Err(Refused::Stage("known")),
    }
}

fn given(reason: &Said) -> Result<(), Refused> {
    reason.is_given().then_some(()).ok_or(Refused::Reason)
}

/// The state after `event`. Cannot fail.
pub fn apply(state: Option<Opening>, event: &Event) -> Option<Opening> {
    if let Event::Asked(opening) = event {
        return Some((**opening).clone());
    }
    let mut opening = state?;
    opening.standing = match (opening.standing, event.clone()) {
        (OpeningStanding::Asked, Event::Approved { at, by, reason }) => OpeningStanding::Approved { at, by, reason },
        (OpeningStanding::Asked, Event::Denied { at, by, reason }) => OpeningStanding::Denied { at, by, reason },
        (OpeningStanding::Approved { by, .. }, Event::Opened { at, intent }) => {
            OpeningStanding::Opened { approved_by: by, at, intent }
        }
        (standing, _) => standing,
    };
    Some(opening)
}

/// Requests to open a pseudonym, as the store keeps them.
#[derive(Debug)]
pub struct OpeningTopic;

impl Topic for OpeningTopic {
    const NAME: &'static str = "opening";
    type Id = OpeningId;
    type State = Opening;
    type Event = Event;

    fn apply(state: Option<Opening>, event: &Event) -> Option<Opening> {
        apply(state, event)
    }

    fn subject(first: &Event) -> Option<String> {
        match first {
            Event::Asked(opening) => Some(opening.mandate.to_string()),
            _ => None,
        }
    }
}
