//! After a start: intents of the last run that nobody will close any more are given up, on the record.

use super::Duties;
use noroshi_acts::{NotDone, batches};
use noroshi_casework::hunt::{HuntStanding, HuntTopic};
use noroshi_leaf::AbortReason;
use noroshi_model::Micros;

impl Duties {
    /// Closes every open intent with `restarted`. Called once, before anything new begins.
    ///
    /// # Errors
    /// What the database says.
    pub async fn after_restart(&self, now: Micros) -> Result<usize, NotDone> {
        let mut open = self.scribe.standing(|standing| standing.open.clone());
        let found = open.len();
        // Most starts find nothing open, and need not read every hunt.
        let hunts = if open.is_empty() { Vec::new() } else { self.acts.db.every_id::<HuntTopic>().await? };
        for id in hunts {
            if open.is_empty() {
                break;
            }
            let Some((hunt, _)) = self.acts.db.load::<HuntTopic>(id).await? else { continue };
            if hunt.standing == HuntStanding::Asked && open.remove(&hunt.intent).is_some() {
                noroshi_acts::hunts::give_up(&self.acts, &self.asking(now), id, AbortReason::Restarted).await?;
            }
        }
        for (intent, named) in open {
            batches::abandon(&self.acts, &self.asking(now), &named, intent, AbortReason::Restarted).await?;
        }
        Ok(found)
    }
}
