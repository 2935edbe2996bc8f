//! What a reader finds: by words, by values, around an object; and nothing by what is not open to them.

use crate::words::{CENTRE, NOW, leaf, uuid};
use noroshi_model::{CollectionId, OrgId};
use noroshi_store::intel::{Found, Giving, Index, Label, NewObject, Open, Search, Versions, Withdrawal};
use noroshi_store::limits::{INTEL_FOUND_MAX, INTEL_LINES_MAX, INTEL_LINKS_MAX, INTEL_VALUES_MAX, INTEL_WORDS_MAX};
use noroshi_store::{Db, StoreError, on_both};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

fn collection(n: u64) -> CollectionId {
    CollectionId(uuid(900 + n))
}

fn id(kind: &str, number: u64) -> String {
    format!("{kind}--{}", uuid(number))
}

/// An object by type and number, in a version, with words and lines.
fn object(kind: &str, number: u64, version: i64, words: &str, links: &[(&str, String)]) -> NewObject {
    let body = format!("{{\"k\":\"{kind}\",\"n\":{number},\"v\":{version},\"w\":\"{words}\"}}").into_bytes();
    NewObject {
        stix_id: id(kind, number),
        kind: kind.to_owned(),
        spec_version: "2.1".to_owned(),
        version: Some((NOW.0 + version, format!("v{version}"))),
        revoked: false,
        markings: [GREEN.to_owned()].into(),
        digest: Sha256::digest(&body).into(),
        body,
        defines: None,
        index: Index {
            name: format!("{kind} {number}"),
            words: words.split_whitespace().map(str::to_owned).collect(),
            links: links.iter().map(|(property, id)| ((*property).to_owned(), id.clone())).collect(),
            values: BTreeSet::new(),
        },
    }
}

fn relationship(number: u64, name: &str, from: String, to: String) -> NewObject {
    let mut one = object("relationship", number, 1, "", &[("source_ref", from), ("target_ref", to)]);
    name.clone_into(&mut one.index.name);
    one
}

fn red(object: NewObject) -> NewObject {
    NewObject { markings: [RED.to_owned()].into(), ..object }
}

async fn give(db: &Db, producer: OrgId, into: u64, objects: &[NewObject]) {
    let every = db.intel_labels().await.unwrap().labels.iter().map(|label| label.label).collect();
    let giving = Giving { collection: collection(into), producer, open: &every, objects, at: NOW };
    let given = db.give_intel(&giving, &|_| Ok(leaf())).await.unwrap();
    assert!(given.each.iter().all(Result::is_ok), "{given:?}");
}

/// Everything but what is marked red, of these collections.
async fn open(db: &Db, collections: &[u64]) -> Open {
    let green = |label: &Label| !label.markings.contains(RED);
    let labels = db.intel_labels().await.unwrap().labels;
    let labels: Arc<BTreeSet<i64>> =
        Arc::new(labels.iter().filter(|label| green(label)).map(|label| label.label).collect());
    Open::of(collections.iter().map(|n| (collection(*n), labels.clone())))
}

fn asked<'s>(open: &'s Open, words: &'s BTreeSet<String>, limit: u32) -> Search<'s> {
    Search { open, words, kinds: &[], ids: &[], values: &[], before: None, bodies: false, limit }
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn names(found: &Found) -> Vec<String> {
    found.hits.iter().map(|hit| format!("{} {}", hit.name, hit.version)).collect()
}

async fn named(db: &Db, collections: &[u64], text: &str) -> Vec<String> {
    let (open, words) = (open(db, collections).await, words(text));
    names(&db.search_intel(&asked(&open, &words, 100)).await.unwrap())
}

on_both! {
    async fn all_words_are_asked_for_and_the_newest_version_answers(store) {
        give(&store.db, CENTRE, 1, &[object("tool", 1, 1, "red fox", &[]), object("tool", 2, 1, "red", &[])]).await;
        assert_eq!(named(&store.db, &[1], "red").await, ["tool 2 v1", "tool 1 v1"]);
        assert_eq!(named(&store.db, &[1], "fox red").await, ["tool 1 v1"]);
        assert_eq!(named(&store.db, &[1], "").await.len(), 2);
        assert_eq!(named(&store.db, &[2], "red").await, Vec::<String>::new(), "of another collection nothing");
        give(&store.db, CENTRE, 1, &[object("tool", 1, 2, "blue fox", &[])]).await;
        assert_eq!(named(&store.db, &[1], "fox").await, ["tool 1 v2"]);
        assert_eq!(named(&store.db, &[1], "red").await, ["tool 2 v1"], "what it said before it does not say now");
    }

    async fn what_is_closed_changes_no_row_no_order_and_no_page(store) {
        let both = [object("tool", 1, 1, "fox", &[]), object("tool", 2, 1, "fox", &[])];
        give(&store.db, CENTRE, 1, &both).await;
        let before = open(&store.db, &[1]).await;
        let fox = words("fox");
        let plain = store.db.search_intel(&asked(&before, &fox, 2)).await.unwrap();
        assert_eq!(plain.next, None);
        // A newer version, another object, and one's own in a collection that is not read.
        give(&store.db, CENTRE, 1, &[red(object("tool", 1, 9, "fox", &[])), red(object("tool", 3, 1, "fox", &[]))]).await;
        give(&store.db, CENTRE, 2, &[object("tool", 4, 1, "fox", &[]), object("tool", 2, 7, "fox", &[])]).await;
        let after = open(&store.db, &[1]).await;
        assert_eq!(store.db.search_intel(&asked(&after, &fox, 2)).await.unwrap(), plain);
        // What was elsewhere first came when it came here.
        give(&store.db, CENTRE, 1, &[object("tool", 5, 1, "fox", &[]), object("tool", 4, 1, "fox", &[])]).await;
        assert_eq!(named(&store.db, &[1], "fox").await[..2], ["tool 4 v1", "tool 5 v1"]);
        assert_eq!(named(&store.db, &[2, 1], "fox").await.len(), 4, "read in two collections and seen once");
    }

    async fn pages_follow_each_other_without_a_loss(store) {
        let many: Vec<NewObject> = (0..23).map(|n| object("tool", n, 1, "fox", &[])).collect();
        give(&store.db, CENTRE, 1, &many).await;
        let (open, fox) = (open(&store.db, &[1]).await, words("fox"));
        let (mut search, mut all) = (asked(&open, &fox, 5), Vec::new());
        loop {
            let found = store.db.search_intel(&search).await.unwrap();
            search.before = found.next;
            all.extend(names(&found));
            if found.next.is_none() {
                break;
            }
        }
        let wanted: Vec<String> = (0..23).rev().map(|n| format!("tool {n} v1")).collect();
        assert_eq!(all, wanted);
        let most = store.db.search_intel(&asked(&open, &fox, u32::MAX)).await.unwrap();
        assert_eq!((most.hits.len(), most.next), (23, None));
    }

    async fn a_page_has_so_many_rows_and_no_more(store) {
        let many: Vec<NewObject> = (0..=u64::from(INTEL_FOUND_MAX)).map(|n| object("tool", n, 1, "", &[])).collect();
        give(&store.db, CENTRE, 1, &many).await;
        let open = open(&store.db, &[1]).await;
        let found = store.db.search_intel(&asked(&open, &BTreeSet::new(), u32::MAX)).await.unwrap();
        assert_eq!((found.hits.len(), found.next), (INTEL_FOUND_MAX as usize, found.hits.last().map(|hit| hit.added)));
    }

    async fn values_find_those_that_need_them_and_those_that_need_none(store) {
        let needing = |n: u64, values: &[&str]| {
            let mut one = object("indicator", n, 1, "", &[]);
            one.index.values = values.iter().map(|value| (*value).to_owned()).collect();
            one
        };
        give(&store.db, CENTRE, 1, &[needing(1, &["a", "b"]), needing(2, &[""]), needing(3, &[]), needing(4, &["c"])]).await;
        let (open, none, values) = (open(&store.db, &[1]).await, BTreeSet::new(), ["a".to_owned(), String::new()]);
        let search = Search { values: &values, ..asked(&open, &none, 10) };
        assert_eq!(names(&store.db.search_intel(&search).await.unwrap()), ["indicator 2 v1", "indicator 1 v1"]);
    }

    async fn what_is_around_an_object_is_what_open_objects_say(store) {
        let (malware, actor, hidden) = (id("malware", 1), id("threat-actor", 2), id("tool", 3));
        give(&store.db, CENTRE, 1, &[
            object("malware", 1, 1, "", &[("created_by_ref", id("identity", 9))]),
            object("threat-actor", 2, 1, "", &[]),
            red(object("tool", 3, 1, "", &[])),
            relationship(11, "uses", actor.clone(), malware.clone()),
            relationship(12, "uses", actor.clone(), hidden.clone()),
            red(relationship(13, "related-to", malware.clone(), hidden.clone())),
            object("report", 4, 1, "", &[("object_refs", malware.clone()), ("object_refs", hidden.clone())]),
        ]).await;
        let open = open(&store.db, &[1]).await;
        let lines = async |depth, limit| {
            let graph = store.db.intel_graph(&open, &malware, depth, limit).await.unwrap().unwrap();
            let lines = graph.lines.iter().map(|line| format!("{} {} {}", &line.from[..4], line.kind, &line.to[..4]));
            (lines.collect::<Vec<_>>(), graph.around.len(), graph.more)
        };
        let (one, around, more) = lines(1, 100).await;
        assert_eq!(one, ["malw created_by_ref iden", "repo object_refs malw", "thre uses malw"]);
        assert_eq!((around, more), (2, false), "of whom only an id is known, nothing is there");
        let (two, ..) = lines(2, 100).await;
        assert_eq!(two, ["malw created_by_ref iden", "repo object_refs malw", "repo object_refs tool", "thre uses malw", "thre uses tool"]);
        assert_eq!(lines(7, 100).await.0, two, "two steps and no more");
        assert_eq!((lines(1, 3).await.2, lines(1, 2).await.2, lines(1, 2).await.0.len()), (false, true, 2));
        assert_eq!(store.db.intel_graph(&open, &hidden, 1, 9).await.unwrap(), None);
        assert_eq!(store.db.intel_graph(&open, &id("tool", 99), 1, 9).await.unwrap(), None);
    }

    async fn a_graph_has_so_many_lines_and_no_more(store) {
        let links: Vec<(&str, String)> = (0..=INTEL_LINES_MAX as u64).map(|n| ("object_refs", id("tool", n))).collect();
        give(&store.db, CENTRE, 1, &[object("report", 1, 1, "", &links), object("report", 2, 1, "", &links[1..])]).await;
        let open = open(&store.db, &[1]).await;
        for (report, more) in [(1, true), (2, false)] {
            let graph = store.db.intel_graph(&open, &id("report", report), 1, usize::MAX).await.unwrap().unwrap();
            assert_eq!((graph.lines.len(), graph.more), (INTEL_LINES_MAX, more));
        }
    }

    async fn what_is_taken_back_is_found_no_more(store) {
        give(&store.db, CENTRE, 1, &[object("tool", 1, 1, "fox", &[("x_ref", id("tool", 2))]), object("tool", 2, 1, "", &[])]).await;
        let (all, id) = (Versions::default(), id("tool", 1));
        let gone = Withdrawal { collection: collection(1), producer: CENTRE, stix_id: &id, versions: &all, at: NOW };
        assert_eq!(store.db.withdraw_intel(&gone, &|_| Ok(leaf())).await.unwrap().len(), 1);
        assert_eq!(named(&store.db, &[1], "fox").await, Vec::<String>::new());
        let graph = store.db.intel_graph(&open(&store.db, &[1]).await, &self::id("tool", 2), 2, 9).await.unwrap().unwrap();
        assert_eq!(graph.lines.len(), 0);
    }

    async fn what_came_before_the_index_gets_one(store) {
        give(&store.db, CENTRE, 1, &[object("tool", 1, 1, "fox", &[])]).await;
        assert_eq!(store.db.intel_unindexed().await.unwrap(), []);
        let url = store.url.clone();
        sqlx_run(&url, &["DELETE FROM intel_word", "DELETE FROM intel_index"]).await;
        assert_eq!(named(&store.db, &[1], "fox").await, Vec::<String>::new());
        let missing = store.db.intel_unindexed().await.unwrap();
        assert_eq!(missing.len(), 1);
        let index = object("tool", 1, 1, "fox", &[]).index;
        store.db.index_intel(&[(missing[0].0, index.clone()), (5, index.clone())]).await.unwrap();
        store.db.index_intel(&[(missing[0].0, index)]).await.unwrap();
        assert_eq!(named(&store.db, &[1], "fox").await, ["tool 1 v1"]);
    }

    async fn an_index_has_so_much_and_no_more(store) {
        let many = |count: usize| (0..count).map(|n| n.to_string()).collect::<BTreeSet<String>>();
        let pairs = |count: usize| many(count).into_iter().map(|n| (n.clone(), n)).collect::<BTreeSet<_>>();
        let most = |words, links, values| Index { name: "x\0y".to_owned(), words: many(words), links: pairs(links), values: many(values) };
        let with = |number, index| NewObject { index, ..object("tool", number, 1, "", &[]) };
        give(&store.db, CENTRE, 1, &[with(1, most(INTEL_WORDS_MAX, INTEL_LINKS_MAX, INTEL_VALUES_MAX))]).await;
        assert_eq!(named(&store.db, &[1], "1999").await, ["x\u{fffd}y v1"]);
        for past in [most(INTEL_WORDS_MAX + 1, 0, 0), most(0, INTEL_LINKS_MAX + 1, 0), most(0, 0, INTEL_VALUES_MAX + 1)] {
            let (every, objects) = (BTreeSet::new(), [with(2, past)]);
            let giving = Giving { collection: collection(1), producer: CENTRE, open: &every, objects: &objects, at: NOW };
            assert!(matches!(store.db.give_intel(&giving, &|_| Ok(leaf())).await, Err(StoreError::TooMuch { .. })));
        }
    }
}

/// Statements from outside, as no program of ours makes them.
async fn sqlx_run(url: &str, statements: &[&'static str]) {
    use sqlx::Connection;
    sqlx::any::install_default_drivers();
    let url = url.replace("sqlite:", "sqlite://");
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    for statement in statements {
        sqlx::raw_sql(*statement).execute(&mut connection).await.unwrap();
    }
}
