//! Suspend a mandate, or end it before its time.

use super::{append, decided, load, permitted};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::resource::MandateChange;
use noroshi_authz::{Act, ActKind, act};
use noroshi_casework::Said;
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_leaf::{Actor, Signed, Vote};
use noroshi_model::MandateId;

/// Stops its use for now: by the commission's votes whoever brings them, or, without any, by the
/// requester or the party.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn suspend(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    reason: Said,
    votes: Vec<Signed<Vote>>,
) -> Result<Mandate, NotDone> {
    let by_votes = !votes.is_empty();
    stop::<act::SuspendMandate>(acts, asking, id, Command::Suspend { reason, votes }, by_votes).await
}

/// Ends it for good: by the commission's votes, or, without any, because the requester gives it up.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn revoke(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    reason: Said,
    votes: Vec<Signed<Vote>>,
) -> Result<Mandate, NotDone> {
    let by_votes = !votes.is_empty();
    stop::<act::RevokeMandate>(acts, asking, id, Command::Revoke { reason, votes }, by_votes).await
}

async fn stop<A: Act<Resource = MandateChange>>(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    command: Command,
    by_votes: bool,
) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    // Votes speak for themselves: they are counted against the roster, whoever brings them.
    let may = if by_votes {
        Ok(())
    } else {
        facts::mandate(&before.0)
            .ok_or(NotDone::NotFound("mandate in force"))
            .map(|mandate| MandateChange::narrowing(mandate, false))
            .and_then(|change| permitted::<A>(acts, asking, &change))
    };
    let actor = if by_votes { Actor::Hub } else { asking.actor() };
    let kind: ActKind = A::KIND;
    match may.and_then(|()| decided(acts, asking, id, Some(&before.0), command)) {
        Ok(event) => append(acts, asking, id, Some(before), actor, event).await,
        Err(why) => acts.refuse(asking, kind, Some(id), why).await,
    }
}
