//! An hour is run again for an inspection (再実行): the intent before, what was handed over after.

use crate::selecting::Over;
use crate::{Acts, Asking, NotDone, Proven, Under};
use noroshi_authz::{ActKind, act};
use noroshi_leaf::{Abort, AbortReason, Actor, Body, Digest, Done, GovernedAct};
use noroshi_model::{BatchId, IntentId, Micros};
use uuid::Uuid;

/// A run that may begin once its intent has its receipt.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Of which batch.
    pub batch: BatchId,
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
    let (over, intent) = (Over::load(acts, batch).await?, IntentId(asking.id()));
    let policies = match over.foreseen(acts, asking, intent) {
        Ok(policies) => policies,
        Err(why) => return acts.refuse(asking, ActKind::RunDetectors, Some(over.mandate.id), why).await,
    };
    let scope = format!("{batch} {number}");
    let told = over.intent(acts, asking, (GovernedAct::Reproduce, &scope), (intent, policies));
    let leaf = asking.line(Body::Intent(Box::new(told)))?;
    acts.db.record_line(asking.at, &leaf).await?;
    Ok(Begun { batch, intent, intent_line: leaf.id, at: asking.at })
}

/// Checks the run again, now that its intent has its place in the ledger: which batch's input may be handed over.
///
/// # Errors
/// [`NotDone::NoReceipt`] with the receipt of another act; refusals are on the record.
pub async fn permit(
    acts: &Acts,
    asking: &Asking<'_>,
    begun: &Begun,
    proven: &Proven,
) -> Result<Under<act::RunDetectors>, NotDone> {
    let over = Over::load(acts, begun.batch).await?;
    over.under(acts, asking, (proven, begun.intent, GovernedAct::Reproduce)).await
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
