//! The clerk's rounds: beat, end what is over, speak with the commission, have keys destroyed.
//!
//! Each duty looks at what stands, does what is due, and can be done twice without harm. What fails is
//! said in the log of the program and tried again at the next round.

mod beat;
mod disposal;
mod dossiers;
mod restart;
mod stops;

use crate::{Commission, Scribe};
use noroshi_acts::{Acts, Asking, NotDone, Random};
use noroshi_authz::{Machine, Principal};
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_model::{Country, MachineId, Micros, OrgId, OrgKind};
use noroshi_store::StoreError;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use uuid::Uuid;

/// The clerk. Cheap to clone.
#[derive(Clone)]
pub struct Duties {
    acts: Acts,
    scribe: Scribe,
    commission: Option<Commission>,
    principal: Arc<Principal>,
    random: Arc<Random>,
    /// The number of the last heartbeat this clerk wrote, 0 before the first.
    beaten: Arc<AtomicU64>,
    /// Whose turn it is to be asked about at the commission.
    turns: Arc<stops::Turns>,
}

impl std::fmt::Debug for Duties {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Duties").field("commission", &self.commission).finish_non_exhaustive()
    }
}

impl Duties {
    /// The clerk of a hub run by `centre`. Without a commission to speak with, nothing is decided and no key
    /// is destroyed: requests wait.
    pub fn new(acts: Acts, scribe: Scribe, commission: Option<Commission>, centre: OrgId, random: Arc<Random>) -> Self {
        // A machine without a single scope: the policies permit it nothing, and its duties ask for nothing.
        let machine = Machine {
            country: Country::JAPAN,
            id: MachineId(Uuid::nil()),
            org: centre,
            org_kind: OrgKind::NationalCentre,
            mandate: None,
            not_after: Micros(i64::MAX),
            active: true,
            scopes: BTreeSet::new(),
        };
        Self {
            acts,
            scribe,
            commission,
            principal: Arc::new(Principal::Machine(machine)),
            random,
            beaten: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// Asking as the clerk, at a time.
    fn asking(&self, now: Micros) -> Asking<'_> {
        Asking { principal: &self.principal, at: now, evidence: None, random: &*self.random }
    }

    /// One round of everything but the heartbeat.
    ///
    /// # Errors
    /// What the database says; what the commission says is logged and tried again.
    pub async fn round(&self, now: Micros) -> Result<(), NotDone> {
        self.end_terms(now).await?;
        self.bring_decisions(now).await?;
        self.bring_stops(now).await?;
        self.destroy_keys(now).await
    }

    /// Records terms that ran out.
    async fn end_terms(&self, now: Micros) -> Result<(), NotDone> {
        for mandate in self.mandates().await? {
            let over = mandate.live_at(now).is_none()
                && mandate.granted().is_some_and(|granted| granted.terms.until <= now)
                && mandate.in_force();
            if over {
                let ended = noroshi_acts::mandates::expire(&self.acts, &self.asking(now), mandate.id).await;
                go_on(ended, "a term that ran out", mandate.id)?;
            }
        }
        Ok(())
    }

    /// Every mandate, oldest first.
    async fn mandates(&self) -> Result<Vec<Mandate>, StoreError> {
        let mut all = Vec::new();
        for id in self.acts.db.every_id::<MandateTopic>().await? {
            all.extend(self.acts.db.load::<MandateTopic>(id).await?.map(|(mandate, _)| mandate));
        }
        Ok(all)
    }
}

/// What one thing refuses must not keep the clerk from the next: it is logged, and looked at again at the
/// next round. Only a database that fails ends the round.
fn go_on<T>(done: Result<T, NotDone>, what: &'static str, thing: impl std::fmt::Display) -> Result<Option<T>, NotDone> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(NotDone::Store(error)) => Err(NotDone::Store(error)),
        Err(why) => {
            tracing::warn!(%thing, %why, "{what}");
            Ok(None)
        }
    }
}

/// Runs a call to the commission off the runtime's threads; `None` when it failed, which is logged.
async fn told<T: Send + 'static>(
    what: &'static str,
    call: impl FnOnce() -> Result<T, crate::CommissionError> + Send + 'static,
) -> Option<T> {
    match tokio::task::spawn_blocking(call).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) if error.may_pass() => {
            tracing::debug!(what, %error, "will be tried again");
            None
        }
        Ok(Err(error)) => {
            tracing::warn!(what, %error, "the commission");
            None
        }
        Err(error) => {
            tracing::error!(what, %error, "a call to the commission ended badly");
            None
        }
    }
}
