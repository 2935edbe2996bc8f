//! Open: the intent is written; only with its receipt does the caller turn the pseudonym back.

use super::{append, load, scope};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::mandate::Mandate;
use noroshi_casework::opening::{self, Command, Event, Opening};
use noroshi_leaf::{Actor, Body, GovernedAct, Intent};
use noroshi_model::time::SECOND;
use noroshi_model::{IntentId, Micros, OpeningId, Purpose};
use std::collections::BTreeSet;

/// Writes the intent to open an approved request. The address itself is not kept anywhere.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn open(acts: &Acts, asking: &Asking<'_>, id: OpeningId) -> Result<Opening, NotDone> {
    let (opening, version, mandate) = load(acts, id).await?;
    let intent = IntentId(asking.id());
    let (event, policies) = match decided(acts, asking, id, &opening, &mandate, intent) {
        Ok(decided) => decided,
        Err(why) => return acts.refuse(asking, ActKind::OpenPseudonym, Some(mandate.id), why).await,
    };
    let leaf = asking.line(Body::Intent(Box::new(intends(acts, asking, &opening, &mandate, (intent, policies)))))?;
    append(acts, asking, id, (Some(opening), version), event, leaf).await
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
        deadline: Micros(asking.at.0.saturating_add(i64::from(acts.intent_seconds_max) * SECOND)),
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
