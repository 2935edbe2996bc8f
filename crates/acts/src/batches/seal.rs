//! Seal: the balance of what came, what was dropped and what was kept.

use super::load;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::ActKind;
use noroshi_casework::batch::{self, Batch, BatchStanding, BatchTopic, Command};
use noroshi_leaf::{Abort, AbortReason, Actor, BatchSealed, Body, Commitment, Digest, Done};
use noroshi_model::{BatchId, IntentId};
use noroshi_store::Record;
use std::collections::{BTreeMap, BTreeSet};

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

/// Records that a collection was given up: its intent is closed, and what it had begun is sealed with nothing
/// in it, so that its key has an end like every other.
///
/// # Errors
/// [`NotDone`].
pub async fn abandon(
    acts: &Acts,
    asking: &Asking<'_>,
    batches: &BTreeSet<BatchId>,
    intent: IntentId,
    reason: AbortReason,
) -> Result<(), NotDone> {
    for &id in batches {
        let (batch, version, mandate) = load(acts, id).await?;
        if batch.standing != BatchStanding::Open {
            continue;
        }
        let nothing = BatchSealed {
            aggregated_only: 0,
            batch: id,
            ciphertext: Digest::of(b""),
            from: batch.at,
            input: Digest::of(b""),
            out_of_mandate: BTreeMap::new(),
            received: 0,
            selected: 0,
            selection: Commitment::to(b"", &asking.salt()),
            until: asking.at,
        };
        let event = batch::decide(Some(&batch), &Command::Seal(nothing.clone()), &mandate, acts.roster.seal, asking.at)
            .map_err(|refused| NotDone::rule(refused.rule(), &refused))?;
        let leaf = asking.line_by(Actor::Hub, Body::BatchSealed(nothing))?;
        let record = Record::of::<BatchTopic>(id, version, asking.at, &[event], leaf)?;
        acts.db.record("acts::batch::abandon", &record).await?;
    }
    let leaf = asking.line_by(Actor::Hub, Body::Abort(Abort { intent, reason }))?;
    Ok(acts.db.record_line(asking.at, &leaf).await?)
}
