//! A mandate as the policies see it, and which lines of the ledger are about one.

use super::office::Memory;
use crate::office::Line;
use noroshi_authz::resource;
use noroshi_casework::mandate::{End, Mandate, Standing};
use noroshi_leaf::{Body, Terms};
use noroshi_model::{MandateId, MandateState, PersonId};
use std::collections::BTreeSet;

pub(super) fn draft(id: MandateId, terms: &Terms, person: &noroshi_authz::Person) -> resource::MandateFacts {
    resource::MandateFacts {
        id,
        version: 1,
        state: MandateState::Draft,
        basis: terms.legal_basis,
        commission_approved: false,
        not_before: terms.from,
        not_after: terms.until,
        directions: terms.directions.clone(),
        purposes: terms.purposes.clone(),
        analysts: terms.analysts.clone(),
        carriers: BTreeSet::from([terms.carrier]),
        requester: person.id,
        requester_org: person.org,
        party: terms.party,
        clearance: terms.clearance,
    }
}

pub(super) fn facts(mandate: &Mandate, requester: PersonId) -> Option<resource::MandateFacts> {
    let granted = mandate.granted();
    let terms = granted.map(|granted| &granted.terms);
    let terms = terms.or_else(|| mandate.pending.as_ref().map(|pending| &pending.request.terms))?;
    let state = match &mandate.standing {
        Standing::Proposed => MandateState::Requested,
        Standing::Refused => MandateState::Refused,
        Standing::Live(_) => MandateState::Approved,
        Standing::Suspended { .. } => MandateState::Suspended,
        Standing::Over { end: End::Revoked, .. } => MandateState::Revoked,
        Standing::Over { .. } | Standing::Disposed { .. } => MandateState::Expired,
    };
    Some(resource::MandateFacts {
        id: mandate.id,
        version: mandate.version,
        state,
        basis: terms.legal_basis,
        commission_approved: granted.is_some(),
        not_before: terms.from,
        not_after: terms.until,
        directions: terms.directions.clone(),
        purposes: terms.purposes.clone(),
        analysts: terms.analysts.clone(),
        carriers: BTreeSet::from([terms.carrier]),
        requester,
        requester_org: mandate.requester,
        party: terms.party,
        clearance: terms.clearance,
    })
}

pub(super) fn about(line: &Line, mandate: MandateId, memory: &Memory) -> bool {
    let of_batch = |id| memory.batches.iter().any(|b| b.opened.batch == id && b.opened.mandate == mandate);
    let of_intent = |intent| {
        memory
            .lines
            .iter()
            .any(|other| matches!(&other.leaf.body, Body::Intent(i) if i.intent == intent && i.mandate == mandate))
    };
    match &line.leaf.body {
        Body::Mandate(said) => said.mandate == mandate,
        Body::Intent(intent) => intent.mandate == mandate,
        Body::Done(done) => of_intent(done.intent),
        Body::Abort(abort) => of_intent(abort.intent),
        Body::Refused(refused) => refused.mandate == Some(mandate),
        Body::BatchOpened(batch) => batch.mandate == mandate,
        Body::BatchSealed(batch) => of_batch(batch.batch),
        Body::Opening(opening) => opening.mandate == mandate,
        Body::Disposed(gone) => gone.certificate.statement.mandate == mandate,
        _ => false,
    }
}
