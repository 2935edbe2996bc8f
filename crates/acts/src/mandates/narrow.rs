//! The requester makes do with less.

use super::{append, decided, load, permitted};
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::resource::MandateChange;
use noroshi_authz::{ActKind, act};
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_leaf::Terms;
use noroshi_model::MandateId;

/// Narrows the terms in force. What widens in any respect is refused: that is the commission's to grant.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn narrow(acts: &Acts, asking: &Asking<'_>, id: MandateId, terms: Terms) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    let widens = before.0.granted().is_none_or(|granted| !terms.widens(&granted.terms).is_empty());
    let event = facts::mandate(&before.0)
        .ok_or(NotDone::NotFound("mandate in force"))
        .map(|mandate| MandateChange { mandate, widens, commission_signed: false })
        .and_then(|change| permitted::<act::AmendMandate>(acts, asking, &change))
        .and_then(|()| decided(acts, asking, id, Some(&before.0), Command::Narrow(Box::new(terms))));
    match event {
        Ok(event) => append(acts, asking, id, Some(before), asking.actor(), event).await,
        Err(why) => acts.refuse(asking, ActKind::AmendMandate, Some(id), why).await,
    }
}
