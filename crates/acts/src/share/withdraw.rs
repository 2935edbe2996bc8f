//! Withdraw: what one's own organisation gave is taken back.

use super::give::organisation;
use super::line;
use super::read::collection;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::{ActKind, act, resource};
use noroshi_model::{CollectionId, Handling};
use noroshi_store::intel::{Taken, Versions, Withdrawal};

/// Takes back the named versions of an object; gives those that are gone.
///
/// # Errors
/// [`NotDone::NotFound`] where one's own organisation gave none of it: of what others gave nothing is said.
pub async fn withdraw(
    acts: &Acts,
    asking: &Asking<'_>,
    id: CollectionId,
    stix_id: &str,
    versions: &Versions,
) -> Result<Vec<Taken>, NotDone> {
    let (shelf, _, gives) = collection(acts, asking, id).await?;
    let producer = organisation(asking);
    let facts =
        resource::Intelligence { label: 0, producer, handling: Handling::unmarked(), readers: shelf.facts().readers };
    let circumstances = asking.circumstances();
    let permit = acts.authz.authorise::<act::WithdrawIntelligence>(asking.principal, &facts, &circumstances);
    if let Err(refusal) = permit.map(drop) {
        return acts.refuse(asking, ActKind::WithdrawIntelligence, None, NotDone::Refused(refusal)).await;
    }
    if !gives {
        let why = NotDone::rule("collection.not_given", &"you read this collection and do not give to it");
        return acts.refuse(asking, ActKind::WithdrawIntelligence, None, why).await;
    }
    let withdrawal = Withdrawal { collection: id, producer, stix_id, versions, at: asking.at };
    let gone = acts.db.withdraw_intel(&withdrawal, &|list| line(asking, id, false, list)).await?;
    if gone.is_empty() { Err(NotDone::NotFound("object of yours")) } else { Ok(gone) }
}
