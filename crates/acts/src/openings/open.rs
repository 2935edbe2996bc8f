//! Open: the intent is written; only with its receipt does the caller turn the pseudonym back.

use super::{append, load, scope};
use crate::{Acts, Asking, NotDone, Proven, Under, facts};
use noroshi_authz::resource::Opening as OpeningFacts;
use noroshi_authz::{ActKind, act};
use noroshi_casework::mandate::Mandate;
use noroshi_casework::opening::{self, Command, Event, Opening, OpeningStanding};
use noroshi_leaf::{Actor, Body, Commitment, Done, GovernedAct, Intent};
use noroshi_model::{IntentId, OpeningId, OpeningState, Purpose};
use std::collections::BTreeSet;
use std::net::IpAddr;
use uuid::Uuid;

/// An opening whose intent is written, and waits for its receipt.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The request.
    pub opening: Opening,
    /// Its intent.
    pub intent: IntentId,
    /// The line of that intent.
    pub intent_line: Uuid,
}

/// Writes the intent to open an approved request. The address itself is not kept anywhere.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn open(acts: &Acts, asking: &Asking<'_>, id: OpeningId) -> Result<Begun, NotDone> {
    let (opening, version, mandate) = load(acts, id).await?;
    let intent = IntentId(asking.id());
    let (event, policies) = match decided(acts, asking, id, &opening, &mandate, intent) {
        Ok(decided) => decided,
        Err(why) => return acts.refuse(asking, ActKind::OpenPseudonym, Some(mandate.id), why).await,
    };
    let leaf = asking.line(Body::Intent(Box::new(intends(acts, asking, &opening, &mandate, (intent, policies)))))?;
    let intent_line = leaf.id;
    let opening = append(acts, asking, id, (Some(opening), version), event, leaf).await?;
    Ok(Begun { opening, intent, intent_line })
}

/// Checks an opening again, now that its intent has its place in the ledger: only then is the pseudonym turned back.
///
/// # Errors
/// [`NotDone::NoReceipt`] with the receipt of another act; refusals are on the record.
pub async fn permit(
    acts: &Acts,
    asking: &Asking<'_>,
    id: OpeningId,
    proven: &Proven,
) -> Result<Under<act::OpenPseudonym>, NotDone> {
    let (opening, _, mandate) = load(acts, id).await?;
    let OpeningStanding::Opened { approved_by, intent, .. } = opening.standing else {
        return Err(NotDone::NotFound("opened request"));
    };
    let facts = facts::opening(id, &opening, &mandate).ok_or(NotDone::NotFound("mandate in force"))?;
    // By this very intent it stands as opened, and as long as that is not carried out it is what was approved.
    let facts = OpeningFacts { state: OpeningState::Approved, approver: Some(approved_by), ..facts };
    Under::checked(acts, asking, (proven, intent, GovernedAct::OpenPseudonym), vec![facts]).await
}

/// Records that an opened request was answered with `address`: by a commitment, so that whoever holds the
/// request's salt and the address can check it, and nobody can guess it from the ledger.
///
/// # Errors
/// [`NotDone`].
pub async fn close(acts: &Acts, asking: &Asking<'_>, id: OpeningId, address: IpAddr) -> Result<(), NotDone> {
    let (opening, _, _) = load(acts, id).await?;
    let OpeningStanding::Opened { at, intent, .. } = opening.standing else {
        return Err(NotDone::NotFound("opened request"));
    };
    let digest = Commitment::to(address.to_string().as_bytes(), &opening.reason.salt).0;
    let elapsed_micros = u64::try_from(asking.at.0.saturating_sub(at.0)).unwrap_or_default();
    let done = Done { digest, elapsed_micros, intent, rows: 1 };
    Ok(acts.db.record_line(asking.at, &asking.line(Body::Done(done))?).await?)
}

fn decided(
    acts: &Acts,
    asking: &Asking<'_>,
    id: OpeningId,
    opening: &Opening,
    mandate: &Mandate,
    intent: IntentId,
) -> Result<(Event, Vec<String>), NotDone> {
    let facts = facts::opening(id, opening, mandate).ok_or(NotDone::NotFound("mandate in force"))?;
    let circumstances = asking.circumstances().for_purpose(Purpose::WarnVictims);
    // The receipt comes after this line; the signature must be there already.
    let foreseen = acts.authz.foreseen::<act::OpenPseudonym>(asking.principal, &facts, &circumstances, intent);
    let policies = foreseen.map_err(NotDone::Refused)?;
    let Actor::Person { person, .. } = asking.actor() else {
        return Err(NotDone::rule("opening.same_person", &"only a person opens"));
    };
    opening::decide(Some(opening), &Command::Open(intent), person, mandate, asking.at)
        .map(|event| (event, policies))
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))
}

fn intends(
    acts: &Acts,
    asking: &Asking<'_>,
    opening: &Opening,
    mandate: &Mandate,
    (intent, policies): (IntentId, Vec<String>),
) -> Intent {
    let granted = mandate.granted();
    Intent {
        act: GovernedAct::OpenPseudonym,
        batches: BTreeSet::from([opening.batch]),
        build: acts.build,
        deadline: acts.look_deadline(asking.at),
        directions: granted.map(|granted| granted.terms.directions.clone()).unwrap_or_default(),
        evidence: asking.evidence,
        intent,
        mandate: mandate.id,
        policies: policies.into_iter().collect(),
        policy_set: acts.policy_set(),
        purpose: Purpose::WarnVictims,
        scope: scope(opening),
        version: granted.map_or(0, |granted| granted.version),
    }
}
