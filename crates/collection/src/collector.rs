//! A collector: receives one carrier's exports while a mandate is in force, one batch after the other.

mod batch;
mod detect;
mod load;

use crate::gate::Places;
use crate::{Means, VaultError};
use noroshi_acts::NotDone;
use noroshi_casework::batch::{BatchStanding, BatchTopic};
use noroshi_casework::mandate::{Granted, Mandate, MandateTopic};
use noroshi_detect::engine::EngineError;
use noroshi_detect::run::Run;
use noroshi_flow::SinkError;
use noroshi_ingest::udp::listen::{ListenError, Received, Shared};
use noroshi_mandate::{MandateError, Refusal};
use noroshi_model::{BatchId, MandateId, OrgId};
use noroshi_office::{CollectorConfig, NotRead};
use noroshi_select::{Before, NotAnInput};
use noroshi_store::StoreError;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// Between two looks for a mandate to serve.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// After something failed; doubled each time up to the last, so that a refusal that stays does not fill the ledger.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(600));
/// Between two looks for batches whose keys are destroyed.
const TIDY: Duration = Duration::from_secs(600);

/// Why a batch was not collected. Whatever had begun is closed on the record.
#[derive(Debug, thiserror::Error)]
pub enum NotCollected {
    /// The mandate is not in force.
    #[error("mandate {0} is not in force now")]
    NotLive(MandateId),
    /// A volume of the mandate is used up.
    #[error("mandate {0} has used up its volume; a new version must be asked for")]
    Volume(MandateId),
    /// The machine is not registered, or no longer.
    #[error(
        "no live certificate with the fingerprint {0} is registered; its organisation's administrator registers it"
    )]
    Machine(String),
    /// Refused, or not recorded.
    #[error(transparent)]
    NotDone(#[from] NotDone),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The terms cannot be compiled into a gate.
    #[error(transparent)]
    Gate(#[from] MandateError),
    /// The gate refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was not split, deposited or released.
    #[error(transparent)]
    Key(#[from] NotRead),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The input of the selection cannot be sealed.
    #[error(transparent)]
    Input(#[from] NotAnInput),
    /// Receiving failed.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] SinkError),
    /// A query failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// A batch that was collected.
#[derive(Debug)]
pub struct Collected {
    /// Which.
    pub batch: BatchId,
    /// What was received, dropped and lost.
    pub received: Received,
    /// The selection in force at its end, and what opens the commitment to it: the next batch begins with it.
    pub before: Before,
    /// What the detectors found; `None` when the mandate had ended before they could look.
    pub run: Option<Run>,
}

/// A collector of one source.
#[derive(Debug)]
pub struct Collector {
    means: Means,
    settings: CollectorConfig,
}

impl Collector {
    /// Over a source, as configured.
    pub const fn new(means: Means, settings: CollectorConfig) -> Self {
        Self { means, settings }
    }

    /// Follows mandates until `shared.stop`: while one of this source's carrier is in force, one batch after the
    /// other. Blocks its thread, which must not be one of the runtime's.
    ///
    /// What fails is logged and tried again after a pause that grows.
    pub fn follow(&self, runtime: &Handle, shared: &Shared) {
        let (mut selections, mut pause) = (BTreeMap::<MandateId, Before>::new(), PAUSES.0);
        let mut tidied: Option<Instant> = None;
        while !shared.stop.load(Ordering::Relaxed) {
            if tidied.is_none_or(|at| at.elapsed() >= TIDY) {
                tidied = Some(Instant::now());
                if let Err(error) = runtime.block_on(self.tidy()) {
                    tracing::error!(source = self.settings.source, %error, "batches whose keys are destroyed");
                }
            }
            let id = match runtime.block_on(self.to_serve()) {
                Ok(Some(id)) => id,
                Ok(None) => {
                    wait(LOOK_AGAIN, shared);
                    continue;
                }
                Err(error) => {
                    tracing::error!(source = self.settings.source, %error, "looking for a mandate");
                    wait(PAUSES.0, shared);
                    continue;
                }
            };
            let known = selections.get(&id).cloned();
            // A batch ends by itself; the hub's own stop is passed on to it.
            let inner = Shared::default();
            let stop = |inner: &Shared| {
                if shared.stop.load(Ordering::Relaxed) {
                    inner.stop.store(true, Ordering::Relaxed);
                }
            };
            match self.batch(runtime, id, known, &inner, |at| self.listening(id, at), &mut || stop(&inner)) {
                Ok(collected) => {
                    pause = PAUSES.0;
                    let findings = collected.run.as_ref().map_or(0, |run| run.findings.len());
                    tracing::info!(source = self.settings.source, batch = %collected.batch, findings, "a batch is kept");
                    selections.insert(id, collected.before);
                }
                Err(error) => {
                    tracing::error!(source = self.settings.source, mandate = %id, %error, "collection");
                    wait(pause, shared);
                    pause = pause.saturating_mul(2).min(PAUSES.1);
                }
            }
        }
    }

    /// Removes what is left of batches whose keys are destroyed.
    async fn tidy(&self) -> Result<(), NotCollected> {
        for id in self.means.vault.batches()? {
            let batch = self.means.acts.db.load::<BatchTopic>(id).await?;
            if batch.is_some_and(|(batch, _)| matches!(batch.standing, BatchStanding::Disposed { .. })) {
                self.means.vault.forget(id)?;
            }
        }
        Ok(())
    }

    fn listening(&self, mandate: MandateId, at: SocketAddr) {
        tracing::info!(source = self.settings.source, %mandate, %at, "collecting");
    }

    /// The oldest mandate in force whose terms name the machine's organisation as carrier or party.
    async fn to_serve(&self) -> Result<Option<MandateId>, NotCollected> {
        let (db, now) = (&self.means.acts.db, self.means.now());
        let Some((organisation, _)) = db.certificate(&self.settings.machine.0, now).await? else { return Ok(None) };
        for id in db.every_id::<MandateTopic>().await? {
            let wanted = self.settings.mandate.is_none_or(|only| only == id);
            let Some((mandate, _)) = db.load::<MandateTopic>(id).await?.filter(|_| wanted) else { continue };
            if mandate.live_at(now).is_some_and(|granted| concerns(granted, organisation.id)) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn places(&self) -> Places {
        let CollectorConfig { foreign, registries, country, .. } = &self.settings;
        Places { foreign: foreign.clone(), files: registries.clone(), country: country.clone() }
    }

    /// A mandate as it stands, if it is in force.
    async fn live(&self, id: MandateId) -> Result<(Mandate, Granted), NotCollected> {
        let loaded = self.means.acts.db.load::<MandateTopic>(id).await?;
        let live = loaded.and_then(|(mandate, _)| {
            let granted = mandate.live_at(self.means.now())?.clone();
            Some((mandate, granted))
        });
        live.ok_or(NotCollected::NotLive(id))
    }
}

fn concerns(granted: &Granted, organisation: OrgId) -> bool {
    granted.terms.carrier == organisation || granted.terms.party == Some(organisation)
}

/// Waits, but not beyond a stop.
fn wait(pause: Duration, shared: &Shared) {
    const STEP: Duration = Duration::from_millis(200);
    let mut left = pause;
    while !left.is_zero() && !shared.stop.load(Ordering::Relaxed) {
        std::thread::sleep(STEP.min(left));
        left = left.saturating_sub(STEP);
    }
}
