//! Seal: the balance of what came, what was dropped and what was kept.

use super::load;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::ActKind;
use noroshi_casework::batch::{self, Batch, BatchTopic, Command};
use noroshi_leaf::{Abort, AbortReason, Actor, BatchSealed, Body, Done};
use noroshi_model::IntentId;
use noroshi_store::Record;

/// Seals a batch and closes its intent to collect.
///
/// # Errors
/// [`NotDone`]; a balance that does not add up, or more than the terms allow, is on the record as a refusal.
pub async fn seal(acts: &Acts, asking: &Asking<'_>, sealed: BatchSealed, intent: IntentId) -> Result<Batch, NotDone> {
    let id = sealed.batch;
    let (batch, version, mandate) = load(acts, id).await?;
    let began = batch.at;
    let decided = batch::decide(Some(&batch), &Command::Seal(sealed.clone()), &mandate, acts.roster.seal, asking.at);
    let event = match decided {
        Ok(event) => event,
        Err(refused) => {
            let why = NotDone::rule(refused.rule(), &refused);
            return acts.refuse(asking, ActKind::Collect, Some(mandate.id), why).await;
        }
    };
    let elapsed_micros = u64::try_from(asking.at.0.saturating_sub(began.0)).unwrap_or_default();
    let done = Done { digest: sealed.ciphertext, elapsed_micros, intent, rows: sealed.selected };
    let events = [event];
    let leaf = asking.line(Body::BatchSealed(sealed))?;
    let mut record = Record::of::<BatchTopic>(id, version, asking.at, &events, leaf)?;
    record.further.push(asking.line(Body::Done(done))?);
    acts.db.record("acts::batch::seal", &record).await?;
    let [event] = events;
    batch::apply(Some(batch), &event).ok_or(NotDone::NotFound("batch"))
}

/// Records that a collection was given up: its batch stays open and empty, its intent is closed.
///
/// # Errors
/// [`NotDone`].
pub async fn abandon(acts: &Acts, asking: &Asking<'_>, intent: IntentId, reason: AbortReason) -> Result<(), NotDone> {
    let leaf = asking.line_by(Actor::Hub, Body::Abort(Abort { intent, reason }))?;
    Ok(acts.db.record_refusal(asking.at, &leaf).await?)
}
