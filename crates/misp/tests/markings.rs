//! Who may see it: nothing made from a marked event is less marked than it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests may fail loudly")]

use noroshi_misp::{Event, Mode, from_stix, to_stix};
use noroshi_stix::{Received, Tlp};
use serde_json::{Value, json};

fn uuid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn attribute(number: usize, tags: &[&str]) -> Value {
    let tags: Vec<_> = tags.iter().map(|tag| json!({"name": tag})).collect();
    json!({"uuid": uuid(number), "type": "ip-dst", "category": "Network activity", "value": format!("192.0.2.{number}"),
        "to_ids": true, "timestamp": "1764000000", "Tag": tags, "Sighting": [
        {"uuid": uuid(number + 500), "type": "0", "Organisation": {"uuid": uuid(77), "name": "EXAMPLE-CSIRT"}}],
        "Galaxy": [{"type": "tool", "name": "Tool", "GalaxyCluster": [{"uuid": uuid(700 + number % 2), "type": "tool", "value": "x"}]}]})
}

fn event(tags: &[&str], attributes: Vec<Value>) -> Event {
    let tags: Vec<_> = tags.iter().map(|tag| json!({"name": tag})).collect();
    let object = json!({"uuid": uuid(40), "name": "url", "meta-category": "network", "Attribute": [
        {"uuid": uuid(41), "type": "url", "object_relation": "url", "value": "http://example.org/", "Tag": [{"name": "tlp:red"}]}],
        "ObjectReference": [{"uuid": uuid(42), "referenced_uuid": uuid(1), "relationship_type": "related-to"}]});
    let event = json!({"uuid": uuid(99), "info": "x", "timestamp": "1764000000", "Tag": tags, "Attribute": attributes,
        "Object": [object], "Orgc": {"uuid": uuid(98), "name": "EXAMPLE"},
        "EventReport": [{"uuid": uuid(97), "name": "n", "content": format!("@[attribute]({})", uuid(1))}]});
    Event::from_value(event).unwrap().0
}

fn tlp(object: &Received) -> Option<Tlp> {
    object.object_markings().iter().filter_map(Tlp::with_id).max()
}

fn of(objects: &[Received], number: usize) -> Vec<Option<Tlp>> {
    objects.iter().filter(|object| object.id().as_str().ends_with(&uuid(number))).map(tlp).collect()
}

#[test]
fn nothing_of_an_amber_event_is_less_than_amber() {
    let made = to_stix(
        &event(&["tlp:amber"], vec![attribute(1, &[]), attribute(2, &["tlp:clear"]), attribute(3, &["tlp:red"])]),
        Mode::Lossless,
    );
    for object in made.objects.iter().filter(|object| object.kind() != "marking-definition") {
        assert!(tlp(object) >= Some(Tlp::Amber), "{}", object.text());
        assert_eq!(object.object_markings().len(), 1, "{}", object.text());
    }
    assert!(of(&made.objects, 2).iter().all(|tlp| *tlp == Some(Tlp::Amber)));
    assert_eq!(of(&made.objects, 3).len(), 4);
    assert!(of(&made.objects, 3).iter().chain(&of(&made.objects, 503)).all(|tlp| *tlp == Some(Tlp::Red)));
    // Named by the first and the third alone: as the wider of both.
    assert_eq!(of(&made.objects, 701), [Some(Tlp::Amber)]);
    // From a red object to an amber attribute.
    assert_eq!(of(&made.objects, 42), [Some(Tlp::Red)]);
}

/// What the reference does, so that nobody takes it for ours: see `docs/misp.md`.
#[test]
fn the_reference_leaves_the_contents_unmarked() {
    let made = to_stix(&event(&["tlp:amber"], vec![attribute(1, &[])]), Mode::Reference);
    assert!(of(&made.objects, 1).iter().all(Option::is_none));
}

#[test]
fn a_word_of_tlp_nobody_knows_closes() {
    for (tag, expected) in [
        ("tlp:unclear", Some(Tlp::Red)),
        ("TLP:Purple", Some(Tlp::Red)),
        ("tlp:ex:chr", None),
        ("TLP:AMBER+STRICT", Some(Tlp::AmberStrict)),
        ("tlp:white", Some(Tlp::Clear)),
        ("type:OSINT", None),
    ] {
        let made = to_stix(&event(&[], vec![attribute(1, &[tag])]), Mode::Lossless);
        assert!(of(&made.objects, 1).iter().all(|tlp| *tlp == expected), "{tag}");
        let made = to_stix(&event(&[tag], vec![attribute(1, &[])]), Mode::Lossless);
        assert!(of(&made.objects, 1).iter().all(|tlp| *tlp == expected), "{tag}");
    }
}

#[test]
fn marked_events_come_back() {
    let went = event(
        &["tlp:amber", "type:OSINT"],
        vec![attribute(1, &[]), attribute(2, &["tlp:clear"]), attribute(3, &["tlp:red"])],
    );
    let made = to_stix(&went, Mode::Lossless);
    assert_eq!(made.left, []);
    assert_eq!(from_stix(&made.objects).unwrap().events, [went]);
}

/// Changes one object of those made.
fn changed(objects: &[Received], id: &str, change: impl Fn(&mut Value)) -> Vec<Received> {
    let mut all = Vec::new();
    for object in objects {
        let mut value: Value = serde_json::from_slice(object.bytes()).unwrap();
        if object.id().as_str().starts_with(id) {
            change(&mut value);
        }
        all.push(Received::read(value.to_string().as_bytes(), &noroshi_stix::Limits::default()).unwrap());
    }
    all
}

#[test]
fn what_went_along_counts_only_while_the_objects_say_the_same() {
    let made = to_stix(&event(&["tlp:amber"], vec![attribute(1, &[])]), Mode::Lossless);
    let indicator = format!("indicator--{}", uuid(1));
    let data = format!("observed-data--{}", uuid(1));
    let value = |objects: &[Received]| from_stix(objects).unwrap().events[0].attributes[0].value().into_owned();
    assert_eq!(value(&made.objects), "192.0.2.1");
    let other = changed(&made.objects, &indicator, |indicator| {
        indicator["pattern"] = "[network-traffic:dst_ref.value = '203.0.113.9']".into();
    });
    assert_eq!(value(&other), "203.0.113.9");
    let forged =
        changed(&made.objects, &data, |data| data["x_noroshi_misp"]["Attribute"]["value"] = "203.0.113.9".into());
    assert_eq!(value(&forged), "192.0.2.1");
    // A marking that was taken off the report does not open what stands in it.
    let opened = changed(&made.objects, "grouping--", |report| {
        report.as_object_mut().unwrap().remove("object_marking_refs");
    });
    let again = to_stix(&from_stix(&opened).unwrap().events[0], Mode::Lossless);
    assert!(of(&again.objects, 1).iter().all(|tlp| *tlp == Some(Tlp::Amber)), "{:?}", of(&again.objects, 1));
}
