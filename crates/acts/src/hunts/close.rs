//! The result, or that there is none.

use crate::{Acts, Asking, NotDone};
use noroshi_casework::hunt::{self, Command, Hunt, HuntTopic};
use noroshi_casework::mandate::MandateTopic;
use noroshi_leaf::{Abort, AbortReason, Actor, Body, Digest, Done};
use noroshi_model::HuntId;
use noroshi_store::Record;
use std::collections::BTreeMap;

/// Records the result of a hunt: how many rows, and their SHA-256.
///
/// # Errors
/// [`NotDone`].
pub async fn close(acts: &Acts, asking: &Asking<'_>, id: HuntId, rows: u64, digest: Digest) -> Result<Hunt, NotDone> {
    end(acts, asking, id, Command::Close { digest, rows }).await
}

/// Records that a hunt was given up.
///
/// # Errors
/// [`NotDone`].
pub async fn give_up(acts: &Acts, asking: &Asking<'_>, id: HuntId, reason: AbortReason) -> Result<Hunt, NotDone> {
    end(acts, asking, id, Command::GiveUp(reason)).await
}

async fn end(acts: &Acts, asking: &Asking<'_>, id: HuntId, command: Command) -> Result<Hunt, NotDone> {
    let (hunt, version) = acts.db.load::<HuntTopic>(id).await?.ok_or(NotDone::NotFound("hunt"))?;
    let (mandate, _) = acts.db.load::<MandateTopic>(hunt.mandate).await?.ok_or(NotDone::NotFound("mandate"))?;
    let event = hunt::decide(Some(&hunt), &command, &mandate, &BTreeMap::new(), asking.at)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))?;
    let intent = hunt.intent;
    let elapsed_micros = u64::try_from(asking.at.0.saturating_sub(hunt.at.0)).unwrap_or_default();
    let body = match command {
        Command::Close { digest, rows } => Body::Done(Done { digest, elapsed_micros, intent, rows }),
        Command::GiveUp(reason) => Body::Abort(Abort { intent, reason }),
        Command::Ask { .. } => return Err(NotDone::NotFound("open hunt")),
    };
    let leaf = asking.line_by(Actor::Hub, body)?;
    let events = [event];
    acts.db.record("acts::hunt::end", &Record::of::<HuntTopic>(id, version, asking.at, &events, leaf)?).await?;
    let [event] = events;
    hunt::apply(Some(hunt), &event).ok_or(NotDone::NotFound("hunt"))
}
