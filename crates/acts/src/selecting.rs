//! What the detectors and a run for an inspection have in common: the mechanical selection over one batch (自動選別),
//! asked of the policies in the same words.

use crate::{Acts, Asking, NotDone, Proven, Under, facts};
use noroshi_authz::act;
use noroshi_authz::resource::Dataset;
use noroshi_casework::batch::{Batch, BatchTopic};
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_leaf::{Commitment, GovernedAct, Intent};
use noroshi_model::{BatchId, IntentId, Purpose};
use std::collections::BTreeSet;

/// A batch with its mandate, as loaded.
pub(crate) struct Over {
    pub(crate) batch: Batch,
    pub(crate) mandate: Mandate,
}

impl Over {
    /// Loads both.
    pub(crate) async fn load(acts: &Acts, batch: BatchId) -> Result<Self, NotDone> {
        let (batch, _) = acts.db.load::<BatchTopic>(batch).await?.ok_or(NotDone::NotFound("batch"))?;
        let (mandate, _) = acts.db.load::<MandateTopic>(batch.mandate()).await?.ok_or(NotDone::NotFound("mandate"))?;
        Ok(Self { batch, mandate })
    }

    /// The rules that permit the selection, all but the receipt being there.
    pub(crate) fn foreseen(
        &self,
        acts: &Acts,
        asking: &Asking<'_>,
        intent: IntentId,
    ) -> Result<BTreeSet<String>, NotDone> {
        let dataset = self.dataset()?;
        let circumstances = asking.circumstances().for_purpose(Purpose::FindAttackServers);
        let foreseen = acts.authz.foreseen::<act::RunDetectors>(asking.principal, &dataset, &circumstances, intent);
        Ok(foreseen.map_err(NotDone::Refused)?.into_iter().collect())
    }

    /// What the policies are told of it.
    fn dataset(&self) -> Result<Dataset, NotDone> {
        facts::all(&self.batch, &self.mandate).ok_or(NotDone::NotFound("mandate in force"))
    }

    /// What may be looked at, now that the intent `intent` to do `act` is proven.
    pub(crate) async fn under(
        &self,
        acts: &Acts,
        asking: &Asking<'_>,
        (proven, intent, act): (&Proven, IntentId, GovernedAct),
    ) -> Result<Under<act::RunDetectors>, NotDone> {
        Under::checked(acts, asking, (proven, intent, act), vec![self.dataset()?]).await
    }

    /// The intent that the ledger is told; `scope` is what it commits to.
    pub(crate) fn intent(
        &self,
        acts: &Acts,
        asking: &Asking<'_>,
        (act, scope): (GovernedAct, &str),
        (intent, policies): (IntentId, BTreeSet<String>),
    ) -> Intent {
        let granted = self.mandate.granted();
        Intent {
            act,
            batches: BTreeSet::from([self.batch.opened.batch]),
            build: acts.build,
            deadline: acts.look_deadline(asking.at),
            directions: granted.map(|granted| granted.terms.directions.clone()).unwrap_or_default(),
            evidence: None,
            intent,
            mandate: self.mandate.id,
            policies,
            policy_set: acts.policy_set(),
            purpose: Purpose::FindAttackServers,
            scope: Commitment::to(scope.as_bytes(), &asking.salt()),
            version: granted.map_or(0, |granted| granted.version),
        }
    }
}
