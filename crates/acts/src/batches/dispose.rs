//! Dispose: the commission destroyed its share, and says so under its seal.

use super::load;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::ActKind;
use noroshi_casework::batch::{self, Batch, BatchTopic, Command};
use noroshi_leaf::{Actor, Body, Disposed};
use noroshi_model::BatchId;
use noroshi_store::Record;

/// Writes down the commission's certificate for one batch (選別後通信情報の消去).
///
/// The certificate speaks for itself: it is checked against the seal in the log's first line and the
/// share registered when the batch began, whoever brings it.
///
/// # Errors
/// [`NotDone`]; a certificate that does not hold is on the record as a refusal.
pub async fn dispose(acts: &Acts, asking: &Asking<'_>, id: BatchId, disposed: Disposed) -> Result<Batch, NotDone> {
    let (batch, version, mandate) = load(acts, id).await?;
    let command = Command::Dispose(disposed.clone());
    let event = match batch::decide(Some(&batch), &command, &mandate, acts.roster.seal, asking.at) {
        Ok(event) => event,
        Err(refused) => {
            let why = NotDone::rule(refused.rule(), &refused);
            return acts.refuse(asking, ActKind::Dispose, Some(mandate.id), why).await;
        }
    };
    let leaf = asking.line_by(Actor::Hub, Body::Disposed(disposed))?;
    let events = [event];
    acts.db.record("acts::batch::dispose", &Record::of::<BatchTopic>(id, version, asking.at, &events, leaf)?).await?;
    let [event] = events;
    batch::apply(Some(batch), &event).ok_or(NotDone::NotFound("batch"))
}
