//! What happened to a mandate, and where it stands after it.

use super::{CarrierAnswer, End, Granted, Mandate, Pending, Standing};
use crate::said::Said;
use crate::topic::Topic;
use noroshi_leaf::{Digest, Signed, Terms, Vote};
use noroshi_model::{MandateId, Micros, OrgId};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A version was asked for.
    Requested {
        /// Which mandate.
        mandate: MandateId,
        /// By which organisation.
        requester: OrgId,
        /// The version that waits now.
        pending: Box<Pending>,
    },
    /// The carrier answered.
    Answered(CarrierAnswer),
    /// The carrier objected.
    Objected(Said),
    /// The commission granted the version that waited.
    Granted {
        /// What is in force now.
        granted: Box<Granted>,
        /// The votes.
        votes: Vec<Signed<Vote>>,
    },
    /// The commission refused the version that waited.
    Denied {
        /// The written reasons.
        reasons: Vec<Said>,
        /// The votes.
        votes: Vec<Signed<Vote>>,
    },
    /// The requester narrowed it.
    Narrowed {
        /// The new terms.
        terms: Box<Terms>,
        /// The new version.
        version: u32,
    },
    /// It was suspended.
    Suspended {
        /// When.
        at: Micros,
        /// Why.
        reason: Said,
        /// The commission's votes, if it was the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// It goes on.
    Resumed {
        /// The votes.
        votes: Vec<Signed<Vote>>,
    },
    /// It is over before its time.
    Revoked {
        /// When.
        at: Micros,
        /// Why.
        reason: Said,
        /// The commission's votes, if it was the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// Its term ran out.
    Expired {
        /// When that was recorded.
        at: Micros,
    },
    /// Everything kept under it is destroyed.
    Disposed {
        /// When.
        at: Micros,
        /// How many batches.
        batches: u64,
        /// SHA-256 over their ids in order, one a line.
        list: Digest,
    },
}

/// The state after `event`. Cannot fail; an event that makes no sense for a state leaves it as it was.
pub fn apply(state: Option<Mandate>, event: &Event) -> Option<Mandate> {
    if let Event::Requested { mandate, requester, pending } = event {
        let title = pending.request.title.clone();
        let version = pending.version;
        let pending = Some((**pending).clone());
        return Some(match state {
            Some(before) => Mandate { pending, title, version, ..before },
            None => Mandate {
                id: *mandate,
                pending,
                requester: *requester,
                round: 0,
                standing: Standing::Proposed,
                title,
                version,
            },
        });
    }
    let mut mandate = state?;
    match event {
        Event::Requested { .. } => {}
        Event::Answered(answer) => {
            if let Some(pending) = &mut mandate.pending {
                pending.answer = Some(answer.clone());
            }
        }
        Event::Objected(reason) => {
            if let Some(pending) = &mut mandate.pending {
                pending.objection = Some(reason.clone());
            }
        }
        Event::Granted { granted, .. } => {
            mandate.pending = None;
            // A new version of a suspended mandate does not lift the suspension.
            mandate.standing = match mandate.standing {
                Standing::Suspended { since, reason, .. } => {
                    Standing::Suspended { granted: (**granted).clone(), since, reason }
                }
                _ => Standing::Live((**granted).clone()),
            };
        }
        Event::Denied { .. } => {
            mandate.pending = None;
            if mandate.standing == Standing::Proposed {
                mandate.standing = Standing::Refused;
            }
        }
        Event::Narrowed { terms, version } => {
            mandate.version = *version;
            if let Standing::Live(granted) = &mut mandate.standing {
                granted.terms = (**terms).clone();
                granted.version = *version;
            }
        }
        _ => {
            if matches!(event, Event::Suspended { .. } | Event::Resumed { .. }) {
                mandate.round = mandate.round.saturating_add(1);
            }
            mandate.standing = after(mandate.standing, event);
        }
    }
    Some(mandate)
}

/// Where a mandate stands after an event of its later life.
fn after(standing: Standing, event: &Event) -> Standing {
    match (standing, event) {
        (Standing::Live(granted), Event::Suspended { at, reason, .. }) => {
            Standing::Suspended { granted, since: *at, reason: reason.clone() }
        }
        (Standing::Suspended { granted, .. }, Event::Resumed { .. }) => Standing::Live(granted),
        (Standing::Live(granted) | Standing::Suspended { granted, .. }, Event::Revoked { at, .. }) => {
            Standing::Over { at: *at, end: End::Revoked, granted }
        }
        (Standing::Live(granted) | Standing::Suspended { granted, .. }, Event::Expired { at }) => {
            Standing::Over { at: *at, end: End::Expired, granted }
        }
        (Standing::Over { granted, .. }, Event::Disposed { at, batches, .. }) => {
            Standing::Disposed { at: *at, batches: *batches, granted }
        }
        (standing, _) => standing,
    }
}

/// Mandates, as the store keeps them.
#[derive(Debug)]
pub struct MandateTopic;

impl Topic for MandateTopic {
    const NAME: &'static str = "mandate";
    type Id = MandateId;
    type State = Mandate;
    type Event = Event;

    fn apply(state: Option<Mandate>, event: &Event) -> Option<Mandate> {
        apply(state, event)
    }
}
