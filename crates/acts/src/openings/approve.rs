//! Another person approves the opening of a pseudonym, or refuses it.

use super::{append, line, load};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::Said;
use noroshi_casework::mandate::Mandate;
use noroshi_casework::opening::{self, Command, Event, Opening};
use noroshi_leaf::Actor;
use noroshi_leaf::body::OpeningStep;
use noroshi_model::{OpeningId, Purpose};

/// Approves, with a reason and a fresh signature.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn approve(acts: &Acts, asking: &Asking<'_>, id: OpeningId, reason: Said) -> Result<Opening, NotDone> {
    let command = Command::Approve(reason);
    step(acts, asking, id, command, OpeningStep::Approved).await
}

/// Refuses, with a reason.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn deny(acts: &Acts, asking: &Asking<'_>, id: OpeningId, reason: Said) -> Result<Opening, NotDone> {
    let command = Command::Deny(reason);
    step(acts, asking, id, command, OpeningStep::Refused).await
}

async fn step(
    acts: &Acts,
    asking: &Asking<'_>,
    id: OpeningId,
    command: Command,
    step: OpeningStep,
) -> Result<Opening, NotDone> {
    let (opening, version, mandate) = load(acts, id).await?;
    let event = match decided(acts, asking, id, &opening, &mandate, &command) {
        Ok(event) => event,
        Err(why) => return acts.refuse(asking, ActKind::ApproveOpening, Some(mandate.id), why).await,
    };
    let leaf = line(asking, id, &opening, step)?;
    append(acts, asking, id, (Some(opening), version), event, leaf).await
}

fn decided(
    acts: &Acts,
    asking: &Asking<'_>,
    id: OpeningId,
    opening: &Opening,
    mandate: &Mandate,
    command: &Command,
) -> Result<Event, NotDone> {
    let facts = facts::opening(id, opening, mandate).ok_or(NotDone::NotFound("mandate in force"))?;
    let circumstances = asking.circumstances().for_purpose(Purpose::WarnVictims);
    let permit = acts.authz.authorise::<act::ApproveOpening>(asking.principal, &facts, &circumstances);
    drop(permit.map_err(NotDone::Refused)?);
    let Actor::Person { person, .. } = asking.actor() else {
        return Err(NotDone::rule("opening.same_person", &"only a person approves"));
    };
    opening::decide(Some(opening), command, person, mandate, asking.at)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))
}
