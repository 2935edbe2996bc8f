//! Ask for a mandate, or for a new version of one.

use super::{append, decided, permitted};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::mandate::{Command, Mandate, MandateTopic, Request};
use noroshi_leaf::Actor;
use noroshi_model::MandateId;

/// Asks for a mandate. A new id is a new mandate; a known one a new version, wider or not.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn request(acts: &Acts, asking: &Asking<'_>, id: MandateId, request: Request) -> Result<Mandate, NotDone> {
    let before = acts.db.load::<MandateTopic>(id).await?;
    let Actor::Person { org, person } = asking.actor() else {
        let why = NotDone::rule("mandate.not_yours", &"only a person asks for a mandate");
        return acts.refuse(asking, ActKind::RequestMandate, Some(id), why).await;
    };
    let version = before.as_ref().map_or(1, |(mandate, _)| mandate.version.saturating_add(1));
    let draft = facts::draft(id, &request, person, org, version);
    let state = before.as_ref().map(|(state, _)| state);
    let event = permitted::<act::RequestMandate>(acts, asking, &draft)
        .and_then(|()| decided(acts, asking, id, state, Command::Request(Box::new(request))));
    match event {
        Ok(event) => append(acts, asking, id, before, asking.actor(), event).await,
        Err(why) => acts.refuse(asking, ActKind::RequestMandate, Some(id), why).await,
    }
}
