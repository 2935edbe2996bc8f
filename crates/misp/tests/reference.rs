//! What the reference converter (PyPI `misp-stix`) makes of eight events, field by field against ours.
//!
//! Every difference is named in [`DELIBERATE`]; a new one fails, and so does one that is gone.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests may fail loudly")]

use noroshi_misp::{Event, Mode, to_stix};
use noroshi_stix::{Limits, pattern};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const NAMES: [&str; 8] = [
    "attributes-detect",
    "attributes-observe",
    "objects-detect",
    "objects-observe",
    "tags",
    "galaxies",
    "references",
    "empty",
];

/// What differs, and how often: event, type of the object, field or what is the matter with it.
///
/// - The reference leaves `telfhash` out: its length check refuses the sample. Ours has no such check.
/// - In patterns of e-mail objects the reference compares the recipient and attachment at their position, and that
///   the part is an attachment. We compare any recipient and any attachment: a message with the recipient in second
///   place is the same message to a detector.
const DELIBERATE: [(&str, &str, &str, usize); 6] = [
    ("attributes-detect", "file", "only ours", 1),
    ("attributes-detect", "indicator", "only ours", 1),
    ("attributes-detect", "observed-data", "only ours", 1),
    ("attributes-detect", "relationship", "only ours", 1),
    ("attributes-observe", "file", "only ours", 1),
    ("attributes-observe", "observed-data", "only ours", 1),
];

fn golden(folder: &str, name: &str) -> Vec<u8> {
    let path = format!("{}/tests/golden/{folder}/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn by_id(objects: impl IntoIterator<Item = Value>) -> BTreeMap<String, Map<String, Value>> {
    let keyed = objects.into_iter().map(|object| match object {
        Value::Object(object) => (object["id"].as_str().unwrap().to_owned(), object),
        other => panic!("no object: {other}"),
    });
    keyed.collect()
}

fn ours(name: &str) -> BTreeMap<String, Map<String, Value>> {
    let (event, refused) = Event::read(&golden("event", name)).unwrap();
    assert_eq!(refused, []);
    let made = to_stix(&event, Mode::Reference);
    assert_eq!(made.left, []);
    by_id(made.objects.iter().map(|object| serde_json::from_slice(object.bytes()).unwrap()))
}

fn theirs(name: &str) -> BTreeMap<String, Map<String, Value>> {
    let mut document: Value = serde_json::from_slice(&golden("stix", name)).unwrap();
    let Value::Array(objects) = document["objects"].take() else { panic!("no objects in {name}") };
    by_id(objects)
}

/// What a pattern compares, in no order: `a AND b` is `b AND a`, with or without parentheses.
fn comparisons(text: &str) -> BTreeSet<(String, String)> {
    let parsed = pattern::parse(text, &Limits::default()).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let any = |path: String| path.replace("to_refs[0]", "to_refs[*]").replace("multipart[0]", "multipart[*]");
    let named = parsed.literals().into_iter().map(|named| (any(named.path), named.value));
    named.filter(|(path, _)| !path.ends_with(".content_disposition")).collect()
}

fn same(field: &str, own: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let set = |object: &Map<String, Value>| -> BTreeSet<String> {
        object[field].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    match (field, own.get(field), other.get(field)) {
        ("pattern", Some(Value::String(a)), Some(Value::String(b))) if own["pattern_type"] == "stix" => {
            comparisons(a) == comparisons(b)
        }
        // What a report is about has no order; what only we have is told where it stands.
        ("object_refs", Some(_), Some(_)) if own["type"] == "report" => set(own).is_superset(&set(other)),
        ("object_refs", Some(_), Some(_)) => set(own) == set(other),
        (_, a, b) => a == b,
    }
}

fn differences(name: &str) -> Vec<(String, String, String)> {
    let (ours, theirs) = (ours(name), theirs(name));
    let mut found = Vec::new();
    let mut tell = |id: &str, what: &str| {
        let kind = id.split("--").next().unwrap_or_default().to_owned();
        found.push((name.to_owned(), kind, what.to_owned()));
    };
    for (id, own) in &ours {
        let Some(other) = theirs.get(id) else {
            tell(id, "only ours");
            continue;
        };
        for field in own.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            if !same(field, own, other) {
                eprintln!("{name} {id} {field}: {:?} {:?}", own.get(field), other.get(field));
                tell(id, field);
            }
        }
    }
    theirs.keys().filter(|id| !ours.contains_key(*id)).for_each(|id| tell(id, "only theirs"));
    found
}

#[test]
fn the_reference_is_met_but_for_what_is_named() {
    let mut counted: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for difference in NAMES.into_iter().flat_map(differences) {
        *counted.entry(difference).or_default() += 1;
    }
    let expected: BTreeMap<(String, String, String), usize> = DELIBERATE
        .into_iter()
        .map(|(event, kind, what, count)| ((event.to_owned(), kind.to_owned(), what.to_owned()), count))
        .collect();
    assert_eq!(counted, expected);
}
