//! Begin: the split key and the intent to collect stand in the ledger before the first record comes.

use super::load;
use crate::{Acts, Asking, NotDone, Proven, Under, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::batch::{self, Batch, BatchTopic, Command, Event};
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_leaf::{BatchOpened, Body, Commitment, GovernedAct, Intent};
use noroshi_model::{IntentId, Purpose};
use noroshi_store::{Record, Version};
use std::collections::BTreeSet;

/// A batch that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The batch.
    pub batch: Batch,
    /// The intent to collect; [`super::seal`] closes it.
    pub intent: IntentId,
    /// The line of that intent: its receipt is what collection waits for.
    pub intent_line: uuid::Uuid,
}

/// Begins a batch under a live mandate, for a machine that is bound to it. `previous` is the number of the
/// batch before it of the same mandate and source, 0 for none; `scope` says what will be selected.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn begin(
    acts: &Acts,
    asking: &Asking<'_>,
    opened: BatchOpened,
    previous: u64,
    scope: Commitment,
) -> Result<Begun, NotDone> {
    let id = opened.mandate;
    let (mandate, _) = acts.db.load::<MandateTopic>(id).await?.ok_or(NotDone::NotFound("mandate"))?;
    let intent = IntentId(asking.id());
    let (event, policies) = match decided(acts, asking, &mandate, opened, previous, intent) {
        Ok(decided) => decided,
        Err(why) => return acts.refuse(asking, ActKind::Collect, Some(id), why).await,
    };
    let Some(batch) = batch::apply(None, &event) else {
        return Err(NotDone::NotFound("batch"));
    };
    // The batch first: the intent names it, and a reader of the log must know what is named.
    let opened = asking.line(Body::BatchOpened(batch.opened.clone()))?;
    let before =
        asking.line(Body::Intent(Box::new(collect(acts, asking, &mandate, &batch, (intent, policies), scope))))?;
    let intent_line = before.id;
    let mut record = Record::of::<BatchTopic>(batch.opened.batch, Version::NEW, asking.at, &[event], opened)?;
    record.further.push(before);
    acts.db.record("acts::batch::begin", &record).await?;
    Ok(Begun { batch, intent, intent_line })
}

/// Checks a batch again, now that its intent has its place in the ledger: only then may the first record come.
///
/// # Errors
/// [`NotDone::NoReceipt`] with the receipt of another act; refusals are on the record.
pub async fn permit(
    acts: &Acts,
    asking: &Asking<'_>,
    begun: &Begun,
    proven: &Proven,
) -> Result<Under<act::Collect>, NotDone> {
    let (batch, _, mandate) = load(acts, begun.batch.opened.batch).await?;
    let dataset = facts::all(&batch, &mandate).ok_or(NotDone::NotFound("mandate in force"))?;
    Under::checked(acts, asking, (proven, begun.intent, GovernedAct::Collect), vec![dataset]).await
}

fn decided(
    acts: &Acts,
    asking: &Asking<'_>,
    mandate: &Mandate,
    opened: BatchOpened,
    previous: u64,
    intent: IntentId,
) -> Result<(Event, Vec<String>), NotDone> {
    let command = Command::Open { opened, previous };
    let event = batch::decide(None, &command, mandate, acts.roster.seal, asking.at)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))?;
    let batch = batch::apply(None, &event).ok_or(NotDone::NotFound("batch"))?;
    let dataset = facts::all(&batch, mandate).ok_or(NotDone::NotFound("mandate in force"))?;
    let circumstances = asking.circumstances().for_purpose(Purpose::FindAttackServers);
    let foreseen = acts.authz.foreseen::<act::Collect>(asking.principal, &dataset, &circumstances, intent);
    foreseen.map(|policies| (event, policies)).map_err(NotDone::Refused)
}

fn collect(
    acts: &Acts,
    asking: &Asking<'_>,
    mandate: &Mandate,
    batch: &Batch,
    (intent, policies): (IntentId, Vec<String>),
    scope: Commitment,
) -> Intent {
    Intent {
        act: GovernedAct::Collect,
        batches: BTreeSet::from([batch.opened.batch]),
        build: acts.build,
        deadline: acts.collection_deadline(asking.at),
        directions: mandate.granted().map(|granted| granted.terms.directions.clone()).unwrap_or_default(),
        evidence: asking.evidence,
        intent,
        mandate: mandate.id,
        policies: policies.into_iter().collect(),
        policy_set: acts.policy_set(),
        purpose: Purpose::FindAttackServers,
        scope,
        version: batch.opened.version,
    }
}
