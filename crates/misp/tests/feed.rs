//! Our own feed, pulled: a second pull takes only what changed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests may fail loudly")]

use noroshi_misp::Event;
use noroshi_misp::feed::{Changed, Manifest, WriteError, changed, write};
use serde_json::{Value, json};

const NAMES: [&str; 5] = ["attributes-detect", "objects-detect", "tags", "galaxies", "references"];

fn value(name: &str) -> Value {
    let path = format!("{}/tests/golden/event/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn event(value: Value) -> Event {
    Event::from_value(value).unwrap().0
}

fn manifest(events: &[Event]) -> Manifest {
    let (manifest, faults) = Manifest::read(write(events).unwrap().manifest.as_bytes()).unwrap();
    assert_eq!(faults, []);
    manifest
}

#[test]
fn a_second_pull_of_our_own_feed_takes_only_what_changed() {
    let events: Vec<Event> = NAMES.map(|name| event(value(name))).into();
    let before = manifest(&events);
    assert_eq!(changed(&Manifest::default(), &before).fetch.len(), NAMES.len());
    assert_eq!(changed(&before, &manifest(&events)), Changed::default());

    let mut later = value("tags");
    later["Event"]["timestamp"] = "1764000001".into();
    let mut published = value("galaxies");
    published["Event"]["publish_timestamp"] = "1764000999".into();
    let now = [event(value("attributes-detect")), event(later), event(published), event(value("empty"))];
    let changed = changed(&before, &manifest(&now));
    let uuids = |names: &[&str]| {
        let mut uuids: Vec<_> = names.iter().map(|name| event(value(name)).uuid()).collect();
        uuids.sort_unstable();
        uuids
    };
    assert_eq!(changed.fetch, uuids(&["tags", "galaxies", "empty"]));
    assert_eq!(changed.gone, uuids(&["objects-detect", "references"]));
}

#[test]
fn a_feed_is_the_same_whatever_the_order_of_events() {
    let mut events: Vec<Event> = NAMES.map(|name| event(value(name))).into();
    let feed = write(&events).unwrap();
    events.reverse();
    assert_eq!(write(&events).unwrap(), feed);
    for (name, text) in &feed.events {
        let (read, refused) = Event::read(text.as_bytes()).unwrap();
        assert_eq!(refused, []);
        assert_eq!(*name, format!("{}.json", read.uuid()));
        assert!(events.contains(&read));
    }
}

/// `printf 198.51.100.2 | md5sum`.
#[test]
fn hashes_lead_to_the_event() {
    let event = event(value("attributes-detect"));
    let hashes = write(std::slice::from_ref(&event)).unwrap().hashes;
    let line = format!("76807ef71a6e9938e1cc3ce7343126bd,{}", event.uuid());
    assert!(hashes.lines().any(|own| own == line));
    let lines: Vec<_> = hashes.lines().collect();
    let once: std::collections::BTreeSet<_> = lines.iter().collect();
    assert_eq!(lines.len(), once.len());
}

#[test]
fn what_was_taken_back_has_no_hash() {
    let uuid = "00000000-0000-4000-8000-000000000001";
    let attribute = json!({"uuid": uuid, "type": "domain", "value": "x.example.org", "deleted": true});
    let event =
        event(json!({"uuid": "00000000-0000-4000-8000-000000000002", "timestamp": 1, "Attribute": [attribute]}));
    assert_eq!(write(&[event]).unwrap().hashes, "");
}

#[test]
fn an_event_twice_or_without_time_writes_nothing() {
    let tags = event(value("tags"));
    assert!(matches!(write(&[tags.clone(), tags]), Err(WriteError::Twice { .. })));
    let mut timeless = value("tags");
    timeless["Event"].as_object_mut().unwrap().remove("timestamp");
    assert!(matches!(write(&[event(timeless)]), Err(WriteError::Timeless { .. })));
}
