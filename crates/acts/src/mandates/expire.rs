//! What the hub records of itself at the end: a term that ran out, a disposal that is complete.

use super::{by_itself, load};
use crate::{Acts, Asking, NotDone};
use noroshi_casework::batch::list_digest;
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_model::{BatchId, MandateId};

/// Records that the term ran out. Nothing could be done under it from that moment on; this says so.
///
/// # Errors
/// [`NotDone::Rule`] while it has not, or when it is over already.
pub async fn expire(acts: &Acts, asking: &Asking<'_>, id: MandateId) -> Result<Mandate, NotDone> {
    by_itself(acts, asking, id, load(acts, id).await?, Command::Expire).await
}

/// Records that all that was kept under it is destroyed: `batches` are all of its batches.
///
/// # Errors
/// [`NotDone::Rule`] when the mandate is not over.
pub async fn dispose(acts: &Acts, asking: &Asking<'_>, id: MandateId, batches: &[BatchId]) -> Result<Mandate, NotDone> {
    let command = Command::Dispose { batches: batches.len() as u64, list: list_digest(batches) };
    by_itself(acts, asking, id, load(acts, id).await?, command).await
}
