//! Questions asked of what was kept: the intent first, the permit only with its receipt, the result after.

mod ask;
mod close;
mod permit;

pub use ask::{Asked, ask};
pub use close::{close, give_up};
pub use permit::permit;

use crate::{Acts, NotDone};
use noroshi_casework::batch::{Batch, BatchTopic};
use noroshi_casework::hunt::Question;
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_model::{BatchId, MandateId};
use std::collections::BTreeMap;

/// The mandate and the batches a question names, as they stand now.
async fn load(
    acts: &Acts,
    mandate: MandateId,
    question: &Question,
) -> Result<(Mandate, BTreeMap<BatchId, Batch>), NotDone> {
    let (mandate, _) = acts.db.load::<MandateTopic>(mandate).await?.ok_or(NotDone::NotFound("mandate"))?;
    let mut batches = BTreeMap::new();
    for &id in question.batches.iter().take(noroshi_casework::hunt::BATCHES_MAX + 1) {
        if let Some((batch, _)) = acts.db.load::<BatchTopic>(id).await? {
            batches.insert(id, batch);
        }
    }
    Ok((mandate, batches))
}
