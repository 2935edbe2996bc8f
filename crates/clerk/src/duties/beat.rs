//! Heartbeats: silence shows as a gap in the log.

use super::Duties;
use noroshi_acts::NotDone;
use noroshi_leaf::body::Heartbeat;
use noroshi_leaf::{Actor, Body, Leaf};
use noroshi_model::Micros;
use noroshi_store::LeafEntry;
use std::sync::atomic::Ordering;

impl Duties {
    /// Writes one heartbeat, unless the one before has no place in the log yet: then silence is the truth.
    ///
    /// # Errors
    /// What the database says.
    pub async fn beat(&self, now: Micros) -> Result<(), NotDone> {
        let (beats, open_intents) = self.scribe.standing(|standing| (standing.beats, standing.open.len() as u64));
        let number = beats.saturating_add(1);
        if self.beaten.load(Ordering::Acquire) > beats {
            return Ok(());
        }
        let body = Body::Heartbeat(Heartbeat { number, open_intents });
        let leaf = Leaf::new(self.asking(now).id(), now, Actor::Hub, body);
        let entry = LeafEntry { id: leaf.id, bytes: leaf.to_bytes()? };
        self.acts.db.record_line(now, &entry).await?;
        self.beaten.store(number, Ordering::Release);
        Ok(())
    }
}
