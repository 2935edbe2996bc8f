//! What is done to a mandate: one file an operation.
//!
//! `request`, `answer`, `object`, `decide`, `narrow`, `stop` (suspend and revoke), `resume`, and what the
//! hub records of itself: `expire` when a term ends, `overloaded` when more comes than the carrier agreed to carry.

mod answer;
mod decide;
mod expire;
mod narrow;
mod object;
mod overloaded;
mod request;
mod resume;
mod stop;

pub use answer::answer;
pub use decide::decide;
pub use expire::{dispose, expire};
pub use narrow::narrow;
pub use object::object;
pub use overloaded::overloaded;
pub use request::request;
pub use resume::resume;
pub use stop::{revoke, suspend};

use crate::{Acts, Asking, NotDone};
use noroshi_authz::{Act, Circumstances};
use noroshi_casework::mandate::{self, Asked, By, Command, Event, Mandate, MandateTopic, line};
use noroshi_leaf::{Actor, Body};
use noroshi_model::MandateId;
use noroshi_store::{Record, Version};

/// A mandate as loaded.
type Loaded = (Mandate, Version);

async fn load(acts: &Acts, id: MandateId) -> Result<Loaded, NotDone> {
    acts.db.load::<MandateTopic>(id).await?.ok_or(NotDone::NotFound("mandate"))
}

/// Asks the policies for `A` on a loaded mandate. The permit does not outlive the question: what follows
/// works on the very state that was checked, and at its version.
fn permitted<A: Act>(acts: &Acts, asking: &Asking<'_>, resource: &A::Resource) -> Result<(), NotDone> {
    let circumstances: Circumstances = asking.circumstances();
    let permit = acts.authz.authorise::<A>(asking.principal, resource, &circumstances);
    permit.map(drop).map_err(NotDone::Refused)
}

/// Decides a command that was permitted.
fn decided(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    before: Option<&Mandate>,
    command: Command,
) -> Result<Event, NotDone> {
    let asked = Asked { by: by(asking), command, mandate: id };
    mandate::decide(before, &asked, asking.at, &acts.rules, &acts.roster)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))
}

/// What the hub does of itself, asked by nobody.
async fn by_itself(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    before: Loaded,
    command: Command,
) -> Result<Mandate, NotDone> {
    let asked = Asked { by: By::Hub, command, mandate: id };
    let event = mandate::decide(Some(&before.0), &asked, asking.at, &acts.rules, &acts.roster)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))?;
    append(acts, asking, id, Some(before), Actor::Hub, event).await
}

fn by(asking: &Asking<'_>) -> By {
    match asking.actor() {
        Actor::Person { org, person } => By::Person { org, person },
        Actor::Hub | Actor::Machine { .. } => By::Hub,
    }
}

/// Appends the event and its line. Gives the mandate as it stands then.
async fn append(
    acts: &Acts,
    asking: &Asking<'_>,
    id: MandateId,
    before: Option<Loaded>,
    actor: Actor,
    event: Event,
) -> Result<Mandate, NotDone> {
    let (state, version) = before.map_or((None, Version::NEW), |(state, version)| (Some(state), version));
    let told = line::of(state.as_ref(), id, &event, asking.evidence);
    let leaf = asking.line_by(actor, Body::Mandate(Box::new(told)))?;
    let events = [event];
    let record = Record::of::<MandateTopic>(id, version, asking.at, &events, leaf)?;
    acts.db.record("acts::mandate", &record).await?;
    let [event] = events;
    mandate::apply(state, &event).ok_or(NotDone::NotFound("mandate"))
}
