//! Give: each object is read and checked; what is good is taken together, what is not has its reason.

use super::{Sights, index, line};
use crate::share::read::collection;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::{ActKind, act};
use noroshi_casework::share::Meaning;
use noroshi_casework::share::limits::{MARKINGS_MAX, reading};
use noroshi_leaf::Digest;
use noroshi_model::CollectionId;
use noroshi_stix::{Code, Fault, Received, Says};
use noroshi_store::intel::{Giving, NewObject, NotTaken, Taken};
use std::borrow::Cow;
use std::collections::BTreeSet;

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

/// Gives objects to a collection, each as its bytes came. The order of the answers is theirs.
///
/// # Errors
/// [`NotDone`] when nothing was taken at all; refusals by policy are on the record.
pub async fn give(
    acts: &Acts,
    asking: &Asking<'_>,
    sights: &Sights,
    id: CollectionId,
    texts: &[Vec<u8>],
) -> Result<Vec<Offered>, NotDone> {
    let (shelf, ..) = collection(acts, asking, id).await?;
    let facts = shelf.facts();
    let permit = acts.authz.authorise::<act::GiveIntelligence>(asking.principal, &facts, &asking.circumstances());
    if let Err(refusal) = permit.map(drop) {
        return acts.refuse(asking, ActKind::GiveIntelligence, None, NotDone::Refused(refusal)).await;
    }
    let limits = reading();
    let read: Vec<Result<NewObject, Fault>> =
        texts.iter().map(|text| Received::read(text, &limits).and_then(|read| new_object(&read))).collect();
    let objects: Vec<NewObject> = read.iter().flatten().cloned().collect();
    let sight = sights.of(acts, asking, &shelf, None).await?;
    let giving = Giving {
        collection: id,
        producer: asking.principal.org(),
        open: &sight.open,
        objects: &objects,
        at: asking.at,
    };
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

/// As it is kept. Who may not see a part of it sees nothing of it: the markings of parts count for the whole.
fn new_object(read: &Received) -> Result<NewObject, Fault> {
    let parts = read.granular().iter().filter_map(|part| match &part.says {
        Says::Marking(id) => Some(id),
        Says::Lang(_) => None,
    });
    let markings: BTreeSet<String> =
        read.object_markings().iter().chain(parts).map(|id| id.as_str().to_owned()).collect();
    let id = read.id().as_str().to_owned();
    if markings.len() > MARKINGS_MAX {
        let what = format!("{} markings, of {MARKINGS_MAX} at most", markings.len());
        return Err(Fault { id: Some(id), path: "object_marking_refs".to_owned(), code: Code::TooMuch, what });
    }
    let marking = read.kind() == "marking-definition" && Meaning::of_id(&id).is_none();
    let written = || read.property("modified").or_else(|| read.property("created")).map(Cow::into_owned);
    Ok(NewObject {
        stix_id: id,
        kind: read.kind().to_owned(),
        spec_version: read.spec_version().as_str().to_owned(),
        version: read.version().map(|at| (at.as_micros(), written().unwrap_or_else(|| at.to_string()))),
        revoked: read.revoked(),
        markings,
        digest: Digest::of(read.bytes()).0,
        defines: marking.then(|| Meaning::of_definition(read).0),
        body: read.bytes().to_vec(),
        index: index::of(read),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(count: usize) -> Result<NewObject, Fault> {
        let ids: Vec<String> =
            (0..count).map(|n| format!("\"marking-definition--{n:08}-0000-4000-8000-000000000000\"")).collect();
        let text = format!(
            r#"{{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
            "value":"198.51.100.3","object_marking_refs":[{}]}}"#,
            ids.join(",")
        );
        Received::read(text.as_bytes(), &reading()).and_then(|read| new_object(&read))
    }

    #[test]
    fn an_object_has_so_many_markings_and_no_more() {
        assert_eq!(marked(MARKINGS_MAX).unwrap().markings.len(), MARKINGS_MAX);
        let fault = marked(MARKINGS_MAX + 1).unwrap_err();
        assert_eq!((fault.code, fault.path.as_str()), (Code::TooMuch, "object_marking_refs"));
    }

    /// Who may not see a part sees nothing: its marking is one of the object's.
    #[test]
    fn the_marking_of_a_part_counts_for_the_whole() {
        let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
        let text = format!(
            r#"{{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
            "value":"198.51.100.3","granular_markings":[{{"selectors":["value"],"marking_ref":"{red}"}}]}}"#
        );
        let read = Received::read(text.as_bytes(), &reading()).unwrap();
        assert_eq!(new_object(&read).unwrap().markings, [red.to_owned()].into());
    }
}
