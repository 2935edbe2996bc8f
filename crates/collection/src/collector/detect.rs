//! The detectors look at a sealed batch: an act of its own, by a machine of the national centre.

use super::{Collector, NotCollected};
use crate::keys::release;
use noroshi_acts::detections;
use noroshi_detect::live::Closed;
use noroshi_detect::run::Run;
use noroshi_mandate::{Collect, Mandate as Gate, authorise};
use noroshi_model::{BatchId, Finding, MandateId};
use std::fs::File;
use tokio::runtime::Handle;

impl Collector {
    /// Runs the detectors over a batch, its records decrypted with the commission's half of the key; `None` when the
    /// mandate is no longer in force, so that nobody may look.
    pub(super) fn look(
        &self,
        runtime: &Handle,
        id: MandateId,
        gate: &Gate,
        batch: BatchId,
        closed: Closed,
    ) -> Result<Option<Run>, NotCollected> {
        if runtime.block_on(self.live(id)).is_err() {
            return Ok(None);
        }
        let centre = runtime.block_on(self.bound(&self.settings.detector.0, id))?;
        let acts = &self.means.acts;
        let begun = runtime.block_on(detections::begin(acts, &self.means.asking(&centre), batch))?;
        let looked = runtime.block_on(release(&self.means, begun.intent, begun.intent_line)).map_err(Into::into);
        let looked = looked.and_then(|released| {
            let clear = self.means.vault.clear()?;
            let lake = clear.path().join("lake.parquet");
            let key = released.keys.get(&batch).ok_or(NotCollected::NotLive(id))?;
            let file = File::create(&lake)
                .map_err(|source| crate::VaultError::Io { path: lake.display().to_string(), source })?;
            let asking = self.means.asking(&centre);
            let under = runtime.block_on(detections::permit(acts, &asking, begun.intent, &released.proven))?;
            self.means.vault.open_batch(&under.permit(acts, &asking)?, key, file)?;
            let permit = authorise::<Collect>(gate, self.means.now())?;
            Ok(closed.look(&permit, &lake)?)
        });
        match looked {
            Ok(run) => {
                let found: Vec<Finding> = run.findings.clone();
                runtime.block_on(detections::close(acts, &self.means.asking(&centre), begun.intent, found))?;
                Ok(Some(run))
            }
            Err(why) => {
                runtime.block_on(self.give_up(&centre, batch, begun.intent))?;
                Err(why)
            }
        }
    }
}
