//! What the policies are told of a loaded thing.

use noroshi_authz::resource::{Dataset, MandateFacts, Opening as OpeningFacts};
use noroshi_casework::batch::{Batch, BatchStanding};
use noroshi_casework::mandate::{End, Mandate, Request, Standing};
use noroshi_casework::opening::{Opening, OpeningStanding};
use noroshi_leaf::Terms;
use noroshi_model::time::DAY;
use noroshi_model::{Clearance, DataClass, MandateId, MandateState, Micros, OpeningId, OpeningState, OrgId, PersonId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Days a request to open a pseudonym can be approved and carried out.
pub const OPENING_DAYS_MAX: i64 = 7;

/// A request that is about to be made: a draft under the name of whoever asks.
pub fn draft(id: MandateId, request: &Request, requester: PersonId, org: OrgId, version: u32) -> MandateFacts {
    of_terms(id, &request.terms, MandateState::Draft, version, requester, org)
}

/// A mandate as it stands: by the terms in force, or where there are none by those that wait.
pub fn mandate(mandate: &Mandate) -> Option<MandateFacts> {
    let requester = mandate.pending.as_ref().map_or(PersonId(Uuid::nil()), |pending| pending.by);
    let facts = |terms, version| of_terms(mandate.id, terms, state(mandate), version, requester, mandate.requester);
    match (mandate.granted(), &mandate.pending) {
        (Some(granted), _) => Some(facts(&granted.terms, granted.version)),
        (None, Some(pending)) => Some(facts(&pending.request.terms, pending.version)),
        (None, None) => None,
    }
}

/// The version that waits, as the carrier and the commission see it.
pub fn waiting(mandate: &Mandate) -> Option<MandateFacts> {
    let pending = mandate.pending.as_ref()?;
    let terms = &pending.request.terms;
    let state = if mandate.granted().is_some() { state(mandate) } else { MandateState::Requested };
    Some(of_terms(mandate.id, terms, state, pending.version, pending.by, mandate.requester))
}

fn of_terms(
    id: MandateId,
    terms: &Terms,
    state: MandateState,
    version: u32,
    requester: PersonId,
    requester_org: OrgId,
) -> MandateFacts {
    MandateFacts {
        id,
        version,
        state,
        basis: terms.legal_basis,
        // Nothing is granted here but by votes that were counted.
        commission_approved: !matches!(state, MandateState::Draft | MandateState::Requested | MandateState::Refused),
        not_before: terms.from,
        not_after: terms.until,
        directions: terms.directions.clone(),
        purposes: terms.purposes.clone(),
        analysts: terms.analysts.clone(),
        carriers: BTreeSet::from([terms.carrier]),
        requester,
        requester_org,
        party: terms.party,
        clearance: terms.clearance,
    }
}

const fn state(mandate: &Mandate) -> MandateState {
    match &mandate.standing {
        Standing::Proposed => MandateState::Requested,
        Standing::Refused => MandateState::Refused,
        Standing::Live(_) => MandateState::Approved,
        Standing::Suspended { .. } => MandateState::Suspended,
        Standing::Over { end: End::Revoked, .. } => MandateState::Revoked,
        Standing::Over { end: End::Expired, .. } | Standing::Disposed { .. } => MandateState::Expired,
    }
}

/// A batch under its mandate. Content has no class here, because it has no column anywhere.
pub fn dataset(batch: &Batch, of: &Mandate, directions: &BTreeSet<noroshi_model::Direction>) -> Option<Dataset> {
    Some(Dataset {
        id: batch.opened.batch,
        mandate: mandate(of)?,
        directions: directions.clone(),
        classes: BTreeSet::from([DataClass::Identifier, DataClass::OtherMachine]),
        clearance: of.granted().map_or(Clearance::TopSecret, |granted| granted.terms.clearance),
        disposed: matches!(batch.standing, BatchStanding::Disposed { .. }),
    })
}

/// A batch under its mandate, in every direction that is granted.
pub fn all(batch: &Batch, of: &Mandate) -> Option<Dataset> {
    let directions = of.granted().map(|granted| granted.terms.directions.clone()).unwrap_or_default();
    dataset(batch, of, &directions)
}

/// A request to open a pseudonym under its mandate.
pub fn opening(id: OpeningId, opening: &Opening, of: &Mandate) -> Option<OpeningFacts> {
    let (state, approver) = match &opening.standing {
        OpeningStanding::Asked => (OpeningState::Requested, None),
        OpeningStanding::Approved { by, .. } => (OpeningState::Approved, Some(*by)),
        OpeningStanding::Denied { by, .. } => (OpeningState::Refused, Some(*by)),
        OpeningStanding::Opened { approved_by, .. } => (OpeningState::Opened, Some(*approved_by)),
    };
    Some(OpeningFacts {
        id,
        batch: opening.batch,
        mandate: mandate(of)?,
        state,
        requester: opening.by,
        approver,
        not_after: Micros(opening.at.0.saturating_add(OPENING_DAYS_MAX * DAY)),
        clearance: of.granted().map_or(Clearance::TopSecret, |granted| granted.terms.clearance),
    })
}
