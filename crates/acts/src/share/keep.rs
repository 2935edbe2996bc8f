//! Keep: a collection is opened, changed or closed.

use super::Shelf;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::{ActKind, Principal, act};
use noroshi_casework::share::collection::{self, Card, Collection, Command, Event};
use noroshi_casework::share::{CollectionTopic, Readers};
use noroshi_leaf::body::{Collection as Line, CollectionStep};
use noroshi_leaf::{Body, Commitment};
use noroshi_model::CollectionId;
use noroshi_store::{Record, Version};
use std::collections::BTreeSet;

/// Opens, changes or closes a collection.
///
/// # Errors
/// [`NotDone`]; refusals by policy or rule are on the record.
pub async fn keep(acts: &Acts, asking: &Asking<'_>, id: CollectionId, command: Command) -> Result<Collection, NotDone> {
    let found = acts.db.load::<CollectionTopic>(id).await?;
    let (state, version) = found.map_or((None, Version::NEW), |(state, version)| (Some(state), version));
    let decided = decided(acts, asking, id, state.as_ref(), &command);
    let event = match decided {
        Ok(event) => event,
        Err(why) => return acts.refuse(asking, ActKind::KeepCollection, None, why).await,
    };
    let after = collection::apply(state, &event).ok_or(NotDone::NotFound("collection"))?;
    let stands = serde_json::to_vec(&after.card).map_err(noroshi_leaf::LeafError::Malformed)?;
    let step = match event {
        Event::Opened { .. } => CollectionStep::Opened,
        Event::Changed(_) => CollectionStep::Changed,
        Event::Closed => CollectionStep::Closed,
    };
    let line = Line { collection: id, stands: Commitment::to(&stands, &asking.salt()), step };
    let leaf = asking.line(Body::Collection(line))?;
    let record = Record::of::<CollectionTopic>(id, version, asking.at, &[event], leaf)?;
    acts.db.record("acts::share::keep", &record).await?;
    Ok(after)
}

fn decided(
    acts: &Acts,
    asking: &Asking<'_>,
    id: CollectionId,
    state: Option<&Collection>,
    command: &Command,
) -> Result<Event, NotDone> {
    let own = match asking.principal {
        Principal::Person { person, .. } => person.org,
        Principal::Machine(machine) => machine.org,
    };
    // One that does not exist yet would be whoever's asks for it.
    let nobody = Card {
        title_ja: String::new(),
        title_en: String::new(),
        description: String::new(),
        readers: Readers::These(BTreeSet::new()),
        givers: Readers::These(BTreeSet::new()),
    };
    let new = Collection { card: nobody, keeper: own, since: asking.at, open: true };
    let shelf = Shelf { id, collection: state.cloned().unwrap_or(new) };
    let facts = shelf.facts();
    acts.authz
        .authorise::<act::KeepCollection>(asking.principal, &facts, &asking.circumstances())
        .map(drop)
        .map_err(NotDone::Refused)?;
    collection::decide(state, command, shelf.collection.keeper, asking.at)
        .map_err(|refused| NotDone::rule(refused.rule(), &refused))
}
