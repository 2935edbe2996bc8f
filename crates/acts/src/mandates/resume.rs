//! The commission lets a suspended mandate go on.

use super::{append, decided, load};
use crate::{Acts, Asking, NotDone};
use noroshi_authz::ActKind;
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_leaf::{Actor, Signed, Vote};
use noroshi_model::MandateId;

/// Writes down the commission's votes to resume. There is no other way on.
///
/// # Errors
/// [`NotDone`]; votes that cannot be counted are on the record as a refusal.
pub async fn resume(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    votes: Vec<Signed<Vote>>,
) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    match decided(acts, asking, id, Some(&before.0), Command::Resume(votes)) {
        Ok(event) => append(acts, asking, id, Some(before), Actor::Hub, event).await,
        Err(why) => acts.refuse(asking, ActKind::AmendMandate, Some(id), why).await,
    }
}
