//! Give: each object is read and checked; what is good is taken together, what is not has its reason.

use super::{Sights, line};
use crate::share::read::collection;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::{ActKind, Principal, act};
use noroshi_casework::share::Meaning;
use noroshi_leaf::Digest;
use noroshi_model::{CollectionId, OrgId};
use noroshi_stix::Received;
use noroshi_stix::received::Fault;
use noroshi_store::intel::{Giving, NewObject, NotTaken, Taken};

/// What became of one object that was offered.
#[derive(Debug)]
pub enum Offered {
    /// It is in the collection.
    Taken(Taken),
    /// It is not an object of STIX as it must be.
    Faulty(Fault),
    /// It is one, and was not taken.
    NotTaken {
        /// Which.
        stix_id: String,
        /// Its version as written; empty where it has none.
        version: String,
        /// Why.
        why: NotTaken,
    },
}

/// Gives objects to a collection, each as its text came. The order of the answers is theirs.
///
/// # Errors
/// [`NotDone`] when nothing was taken at all; refusals by policy are on the record.
pub async fn give(
    acts: &Acts,
    asking: &Asking<'_>,
    sights: &Sights,
    id: CollectionId,
    texts: &[&str],
) -> Result<Vec<Offered>, NotDone> {
    let (shelf, ..) = collection(acts, asking, id).await?;
    let facts = shelf.facts();
    let permit = acts.authz.authorise::<act::GiveIntelligence>(asking.principal, &facts, &asking.circumstances());
    if let Err(refusal) = permit.map(drop) {
        return acts.refuse(asking, ActKind::GiveIntelligence, None, NotDone::Refused(refusal)).await;
    }
    let read: Vec<Result<NewObject, Fault>> = texts.iter().map(|text| Received::read(text).map(new_object)).collect();
    let objects: Vec<NewObject> = read.iter().flatten().cloned().collect();
    let sight = sights.of(acts, asking, &shelf, None).await?;
    let giving =
        Giving { collection: id, producer: organisation(asking), open: &sight.open, objects: &objects, at: asking.at };
    let given = acts.db.give_intel(&giving, &|new| line(asking, id, true, new)).await?;
    let mut each = given.each.into_iter();
    let offered = read.into_iter().filter_map(|read| match read {
        Err(fault) => Some(Offered::Faulty(fault)),
        Ok(object) => each.next().map(|done| match done {
            Ok(taken) => Offered::Taken(taken),
            Err(why) => Offered::NotTaken {
                stix_id: object.stix_id,
                version: object.version.map(|(_, text)| text).unwrap_or_default(),
                why,
            },
        }),
    });
    Ok(offered.collect())
}

fn new_object(read: Received) -> NewObject {
    let marking = read.kind() == "marking-definition" && Meaning::of_id(read.id()).is_none();
    NewObject {
        stix_id: read.id().to_owned(),
        kind: read.kind().to_owned(),
        spec_version: read.spec_version().to_owned(),
        version: read.version().map(|(micros, text)| (micros, text.to_owned())),
        revoked: read.revoked(),
        markings: read.markings().clone(),
        digest: Digest::of(read.bytes()).0,
        defines: marking.then(|| Meaning::of_definition(read.id(), read.json()).0),
        body: read.bytes().to_vec(),
    }
}

/// The organisation that whoever asks acts for.
pub(super) fn organisation(asking: &Asking<'_>) -> OrgId {
    match asking.principal {
        Principal::Person { person, .. } => person.org,
        Principal::Machine(machine) => machine.org,
    }
}
