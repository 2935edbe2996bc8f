//! The carrier objects straight to the commission.

use super::{append, decided, load, permitted};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::Said;
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_model::MandateId;

/// Objects to the version that waits (図21: governance for a fair partnership).
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn object(acts: &Acts, asking: &Asking<'_>, id: MandateId, reason: Said) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    let command = Command::Object(reason);
    let event = facts::waiting(&before.0)
        .ok_or(NotDone::NotFound("version to object to"))
        .and_then(|facts| permitted::<act::ObjectToCommission>(acts, asking, &facts))
        .and_then(|()| decided(acts, asking, id, Some(&before.0), command));
    match event {
        Ok(event) => append(acts, asking, id, Some(before), asking.actor(), event).await,
        Err(why) => acts.refuse(asking, ActKind::ObjectToCommission, Some(id), why).await,
    }
}
