//! Ask for a pseudonym to be opened.

use super::{append, line, mandate};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::Said;
use noroshi_casework::mandate::Mandate;
use noroshi_casework::opening::{self, Command, Event, Opening};
use noroshi_leaf::Actor;
use noroshi_leaf::body::OpeningStep;
use noroshi_model::{BatchId, MandateId, OpeningId, Purpose};
use noroshi_store::Version;
use std::net::IpAddr;

/// Asks, under a fresh id, with the reason why a name is needed.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn ask(
    acts: &Acts,
    asking: &Asking<'_>,
    id: OpeningId,
    under: MandateId,
    batch: BatchId,
    pseudonym: IpAddr,
    reason: Said,
) -> Result<Opening, NotDone> {
    let mandate = mandate(acts, under).await?;
    let command = Command::Ask { batch, pseudonym, reason };
    let decided = decided(acts, asking, id, &mandate, &command);
    let event = match decided {
        Ok(event) => event,
        Err(why) => return acts.refuse(asking, ActKind::RequestOpening, Some(under), why).await,
    };
    let opening = opening::apply(None, &event).ok_or(NotDone::NotFound("opening request"))?;
    let leaf = line(asking, id, &opening, OpeningStep::Requested)?;
    append(acts, asking, id, (None, Version::NEW), event, leaf).await
}

fn decided(
    acts: &Acts,
    asking: &Asking<'_>,
    id: OpeningId,
    mandate: &Mandate,
    command: &Command,
) -> Result<Event, NotDone> {
    let Actor::Person { person, .. } = asking.actor() else {
        return Err(NotDone::rule("opening.not_named", &"only a person asks"));
    };
    let event = opening::decide(None, command, person, mandate, asking.at)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))?;
    let asked = opening::apply(None, &event).ok_or(NotDone::NotFound("opening request"))?;
    let facts = facts::opening(id, &asked, mandate).ok_or(NotDone::NotFound("mandate in force"))?;
    let circumstances = asking.circumstances().for_purpose(Purpose::WarnVictims);
    match acts.authz.authorise::<act::RequestOpening>(asking.principal, &facts, &circumstances) {
        Ok(permit) => {
            drop(permit);
            Ok(event)
        }
        Err(refusal) => Err(NotDone::Refused(refusal)),
    }
}
