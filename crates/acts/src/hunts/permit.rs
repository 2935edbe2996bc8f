//! With its receipt, and only then, a hunt may read.

use super::load;
use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, Permit, act, resource::Dataset};
use noroshi_casework::hunt::{Hunt, HuntStanding, HuntTopic};
use noroshi_model::HuntId;

/// What a hunt is permitted to read: its question and the batches, as checked just now.
#[derive(Debug)]
pub struct Under {
    /// The hunt.
    pub hunt: Hunt,
    datasets: Vec<Dataset>,
}

impl Under {
    /// A permit for each batch. They borrow this and cannot leave the thread: read, and let them go.
    ///
    /// # Errors
    /// The first refusal.
    pub fn permits(&self, acts: &Acts, asking: &Asking<'_>) -> Result<Vec<Permit<'_, act::Hunt>>, NotDone> {
        let circumstances = asking
            .circumstances()
            .for_purpose(self.hunt.question.reason_code.purpose())
            .with_receipt(self.hunt.intent)
            .within_budget();
        let permit = |dataset| acts.authz.authorise::<act::Hunt>(asking.principal, dataset, &circumstances);
        self.datasets.iter().map(|dataset| permit(dataset).map_err(NotDone::Refused)).collect()
    }
}

/// Checks an open hunt again, now that its intent has its place in the ledger (`receipt`, as kept by the
/// store with the intent's line).
///
/// # Errors
/// [`NotDone::NoReceipt`] while there is none; refusals are on the record.
pub async fn permit(acts: &Acts, asking: &Asking<'_>, id: HuntId, receipt: Option<&[u8]>) -> Result<Under, NotDone> {
    let (hunt, _) = acts.db.load::<HuntTopic>(id).await?.ok_or(NotDone::NotFound("hunt"))?;
    if hunt.standing != HuntStanding::Asked {
        return Err(NotDone::NotFound("open hunt"));
    }
    if receipt.is_none() {
        return Err(NotDone::NoReceipt);
    }
    let (mandate, batches) = load(acts, hunt.mandate, &hunt.question).await?;
    let facts = |batch| facts::dataset(batch, &mandate, &hunt.question.directions);
    let datasets: Vec<_> = batches.values().filter_map(facts).collect();
    let under = Under { datasets, hunt };
    let refused = under.permits(acts, asking).err();
    match refused {
        None => Ok(under),
        Some(why) => acts.refuse(asking, ActKind::Hunt, Some(under.hunt.mandate), why).await,
    }
}
