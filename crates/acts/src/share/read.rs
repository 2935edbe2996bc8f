//! Read: collections that are open to whoever asks, and pages of them.

use super::{Shelf, Sights};
use crate::{Acts, Asking, NotDone};
use noroshi_authz::act;
use noroshi_casework::share::CollectionTopic;
use noroshi_model::{CollectionId, Purpose};
use noroshi_store::intel::{Cut, Page, Question};

/// A collection, with whether whoever asks reads it and gives to it. One that is open to neither is not there.
///
/// # Errors
/// [`NotDone::NotFound`], or what the database says.
pub async fn collection(acts: &Acts, asking: &Asking<'_>, id: CollectionId) -> Result<(Shelf, bool, bool), NotDone> {
    let Some((collection, _)) = acts.db.load::<CollectionTopic>(id).await? else {
        return Err(NotDone::NotFound("collection"));
    };
    let shelf = Shelf { id, collection };
    let (facts, circumstances) = (shelf.facts(), asking.circumstances());
    let reads = acts.authz.authorise::<act::ReadCollection>(asking.principal, &facts, &circumstances).is_ok();
    let gives = acts.authz.authorise::<act::GiveIntelligence>(asking.principal, &facts, &circumstances).is_ok();
    if reads || gives { Ok((shelf, reads, gives)) } else { Err(NotDone::NotFound("collection")) }
}

/// Every collection that is open to whoever asks, oldest first.
///
/// # Errors
/// What the database says.
pub async fn collections(acts: &Acts, asking: &Asking<'_>) -> Result<Vec<(Shelf, bool, bool)>, NotDone> {
    let mut open = Vec::new();
    for id in acts.db.every_id::<CollectionTopic>().await? {
        match collection(acts, asking, id).await {
            Ok(found) => open.push(found),
            Err(NotDone::NotFound(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(open)
}

/// A page of a collection, as far as its markings are open to whoever asks.
///
/// # Errors
/// [`NotDone::NotFound`] for a collection that is not there for them, a refusal for one they only give to.
pub async fn page(
    acts: &Acts,
    asking: &Asking<'_>,
    sights: &Sights,
    (id, purpose): (CollectionId, Option<Purpose>),
    cut: &Cut,
    (bodies, limit): (bool, u32),
) -> Result<Page, NotDone> {
    let (shelf, reads, _) = collection(acts, asking, id).await?;
    if !reads {
        return Err(NotDone::rule("collection.not_read", &"you give to this collection and do not read it"));
    }
    let sight = sights.of(acts, asking, &shelf, purpose).await?;
    let question = Question { collection: id, open: &sight.open, cut, bodies, limit };
    Ok(acts.db.intel_page(&question).await?)
}
