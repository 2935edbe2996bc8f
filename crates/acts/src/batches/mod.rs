//! What was kept, from its key to the destruction of its key.

mod begin;
mod dispose;
mod seal;

pub use begin::{Begun, begin, permit};
pub use dispose::dispose;
pub use seal::{abandon, seal};

use crate::{Acts, NotDone};
use noroshi_casework::batch::{Batch, BatchTopic};
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_model::BatchId;
use noroshi_store::Version;

/// A batch and its mandate, as they stand now.
async fn load(acts: &Acts, id: BatchId) -> Result<(Batch, Version, Mandate), NotDone> {
    let (batch, version) = acts.db.load::<BatchTopic>(id).await?.ok_or(NotDone::NotFound("batch"))?;
    let mandate = acts.db.load::<MandateTopic>(batch.mandate()).await?.ok_or(NotDone::NotFound("mandate"))?;
    Ok((batch, version, mandate.0))
}
