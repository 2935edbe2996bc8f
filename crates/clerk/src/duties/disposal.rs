//! Keys are destroyed when their time is over, and the last line of a mandate says that all of them are.

use super::{Duties, go_on, told};
use noroshi_acts::{NotDone, batches, mandates};
use noroshi_casework::batch::{Batch, BatchStanding, BatchTopic};
use noroshi_casework::mandate::{Mandate, MandateTopic, Standing};
use noroshi_leaf::{DisposalReason, Disposed};
use noroshi_model::{BatchId, MandateId, Micros};
use std::collections::BTreeMap;

impl Duties {
    /// Has the commission destroy its share of every batch that is due; then says so of mandates that are over.
    pub(super) async fn destroy_keys(&self, now: Micros) -> Result<(), NotDone> {
        let mut by_mandate: BTreeMap<MandateId, Vec<Batch>> = BTreeMap::new();
        for batch in self.batches().await? {
            by_mandate.entry(batch.mandate()).or_default().push(batch);
        }
        for (id, batches) in by_mandate {
            let Some((mandate, _)) = self.acts.db.load::<MandateTopic>(id).await? else { continue };
            let mut left = 0;
            for batch in &batches {
                left += usize::from(!self.destroyed(&mandate, batch, now).await?);
            }
            if left == 0 && matches!(mandate.standing, Standing::Over { .. }) {
                let ids: Vec<BatchId> = batches.iter().map(|batch| batch.opened.batch).collect();
                go_on(mandates::dispose(&self.acts, &self.asking(now), id, &ids).await, "the end of a mandate", id)?;
            }
        }
        self.end_without_batches(now).await
    }

    /// Whether a batch is destroyed, after having it destroyed if it is due.
    async fn destroyed(&self, mandate: &Mandate, batch: &Batch, now: Micros) -> Result<bool, NotDone> {
        if matches!(batch.standing, BatchStanding::Disposed { .. }) {
            return Ok(true);
        }
        let Some((_, reason)) = batch.due(mandate).filter(|(due, _)| *due <= now) else {
            return Ok(false);
        };
        self.destroy(batch, reason, now).await
    }

    async fn destroy(&self, batch: &Batch, reason: DisposalReason, now: Micros) -> Result<bool, NotDone> {
        let Some(commission) = self.commission.clone() else {
            return Ok(false);
        };
        let (mandate, id) = (batch.mandate(), batch.opened.batch);
        let Some(certificate) = told("destruction", move || commission.destroy(mandate, &[id])).await else {
            return Ok(false);
        };
        let done = batches::dispose(&self.acts, &self.asking(now), id, Disposed { certificate, reason }).await;
        Ok(go_on(done, "a certificate of destruction", id)?.is_some())
    }

    /// A mandate that is over and never kept anything has nothing to destroy, and says so.
    async fn end_without_batches(&self, now: Micros) -> Result<(), NotDone> {
        let kept: std::collections::BTreeSet<_> = self.batches().await?.iter().map(Batch::mandate).collect();
        for mandate in self.mandates().await? {
            if matches!(mandate.standing, Standing::Over { .. }) && !kept.contains(&mandate.id) {
                let done = mandates::dispose(&self.acts, &self.asking(now), mandate.id, &[]).await;
                go_on(done, "the end of a mandate that kept nothing", mandate.id)?;
            }
        }
        Ok(())
    }

    /// Every batch, oldest first.
    async fn batches(&self) -> Result<Vec<Batch>, NotDone> {
        let mut all = Vec::new();
        for id in self.acts.db.every_id::<BatchTopic>().await? {
            all.extend(self.acts.db.load::<BatchTopic>(id).await?.map(|(batch, _)| batch));
        }
        Ok(all)
    }
}
