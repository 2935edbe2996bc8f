//! An hour is run again for an inspection (再実行): the intent before, what was handed over after.

use crate::{Acts, Asking, NotDone, facts};
use noroshi_authz::{ActKind, act};
use noroshi_casework::batch::BatchTopic;
use noroshi_casework::mandate::MandateTopic;
use noroshi_leaf::{Abort, AbortReason, Actor, Body, Commitment, Digest, Done, GovernedAct, Intent};
use noroshi_model::{BatchId, IntentId, Micros, Purpose};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A run that may begin once its intent has its receipt.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its intent.
    pub intent: IntentId,
    /// The line of that intent.
    pub intent_line: Uuid,
    /// When it began.
    pub at: Micros,
}

/// Writes the intent to hand the input of a batch's selection to the commission, which asked under `number`.
///
/// It is the mechanical selection once more, so the policies ask what they ask of it: a machine of the national
/// centre that is bound to the mandate, in force.
///
/// # Errors
/// [`NotDone`]; refusals by policy are on the record.
pub async fn begin(acts: &Acts, asking: &Asking<'_>, batch: BatchId, number: u64) -> Result<Begun, NotDone> {
    let (batch, _) = acts.db.load::<BatchTopic>(batch).await?.ok_or(NotDone::NotFound("batch"))?;
    let (mandate, _) = acts.db.load::<MandateTopic>(batch.mandate()).await?.ok_or(NotDone::NotFound("mandate"))?;
    let directions = mandate.granted().map(|granted| granted.terms.directions.clone()).unwrap_or_default();
    let intent = IntentId(asking.id());
    let permitted = facts::dataset(&batch, &mandate, &directions)
        .ok_or(NotDone::NotFound("mandate in force"))
        .and_then(|dataset| {
            let circumstances = asking.circumstances().for_purpose(Purpose::FindAttackServers);
            let foreseen = acts.authz.foreseen::<act::RunDetectors>(asking.principal, &dataset, &circumstances, intent);
            foreseen.map_err(NotDone::Refused)
        });
    let policies = match permitted {
        Ok(policies) => policies,
        Err(why) => return acts.refuse(asking, ActKind::RunDetectors, Some(mandate.id), why).await,
    };
    let leaf = asking.line(Body::Intent(Box::new(Intent {
        act: GovernedAct::Reproduce,
        batches: BTreeSet::from([batch.opened.batch]),
        build: acts.build,
        deadline: acts.look_deadline(asking.at),
        directions,
        evidence: None,
        intent,
        mandate: mandate.id,
        policies: policies.into_iter().collect(),
        policy_set: acts.policy_set(),
        purpose: Purpose::FindAttackServers,
        scope: Commitment::to(format!("{} {number}", batch.opened.batch).as_bytes(), &asking.salt()),
        version: mandate.granted().map_or(0, |granted| granted.version),
    })))?;
    acts.db.record_line(asking.at, &leaf).await?;
    Ok(Begun { intent, intent_line: leaf.id, at: asking.at })
}

/// Records that the input was handed over: `given` is the digest of what went, still encrypted.
///
/// # Errors
/// [`NotDone`].
pub async fn close(acts: &Acts, asking: &Asking<'_>, begun: &Begun, given: Digest) -> Result<(), NotDone> {
    let elapsed_micros = u64::try_from(asking.at.0.saturating_sub(begun.at.0)).unwrap_or_default();
    let leaf = asking.line(Body::Done(Done { digest: given, elapsed_micros, intent: begun.intent, rows: 1 }))?;
    Ok(acts.db.record_line(asking.at, &leaf).await?)
}

/// Records that it was given up.
///
/// # Errors
/// [`NotDone`].
pub async fn give_up(acts: &Acts, asking: &Asking<'_>, intent: IntentId, reason: AbortReason) -> Result<(), NotDone> {
    let leaf = asking.line_by(Actor::Hub, Body::Abort(Abort { intent, reason }))?;
    Ok(acts.db.record_line(asking.at, &leaf).await?)
}
