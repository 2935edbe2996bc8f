//! Objects of others through MISP and back: nothing is lost, and what they name is found.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests may fail loudly")]

use noroshi_misp::limits::{KEPT_PER_EVENT_MAX, STIX_OBJECTS_MAX};
use noroshi_misp::{Event, Mode, from_stix, to_stix};
use noroshi_stix::{Limits, Received, Tlp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn texts(objects: &[Received]) -> BTreeMap<String, String> {
    objects.iter().map(|object| (object.id().as_str().to_owned(), object.text().to_owned())).collect()
}

fn received(objects: &[Value]) -> Vec<Received> {
    let read = |object: &Value| Received::read(object.to_string().as_bytes(), &Limits::default()).unwrap();
    objects.iter().map(read).collect()
}

fn stix_data(name: &str, list: &str) -> Vec<Value> {
    let path = format!("{}/../stix/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    serde_json::from_value(document[list].take()).unwrap()
}

/// Through MISP, as a MISP stores it: read again from its own JSON.
fn through(objects: &[Received]) -> (Vec<Event>, BTreeMap<String, String>) {
    let made = from_stix(objects).unwrap();
    assert_eq!(made.left, []);
    let mut again = BTreeMap::new();
    for event in &made.events {
        let (read, refused) = Event::read(event.write().as_bytes()).unwrap();
        assert_eq!(refused, []);
        assert!(read == *event, "{} is not what it was", event.uuid());
        let made = to_stix(&read, Mode::Lossless);
        assert_eq!(made.left, []);
        again.extend(texts(&made.objects));
    }
    (made.events, again)
}

#[test]
fn objects_of_every_type_come_back_byte_by_byte() {
    let mut all = stix_data("objects.json", "objects");
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|object| seen.insert(object["id"].to_string()));
    let objects = received(&all);
    assert!(objects.len() > 30, "{}", objects.len());
    let (events, again) = through(&objects);
    assert_eq!(events.len(), 1);
    for (id, text) in texts(&objects) {
        if Tlp::ALL.iter().any(|tlp| tlp.id().as_str() == id) {
            continue;
        }
        assert_eq!(again.get(&id), Some(&text), "{id}");
    }
    let twice = from_stix(&objects).unwrap();
    assert_eq!(twice.events, events);
}

fn indicator(number: usize, pattern: &str) -> Value {
    json!({"type": "indicator", "spec_version": "2.1", "id": format!("indicator--00000000-0000-4000-8000-{number:012}"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "pattern": pattern,
        "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z", "name": "n"})
}

fn named(pattern: &str) -> Vec<(String, String, bool)> {
    let events = from_stix(&received(&[indicator(1, pattern)])).unwrap().events;
    let attributes = &events[0].objects[0].attributes;
    let own = attributes.iter().filter(|attribute| !matches!(attribute.relation(), "id" | "type" | "object"));
    own.map(|own| (own.kind().to_owned(), own.value().into_owned(), own.to_ids())).collect()
}

#[test]
fn what_a_pattern_names_is_found_and_detected_where_it_means_something_alone() {
    let own = |kind: &str, value: &str, detect: bool| (kind.to_owned(), value.to_owned(), detect);
    assert_eq!(named("[ipv4-addr:value = '198.51.100.1']"), [own("ip-dst", "198.51.100.1", true)]);
    assert_eq!(
        named("[domain-name:value = 'a.example.org' OR url:value = 'http://a.example.org/']"),
        [own("domain", "a.example.org", true), own("url", "http://a.example.org/", true)]
    );
    assert_eq!(
        named("[file:name = 'a.exe' AND file:size = 10]"),
        [own("filename", "a.exe", false), own("size-in-bytes", "10", false)]
    );
    assert_eq!(named("[domain-name:value NOT = 'a.example.org']"), []);
    assert_eq!(named("[domain-name:value LIKE 'a%']"), []);
    assert_eq!(named("[ipv4-addr:value = '198.51.100.1'] REPEATS 5 TIMES"), [own("ip-dst", "198.51.100.1", false)]);
}

#[test]
fn a_revoked_indicator_detects_nothing() {
    let mut revoked = indicator(1, "[ipv4-addr:value = '198.51.100.1']");
    revoked["revoked"] = true.into();
    let events = from_stix(&received(&[revoked])).unwrap().events;
    assert!(events[0].objects[0].attributes.iter().all(|attribute| !attribute.to_ids()));
}

#[test]
fn markings_come_along_and_an_event_around_narrows_them() {
    let mut open = indicator(1, "[ipv4-addr:value = '198.51.100.1']");
    let mut red = indicator(2, "[ipv4-addr:value = '198.51.100.2']");
    open["object_marking_refs"] = json!([Tlp::Green.id().as_str()]);
    red["object_marking_refs"] = json!([Tlp::Red.id().as_str()]);
    let objects = received(&[open, red]);
    let (events, again) = through(&objects);
    assert_eq!(events[0].tags.iter().map(|tag| tag.name()).collect::<Vec<_>>(), ["tlp:green"]);
    assert!(texts(&objects).iter().all(|(id, text)| again.get(id) == Some(text)));
    let mut narrowed = events[0].to_value();
    narrowed["Tag"][0]["name"] = "tlp:amber".into();
    let made = to_stix(&Event::from_value(narrowed).unwrap().0, Mode::Lossless);
    let markings = |number: usize| {
        let object =
            made.objects.iter().find(|object| object.id().as_str().ends_with(&format!("{number:012}"))).unwrap();
        object.object_markings().iter().filter_map(Tlp::with_id).collect::<Vec<_>>()
    };
    assert_eq!((markings(1), markings(2)), (vec![Tlp::Amber], vec![Tlp::Red]));
}

#[test]
fn a_long_object_is_cut_and_comes_back_whole() {
    let mut long = indicator(1, "[ipv4-addr:value = '198.51.100.1']");
    long["description"] = "é".repeat(100_000).into();
    let objects = received(&[long]);
    let (events, again) = through(&objects);
    assert!(events[0].objects[0].attributes.iter().all(|attribute| attribute.value().len() <= 65_535));
    assert!(texts(&objects).iter().all(|(id, text)| again.get(id) == Some(text)));
}

#[test]
fn an_object_somebody_wrote_into_is_kept_with_what_was_written() {
    let objects = received(&[indicator(1, "[ipv4-addr:value = '198.51.100.1']")]);
    let mut event = from_stix(&objects).unwrap().events[0].to_value();
    event["Object"][0]["comment"] = "seen by us, too".into();
    let (event, _) = Event::from_value(event).unwrap();
    let made = to_stix(&event, Mode::Lossless);
    assert_eq!(made.left, []);
    assert!(texts(&objects).iter().all(|(id, text)| texts(&made.objects).get(id) == Some(text)));
    let back = from_stix(&made.objects).unwrap();
    assert_eq!((back.left, back.events.as_slice()), (vec![], &[event][..]));
}

#[test]
fn what_was_kept_may_not_pass_for_the_event_it_stands_in() {
    let objects = received(&[indicator(1, "[ipv4-addr:value = '198.51.100.1']")]);
    let mut event = from_stix(&objects).unwrap().events[0].to_value();
    let uuid = event["uuid"].as_str().unwrap().to_owned();
    let grouping = json!({"type": "grouping", "spec_version": "2.1", "id": format!("grouping--{uuid}"), "context": "x",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "object_refs": ["indicator--00000000-0000-4000-8000-000000000001"]});
    let text = &mut event["Object"][0]["Attribute"][2];
    assert_eq!(text["object_relation"], "object");
    text["value"] = grouping.to_string().into();
    let made = to_stix(&Event::from_value(event).unwrap().0, Mode::Lossless);
    assert_eq!(made.left.len(), 1);
    let report = made.objects.iter().find(|object| object.kind() == "grouping").unwrap();
    assert!(report.property("name").is_some(), "{}", report.text());
}

#[test]
fn of_two_versions_the_newer_counts() {
    let old = indicator(1, "[ipv4-addr:value = '198.51.100.1']");
    let mut new = indicator(1, "[ipv4-addr:value = '198.51.100.2']");
    new["modified"] = "2026-02-01T00:00:00.000Z".into();
    for order in [[&old, &new], [&new, &old]] {
        let events = from_stix(&received(&order.map(Clone::clone))).unwrap().events;
        assert_eq!(events[0].objects.len(), 1);
        assert_eq!(events[0].objects[0].attributes.last().unwrap().value(), "198.51.100.2");
    }
}

#[test]
fn objects_at_the_limit_and_one_past_it() {
    let one = received(&[indicator(1, "[ipv4-addr:value = '198.51.100.1']")]).remove(0);
    let mut many = vec![one; STIX_OBJECTS_MAX];
    assert_eq!(from_stix(&many).unwrap().events.len(), 1);
    many.push(many[0].clone());
    assert!(from_stix(&many).unwrap_err().to_string().contains("100001"));
}

#[test]
fn an_event_keeps_so_many_objects_and_the_next_one_more() {
    let all: Vec<_> = (0..=KEPT_PER_EVENT_MAX).map(|at| indicator(at, "[mutex:name = 'a']")).collect();
    let counts = |objects: &[Received]| -> Vec<usize> {
        from_stix(objects).unwrap().events.iter().map(|event| event.objects.len()).collect()
    };
    let all = received(&all);
    assert_eq!(counts(&all[1..]), [KEPT_PER_EVENT_MAX]);
    assert_eq!(counts(&all), [KEPT_PER_EVENT_MAX, 1]);
}

/// MITRE ATT&CK lies in `../shared/data` beside the repository; where it does not, the test says so and passes.
#[test]
fn attack_comes_back_whole() {
    for name in ["enterprise-attack-21", "ics-attack-18.1"] {
        let file = format!("{}/../../../shared/data/stix/{name}.json.zst", env!("CARGO_MANIFEST_DIR"));
        let Ok(file) = std::fs::File::open(&file) else {
            eprintln!("skipped: {file} is not there");
            continue;
        };
        let bytes = zstd::decode_all(file).unwrap();
        let items = noroshi_stix::envelope::split(&bytes, &Limits::default()).unwrap();
        let objects: Vec<_> =
            items.iter().map(|item| Received::read(item.bytes, &Limits::default()).unwrap()).collect();
        let (_, again) = through(&objects);
        let lost = texts(&objects).into_iter().filter(|(id, text)| again.get(id) != Some(text)).count();
        assert_eq!(lost, 0, "{name} of {}", objects.len());
    }
}
