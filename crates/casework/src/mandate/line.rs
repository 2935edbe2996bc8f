//! What the ledger is told of each event: terms in public, texts as commitments.

use super::{Event, Mandate};
use noroshi_leaf::{Digest, MandateEvent, MandateLine};
use noroshi_model::MandateId;

/// The ledger's line for an event, given the state before it (`None` for a first request) and the
/// SHA-256 of the passkey assertion over the exact object, where one was asked for.
pub fn of(before: Option<&Mandate>, mandate: MandateId, event: &Event, evidence: Option<Digest>) -> MandateLine {
    MandateLine { event: said(event), evidence, mandate, version: version(before, event) }
}

/// Which version an event is about: the one that waits, or the one in force.
fn version(before: Option<&Mandate>, event: &Event) -> u32 {
    let waiting = || before.and_then(|m| m.pending.as_ref()).map(|pending| pending.version);
    let in_force = || before.and_then(Mandate::granted).map(|granted| granted.version);
    match event {
        Event::Requested { pending, .. } => Some(pending.version),
        Event::Narrowed { version, .. } => Some(*version),
        Event::Granted { granted, .. } => Some(granted.version),
        Event::Answered(_) | Event::Objected(_) | Event::Denied { .. } => waiting(),
        _ => in_force(),
    }
    .unwrap_or_default()
}

fn said(event: &Event) -> MandateEvent {
    match event {
        Event::Requested { pending, .. } => MandateEvent::Requested {
            necessity: pending.request.necessity.commitment(),
            terms: pending.request.terms.clone(),
        },
        Event::Answered(answer) => MandateEvent::Answered {
            answer: answer.answer,
            load_cap_records_per_second: answer.load_cap_records_per_second,
            reason: answer.reason.commitment(),
        },
        Event::Objected(reason) => MandateEvent::Objected { reason: reason.commitment() },
        Event::Granted { votes, .. } | Event::Denied { votes, .. } => MandateEvent::Decided { votes: votes.clone() },
        Event::Narrowed { terms, .. } => MandateEvent::Narrowed { terms: (**terms).clone() },
        Event::Suspended { reason, votes, .. } => {
            MandateEvent::Suspended { reason: reason.commitment(), votes: votes.clone() }
        }
        Event::Resumed { votes } => MandateEvent::Resumed { votes: votes.clone() },
        Event::Revoked { reason, votes, .. } => {
            MandateEvent::Revoked { reason: reason.commitment(), votes: votes.clone() }
        }
        Event::Expired { .. } => MandateEvent::Expired,
        Event::Disposed { batches, list, .. } => MandateEvent::Disposed { batches: *batches, list: *list },
    }
}
