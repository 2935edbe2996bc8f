//! What everybody may know: counts, and nothing else.

use super::{Desk, store};
use noroshi_casework::batch::{BatchStanding, BatchTopic};
use noroshi_casework::mandate::{Event, MandateTopic, Standing};
use noroshi_web::office::{OfficeError, PublicNumbers};

impl Desk {
    pub(super) async fn count(&self) -> Result<PublicNumbers, OfficeError> {
        let mut numbers = self.scribe.standing(|standing| PublicNumbers {
            opened: standing.opened,
            shared: standing.shared,
            refusals: standing.refusals,
            ..PublicNumbers::default()
        });
        for id in self.all::<MandateTopic>().await? {
            for recorded in self.acts.db.history::<MandateTopic>(id).await.map_err(store)? {
                match recorded.event {
                    Event::Requested { .. } => numbers.requested += 1,
                    Event::Granted { .. } => numbers.granted += 1,
                    Event::Denied { .. } => numbers.refused += 1,
                    _ => {}
                }
            }
            let live = self.acts.db.load::<MandateTopic>(id).await.map_err(store)?;
            numbers.live += u64::from(live.is_some_and(|(mandate, _)| matches!(mandate.standing, Standing::Live(_))));
            let hunts = self.acts.db.count_of::<noroshi_casework::hunt::HuntTopic>(&id.to_string()).await;
            numbers.hunts += hunts.map_err(store)?;
        }
        for id in self.all::<BatchTopic>().await? {
            let Some((batch, _)) = self.acts.db.load::<BatchTopic>(id).await.map_err(store)? else { continue };
            let sealed = match batch.standing {
                BatchStanding::Open => continue,
                BatchStanding::Sealed(sealed) => {
                    numbers.batches_kept += 1;
                    sealed
                }
                BatchStanding::Disposed { sealed, .. } => {
                    numbers.batches_disposed += 1;
                    sealed
                }
            };
            numbers.received += sealed.received;
            numbers.dropped += sealed.out_of_mandate.values().sum::<u64>();
            numbers.aggregated += sealed.aggregated_only;
            numbers.selected += sealed.selected;
        }
        Ok(numbers)
    }
}
