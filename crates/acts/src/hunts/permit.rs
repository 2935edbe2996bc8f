//! With its receipt, and only then, a hunt may read.

use super::load;
use crate::{Acts, Asking, NotDone, Proven, Under, facts};
use noroshi_authz::act;
use noroshi_casework::hunt::{Hunt, HuntStanding, HuntTopic};
use noroshi_leaf::GovernedAct;
use noroshi_model::HuntId;

/// Checks an open hunt again, now that its intent has its place in the ledger: what it may read, with its question.
///
/// # Errors
/// [`NotDone::NoReceipt`] with the receipt of another act; refusals are on the record.
pub async fn permit(
    acts: &Acts,
    asking: &Asking<'_>,
    id: HuntId,
    proven: &Proven,
) -> Result<(Hunt, Under<act::Hunt>), NotDone> {
    let (hunt, _) = acts.db.load::<HuntTopic>(id).await?.ok_or(NotDone::NotFound("hunt"))?;
    if hunt.standing != HuntStanding::Asked {
        return Err(NotDone::NotFound("open hunt"));
    }
    let (mandate, batches) = load(acts, hunt.mandate, &hunt.question).await?;
    let facts = |batch| facts::dataset(batch, &mandate, &hunt.question.directions);
    let datasets = batches.values().filter_map(facts).collect();
    let under = Under::checked(acts, asking, (proven, hunt.intent, GovernedAct::Hunt), datasets).await?;
    Ok((hunt, under))
}
