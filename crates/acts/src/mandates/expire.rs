//! What the hub records of itself at the end: a term that ran out, a disposal that is complete.

use super::{append, load};
use crate::{Acts, Asking, NotDone};
use noroshi_casework::batch::list_digest;
use noroshi_casework::mandate::{self, Asked, By, Command, Mandate};
use noroshi_leaf::Actor;
use noroshi_model::{BatchId, MandateId};

/// Records that the term ran out. Nothing could be done under it from that moment on; this says so.
///
/// # Errors
/// [`NotDone::Rule`] while it has not, or when it is over already.
pub async fn expire(acts: &Acts, asking: &Asking<'_>, id: MandateId) -> Result<Mandate, NotDone> {
    by_itself(acts, asking, id, Command::Expire).await
}

/// Records that all that was kept under it is destroyed: `batches` are all of its batches.
///
/// # Errors
/// [`NotDone::Rule`] when the mandate is not over.
pub async fn dispose(acts: &Acts, asking: &Asking<'_>, id: MandateId, batches: &[BatchId]) -> Result<Mandate, NotDone> {
    let command = Command::Dispose { batches: batches.len() as u64, list: list_digest(batches) };
    by_itself(acts, asking, id, command).await
}

async fn by_itself(acts: &Acts, asking: &Asking<'_>, id: MandateId, command: Command) -> Result<Mandate, NotDone> {
    let before = load(acts, id).await?;
    let asked = Asked { by: By::Hub, command, mandate: id };
    let event = mandate::decide(Some(&before.0), &asked, asking.at, &acts.rules, &acts.roster)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))?;
    append(acts, asking, id, Some(before), Actor::Hub, event).await
}
