//! Turning a pseudonym back: one asks, another approves, and the opening is an intent of its own.

mod approve;
mod ask;
mod open;

pub use approve::{approve, deny};
pub use ask::ask;
pub use open::{Begun, close, open, permit};

use crate::{Acts, Asking, NotDone};
use noroshi_casework::Said;
use noroshi_casework::mandate::{Mandate, MandateTopic};
use noroshi_casework::opening::{self, Event, Opening, OpeningTopic};
use noroshi_leaf::body::{Opening as Line, OpeningStep};
use noroshi_leaf::{Body, Commitment};
use noroshi_model::{MandateId, OpeningId};
use noroshi_store::{LeafEntry, Record, Version};

async fn mandate(acts: &Acts, id: MandateId) -> Result<Mandate, NotDone> {
    Ok(acts.db.load::<MandateTopic>(id).await?.ok_or(NotDone::NotFound("mandate"))?.0)
}

async fn load(acts: &Acts, id: OpeningId) -> Result<(Opening, Version, Mandate), NotDone> {
    let (opening, version) = acts.db.load::<OpeningTopic>(id).await?.ok_or(NotDone::NotFound("opening request"))?;
    let mandate = mandate(acts, opening.mandate).await?;
    Ok((opening, version, mandate))
}

/// Commitment to pseudonym and reason: what the ledger says of the request.
fn scope(opening: &Opening) -> Commitment {
    let Said { salt, text } = &opening.reason;
    Commitment::to(format!("{}\n{text}", opening.pseudonym).as_bytes(), salt)
}

fn line(asking: &Asking<'_>, id: OpeningId, opening: &Opening, step: OpeningStep) -> Result<LeafEntry, NotDone> {
    let scope = scope(opening);
    asking.line(Body::Opening(Line { evidence: asking.evidence, mandate: opening.mandate, opening: id, scope, step }))
}

async fn append(
    acts: &Acts,
    asking: &Asking<'_>,
    id: OpeningId,
    before: (Option<Opening>, Version),
    event: Event,
    leaf: LeafEntry,
) -> Result<Opening, NotDone> {
    let events = [event];
    acts.db.record("acts::opening", &Record::of::<OpeningTopic>(id, before.1, asking.at, &events, leaf)?).await?;
    let [event] = events;
    opening::apply(before.0, &event).ok_or(NotDone::NotFound("opening request"))
}
