//! Shared intelligence: what a reader sees, page by page, whoever writes meanwhile.

use crate::words::{CENTRE, NOW, later, leaf, uuid};
use noroshi_model::{CollectionId, Handling, OrgId, Tlp};
use noroshi_store::intel::{Cut, Given, Giving, Index, NewObject, NotTaken, Page, Question, Versions, Withdrawal};
use noroshi_store::limits::{INTEL_DEFINITIONS_MAX, INTEL_LABELS_MAX};
use noroshi_store::testkit::TestStore;
use noroshi_store::{Db, on_both};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";

fn collection(n: u64) -> CollectionId {
    CollectionId(uuid(900 + n))
}

fn other() -> OrgId {
    OrgId(uuid(77))
}

/// An indicator by number, in a version, that says something.
fn object(number: u64, version: i64, says: &str) -> NewObject {
    let body = format!("{{\"n\":{number},\"v\":{version},\"s\":\"{says}\"}}").into_bytes();
    NewObject {
        stix_id: format!("indicator--{}", uuid(number)),
        kind: "indicator".to_owned(),
        spec_version: "2.1".to_owned(),
        version: Some((NOW.0 + version, format!("v{version}"))),
        revoked: false,
        markings: [GREEN.to_owned()].into(),
        digest: Sha256::digest(&body).into(),
        body,
        defines: None,
        index: Index::default(),
    }
}

async fn labels(db: &Db) -> BTreeSet<i64> {
    db.intel_labels().await.unwrap().labels.iter().map(|label| label.label).collect()
}

async fn give(db: &Db, producer: OrgId, into: u64, objects: &[NewObject]) -> Given {
    let open = labels(db).await;
    give_seeing(db, producer, into, objects, &open).await
}

async fn give_seeing(db: &Db, producer: OrgId, into: u64, objects: &[NewObject], open: &BTreeSet<i64>) -> Given {
    let giving = Giving { collection: collection(into), producer, open, objects, at: NOW };
    db.give_intel(&giving, &|_| Ok(leaf())).await.unwrap()
}

async fn page(db: &Db, open: &BTreeSet<i64>, cut: &Cut, limit: u32) -> Page {
    let question = Question { collection: collection(1), open, cut, bodies: true, limit };
    db.intel_page(&question).await.unwrap()
}

async fn seen(store: &TestStore, cut: &Cut) -> Vec<String> {
    let open = labels(&store.db).await;
    let page = page(&store.db, &open, cut, 10_000).await;
    page.rows.into_iter().map(|row| format!("{} {}", &row.stix_id[row.stix_id.len() - 2..], row.version)).collect()
}

fn of(versions: Versions) -> Cut {
    Cut { versions, ..Cut::default() }
}

on_both! {
    async fn the_newest_version_is_seen_unless_others_are_asked_for(store) {
        give(&store.db, CENTRE, 1, &[object(1, 1, "a"), object(2, 1, "a")]).await;
        give(&store.db, CENTRE, 1, &[object(1, 3, "c")]).await;
        // Older, and given last.
        give(&store.db, CENTRE, 1, &[object(1, 2, "b")]).await;
        assert_eq!(seen(&store, &Cut::default()).await, ["02 v1", "01 v3"]);
        assert_eq!(seen(&store, &of(Versions { first: true, ..Versions::default() })).await, ["01 v1", "02 v1"]);
        let all = of(Versions { all: true, ..Versions::default() });
        assert_eq!(seen(&store, &all).await, ["01 v1", "02 v1", "01 v3", "01 v2"]);
        let exactly = of(Versions { exactly: [NOW.0 + 2].into(), ..Versions::default() });
        assert_eq!(seen(&store, &exactly).await, ["01 v2"]);
        let both = of(Versions { first: true, last: true, ..Versions::default() });
        assert_eq!(seen(&store, &both).await, ["01 v1", "02 v1", "01 v3"]);
        let one = Cut { ids: vec![object(2, 1, "").stix_id], kinds: vec!["indicator".to_owned()], ..Cut::default() };
        assert_eq!(seen(&store, &one).await, ["02 v1"]);
    }

    async fn what_is_given_again_is_taken_and_what_contradicts_is_not(store) {
        let given = give(&store.db, CENTRE, 1, &[object(1, 1, "a"), object(1, 1, "a"), object(1, 1, "b")]).await;
        let repeated: Vec<_> = given.each.iter().map(|each| each.as_ref().map(|taken| taken.repeated)).collect();
        assert_eq!(repeated, [Ok(false), Ok(true), Err(&NotTaken::Contradicts)]);
        // What stands already can be put into another collection by whoever gave it.
        let again = give(&store.db, CENTRE, 2, &[object(1, 1, "a")]).await;
        assert!(!again.each[0].as_ref().unwrap().repeated);
        assert_eq!(seen(&store, &Cut::default()).await, ["01 v1"]);
    }

    async fn nobody_gives_versions_of_what_others_gave_nor_learns_of_what_they_cannot_see(store) {
        give(&store.db, CENTRE, 1, &[object(1, 1, "a")]).await;
        let given = give(&store.db, other(), 1, &[object(1, 2, "b"), object(1, 1, "a")]).await;
        assert_eq!(given.each[0], Err(NotTaken::NotYours));
        assert!(given.each[1].as_ref().unwrap().repeated, "the same is there already");
        let blind = give_seeing(&store.db, other(), 1, &[object(1, 2, "b")], &BTreeSet::new()).await;
        assert!(blind.each[0].is_ok(), "a refusal would tell that it exists");
    }

    async fn a_row_of_a_closed_label_is_not_there_and_hides_no_other_version(store) {
        let red = NewObject { markings: ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1".to_owned()].into(), ..object(1, 2, "red") };
        give(&store.db, CENTRE, 1, &[object(1, 1, "green"), red]).await;
        let known = store.db.intel_labels().await.unwrap().labels;
        assert_eq!(known.len(), 2);
        let green: BTreeSet<i64> = known.iter().filter(|label| label.markings.contains(GREEN)).map(|label| label.label).collect();
        let rows = page(&store.db, &green, &Cut::default(), 10).await.rows;
        assert_eq!(rows.iter().map(|row| row.version.as_str()).collect::<Vec<_>>(), ["v1"]);
        assert_eq!(page(&store.db, &BTreeSet::new(), &Cut::default(), 10).await, Page::default());
    }

    async fn ten_thousand_objects_of_one_moment_are_paged_without_a_loss(store) {
        let objects: Vec<NewObject> = (0..10_000).map(|n| object(10_000 + n, 1, "same")).collect();
        give(&store.db, CENTRE, 1, &objects).await;
        let open = labels(&store.db).await;
        let (mut cut, mut ids) = (Cut::default(), Vec::new());
        loop {
            let page = page(&store.db, &open, &cut, 997).await;
            cut.after = page.rows.last().map(|row| row.added);
            ids.extend(page.rows.into_iter().map(|row| row.stix_id));
            // Somebody adds while somebody pages.
            if ids.len() == 997 * 5 {
                give(&store.db, CENTRE, 1, &[object(5, 1, "late")]).await;
            }
            if !page.more {
                break;
            }
        }
        let wanted: Vec<String> = objects.into_iter().chain([object(5, 1, "late")]).map(|object| object.stix_id).collect();
        assert_eq!(ids, wanted);
    }

    async fn a_reader_who_polls_misses_nothing_of_six_writers(store) {
        let mut writers = Vec::new();
        for writer in 0..6_u64 {
            let db = store.db.clone();
            writers.push(tokio::spawn(async move {
                for n in 0..40 {
                    give(&db, CENTRE, 1, &[object(1_000 * (writer + 1) + n, 1, "x")]).await;
                }
            }));
        }
        let (mut cut, mut ids, mut idle) = (Cut::default(), BTreeSet::new(), 0);
        // Read on until all writers are done and a poll after that came back empty.
        while idle < 2 {
            idle = if writers.iter().all(tokio::task::JoinHandle::is_finished) { idle + 1 } else { 0 };
            let open = labels(&store.db).await;
            let rows = page(&store.db, &open, &cut, 50).await.rows;
            if let Some(last) = rows.last() {
                (cut.after, idle) = (Some(last.added), 0);
            }
            for row in rows {
                assert!(ids.insert(row.stix_id), "seen twice");
            }
        }
        assert_eq!(ids.len(), 240);
        for writer in writers {
            writer.await.unwrap();
        }
    }

    async fn only_ones_own_is_taken_back(store) {
        give(&store.db, CENTRE, 1, &[object(1, 1, "a"), object(1, 2, "b")]).await;
        give(&store.db, CENTRE, 2, &[object(1, 1, "a")]).await;
        let (all, id) = (Versions::default(), object(1, 1, "").stix_id);
        let take = |producer, versions| Withdrawal { collection: collection(1), producer, stix_id: &id, versions, at: later(1) };
        let line = |_: &[noroshi_store::intel::Taken]| Ok(leaf());
        assert_eq!(store.db.withdraw_intel(&take(other(), &all), &line).await.unwrap(), []);
        let last = Versions { last: true, ..Versions::default() };
        let gone = store.db.withdraw_intel(&take(CENTRE, &last), &line).await.unwrap();
        assert_eq!(gone.iter().map(|taken| taken.version.as_str()).collect::<Vec<_>>(), ["v2"]);
        assert_eq!(seen(&store, &Cut::default()).await, ["01 v1"]);
        assert_eq!(store.db.withdraw_intel(&take(CENTRE, &all), &line).await.unwrap().len(), 1);
        assert_eq!(seen(&store, &Cut::default()).await, Vec::<String>::new());
        // The other collection has it still, so it can be placed here again.
        assert!(!give(&store.db, CENTRE, 1, &[object(1, 1, "a")]).await.each[0].as_ref().unwrap().repeated);
    }

    async fn a_definition_counts_for_its_own_giver_and_the_first_stands(store) {
        let id = format!("marking-definition--{}", uuid(50));
        let defines = |handling| NewObject {
            stix_id: id.clone(), kind: "marking-definition".to_owned(), markings: BTreeSet::new(),
            defines: Some(handling), ..object(50, 1, "marking")
        };
        give(&store.db, CENTRE, 1, &[defines(Handling::of_tlp(Tlp::Red))]).await;
        let wider = NewObject { digest: [7; 32], ..defines(Handling::unmarked()) };
        give_seeing(&store.db, other(), 1, &[wider], &BTreeSet::new()).await;
        let later = NewObject { version: Some((NOW.0 + 9, "v9".to_owned())), ..defines(Handling::unmarked()) };
        give(&store.db, CENTRE, 1, &[later]).await;
        let meanings = store.db.intel_labels().await.unwrap().meanings;
        assert_eq!(meanings[&(CENTRE, id.clone())], Handling::of_tlp(Tlp::Red));
        assert_eq!(meanings[&(other(), id.clone())], Handling::unmarked());
        assert_eq!(meanings.len(), 2);
    }

    async fn everybody_who_marks_with_it_gives_the_same_definition(store) {
        let id = format!("marking-definition--{}", uuid(51));
        let same = NewObject {
            stix_id: id.clone(), kind: "marking-definition".to_owned(), markings: BTreeSet::new(),
            defines: Some(Handling::of_tlp(Tlp::Amber)), ..object(51, 1, "marking")
        };
        give(&store.db, CENTRE, 1, std::slice::from_ref(&same)).await;
        let given = give(&store.db, other(), 1, &[same.clone(), NewObject { digest: [8; 32], ..same.clone() }]).await;
        assert!(!given.each[0].as_ref().unwrap().repeated, "it is on the record that they gave it, too");
        assert_eq!(given.each[1], Err(NotTaken::Contradicts));
        assert!(store.db.intel_labels().await.unwrap().meanings.contains_key(&(other(), id)));
        assert_eq!(seen(&store, &Cut::default()).await, ["33 v1"], "a reader sees it once");
    }

    async fn what_has_no_version_keeps_the_one_it_was_given_first(store) {
        let address = NewObject { version: None, kind: "ipv4-addr".to_owned(), ..object(60, 1, "address") };
        give(&store.db, CENTRE, 2, std::slice::from_ref(&address)).await;
        give(&store.db, CENTRE, 1, std::slice::from_ref(&address)).await;
        let open = labels(&store.db).await;
        let row = page(&store.db, &open, &Cut::default(), 10).await.rows.remove(0);
        let version = noroshi_model::Micros::parse(&row.version).unwrap();
        assert!(version < row.added);
        let exactly = of(Versions { exactly: [version.0].into(), ..Versions::default() });
        assert_eq!(page(&store.db, &open, &exactly, 10).await.rows.len(), 1);
    }

    async fn one_giver_uses_so_many_sets_of_markings_and_no_more(store) {
        let marked = |n: u64| NewObject {
            markings: [format!("marking-definition--{}", uuid(20_000 + n))].into(), ..object(30_000 + n, 1, "x")
        };
        let most: Vec<NewObject> = (0..INTEL_LABELS_MAX as u64).map(marked).collect();
        assert!(give(&store.db, CENTRE, 1, &most).await.each.iter().all(Result::is_ok));
        let past = marked(INTEL_LABELS_MAX as u64);
        let given = give(&store.db, CENTRE, 1, &[past.clone(), object(9, 1, "x"), NewObject { stix_id: object(8, 1, "x").stix_id, ..marked(0) }]).await;
        assert_eq!(given.each[0], Err(NotTaken::TooManyMarkings));
        assert_eq!(given.each[1], Err(NotTaken::TooManyMarkings), "that set of markings is new, too");
        assert!(given.each[2].is_ok(), "one that is in use is used on");
        assert!(give(&store.db, other(), 1, &[past]).await.each[0].is_ok(), "others have their own");
        assert_eq!(labels(&store.db).await.len(), INTEL_LABELS_MAX + 1);
    }

    async fn what_is_not_taken_leaves_no_label(store) {
        give(&store.db, CENTRE, 1, &[object(1, 1, "a")]).await;
        let before = labels(&store.db).await.len();
        let red = NewObject { markings: ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1".to_owned()].into(), ..object(1, 1, "b") };
        assert_eq!(give(&store.db, CENTRE, 1, &[red]).await.each, [Err(NotTaken::Contradicts)]);
        assert_eq!(labels(&store.db).await.len(), before);
    }

    async fn one_giver_defines_so_many_markings_and_no_more(store) {
        let defines = |n: u64| NewObject {
            stix_id: format!("marking-definition--{}", uuid(40_000 + n)), kind: "marking-definition".to_owned(),
            markings: BTreeSet::new(), defines: Some(Handling::unmarked()), ..object(40_000 + n, 1, "x")
        };
        let most: Vec<NewObject> = (0..=INTEL_DEFINITIONS_MAX as u64).map(defines).collect();
        let given = give(&store.db, CENTRE, 1, &most).await;
        assert_eq!(given.each.iter().filter(|each| each.is_ok()).count(), INTEL_DEFINITIONS_MAX);
        assert_eq!(given.each.last(), Some(&Err(NotTaken::TooManyMarkings)));
    }

    async fn a_status_is_for_whoever_asked_and_for_thirty_days(store) {
        store.db.keep_intel_status(uuid(1), CENTRE, NOW, b"{}").await.unwrap();
        assert_eq!(store.db.intel_status(uuid(1), CENTRE).await.unwrap().as_deref(), Some(&b"{}"[..]));
        assert_eq!(store.db.intel_status(uuid(1), other()).await.unwrap(), None);
        store.db.keep_intel_status(uuid(2), CENTRE, later(31 * 86_400), b"{}").await.unwrap();
        assert_eq!(store.db.intel_status(uuid(1), CENTRE).await.unwrap(), None);
    }
}
