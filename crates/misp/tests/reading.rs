//! Bad input: what can be taken is taken, and what is left out is named.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests may fail loudly")]

use noroshi_misp::event::EventError;
use noroshi_misp::limits::{ITEMS_MAX, MARKS_MAX, NAME_BYTES_MAX, REFERENCES_MAX, VALUE_BYTES_MAX};
use noroshi_misp::{Event, Mode, Refused, from_stix, to_stix};
use serde_json::{Value, json};

const EVENT: &str = "5d162d91-b746-5477-94a9-db95b4652ded";

fn uuid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn attribute(number: usize) -> Value {
    json!({"uuid": uuid(number), "type": "domain", "category": "Network activity", "value": "c2.example.org",
        "to_ids": true, "timestamp": "1764000000"})
}

/// An attribute with fields changed.
fn with(number: usize, changes: Value) -> Value {
    let mut attribute = attribute(number);
    for (name, value) in changes.as_object().unwrap() {
        attribute[name] = value.clone();
    }
    attribute
}

fn event(changes: Value) -> Value {
    let mut event = json!({"uuid": EVENT, "info": "x", "timestamp": "1764000000"});
    for (name, value) in changes.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn read(changes: Value) -> (Event, Vec<Refused>) {
    Event::from_value(event(changes)).unwrap()
}

fn refusal(changes: Value) -> String {
    Event::from_value(event(changes)).unwrap_err().to_string()
}

#[test]
fn a_bad_attribute_is_refused_alone_with_its_names() {
    let bad = [
        (json!({"value": null}), "value"),
        (json!({"value": ""}), "value"),
        (json!({"value": ["a"]}), "value"),
        (json!({"type": 3}), "type"),
        (json!({"timestamp": "soon"}), "timestamp"),
        (json!({"timestamp": "-1"}), "timestamp"),
        (json!({"timestamp": 1.5}), "timestamp"),
        (json!({"to_ids": "maybe"}), "to_ids"),
        (json!({"deleted": 7}), "deleted"),
        (json!({"comment": {"a": 1}}), "comment"),
        (json!({"Tag": [{"name": "tlp:red"}, {"name": 5}]}), "Tag[1].name"),
        (json!({"Tag": "tlp:red"}), "Tag"),
        (json!({"Galaxy": [{"type": "x", "GalaxyCluster": [{"uuid": "1"}]}]}), "Galaxy[0].GalaxyCluster[0].uuid"),
        (json!({"Sighting": [{"uuid": uuid(9), "type": "9"}]}), "Sighting[0].type"),
    ];
    for (change, field) in bad {
        let (event, refused) = read(json!({"Attribute": [attribute(1), with(2, change), attribute(3)]}));
        assert_eq!(event.attributes.len(), 2, "{field}");
        let [refused] = refused.as_slice() else { panic!("{field}: {refused:?}") };
        assert_eq!((refused.fault.field.as_str(), refused.what), (field, "Attribute"));
        let said = refused.to_string();
        assert!(said.contains(EVENT) && said.contains(&uuid(2)) && said.contains(field), "{said}");
    }
}

#[test]
fn an_identifier_is_a_uuid_in_one_spelling() {
    let bad = [
        "",
        "1",
        "not-a-uuid",
        "00000000-0000-0000-0000-000000000000",
        "{00000000-0000-4000-8000-000000000002}",
        "urn:uuid:00000000-0000-4000-8000-000000000002",
        "00000000000040008000000000000002",
        "00000000-0000-4000-0000-000000000002",
        "../../../../../../../../../../etc/pw",
    ];
    for text in bad {
        let (event, refused) = read(json!({"Attribute": [with(1, json!({"uuid": text}))]}));
        assert_eq!((event.attributes.len(), refused.len()), (0, 1), "{text}");
        assert!(refusal(json!({"uuid": text})).contains("`uuid`"), "{text}");
    }
    let upper = uuid(1).replace("8000", "A000");
    let (event, refused) = read(json!({"Attribute": [with(1, json!({"uuid": upper}))]}));
    assert_eq!((event.attributes.len(), refused), (1, vec![]));
    assert_eq!(event.to_value()["Attribute"][0]["uuid"], upper.as_str());
}

#[test]
fn tags_of_an_event_that_cannot_be_read_refuse_it_whole() {
    let said = refusal(json!({"Tag": [{"name": "tlp:red", "x": 1}, {"nome": "tlp:red"}]}));
    assert!(said.contains("`Tag[1].name` is missing") && said.contains(EVENT), "{said}");
}

#[test]
fn nothing_stands_twice() {
    let object =
        |number: usize| json!({"uuid": uuid(number), "name": "file", "Attribute": [attribute(1), attribute(5)]});
    let (event, refused) = read(json!({"Attribute": [attribute(1), attribute(1)], "Object": [object(1), object(4)]}));
    assert_eq!((event.attributes.len(), event.objects.len(), event.objects[0].attributes.len()), (1, 1, 1));
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|refused| refused.fault.what.contains("twice")), "{refused:?}");
}

#[test]
fn bombs_and_doubled_keys_are_refused() {
    let deep = format!("{{\"Event\":{}{}}}", "[".repeat(100), "]".repeat(100));
    for text in [deep.as_str(), r#"{"Event":{"uuid":"a","uuid":"b"}}"#, r#"{"Event":{"info":"a"}} {}"#, "[", ""] {
        assert!(matches!(Event::read(text.as_bytes()), Err(EventError::Strict(_))), "{text}");
    }
    for text in ["[]", "3", r#"{"Event":[]}"#, r#"{"Event":null}"#, "{}"] {
        assert!(matches!(Event::read(text.as_bytes()), Err(EventError::Field { .. })), "{text}");
    }
}

#[test]
fn hostile_html_stays_the_text_it_is() {
    let html = "<script>alert('1')</script>' OR 1=1 -- \\ \" ]";
    let report = json!({"uuid": uuid(8), "name": html, "content": html});
    let changes = json!({"info": html, "EventReport": [report], "Attribute": [
        with(1, json!({"value": html, "comment": html})), with(2, json!({"type": "text", "value": html})),
        with(3, json!({"type": "url", "value": html})), with(4, json!({"type": html, "value": html})),
    ]});
    let (read, refused) = read(changes.clone());
    assert_eq!(refused, []);
    let made = to_stix(&read, Mode::Lossless);
    assert_eq!(made.left, []);
    let pattern = made.objects.iter().find_map(|object| object.property("pattern")).unwrap();
    assert!(pattern.contains("alert(\\'1\\')"), "{pattern}");
    assert_eq!(from_stix(&made.objects).unwrap().events[0].to_value(), event(changes));
}

#[test]
fn what_stix_has_no_place_for_is_kept() {
    let values = [
        ("ip-dst", "999.1.1.1"),
        ("ip-dst|port", "192.0.2.1"),
        ("ip-dst|port", "192.0.2.1|x"),
        ("ip-dst|port", "192.0.2.1|99999"),
        ("md5", "short"),
        ("filename|sha256", "a.exe|zz"),
        ("AS", "AS-1"),
        ("AS", "ASx"),
        ("mac-address", "x"),
        ("domain|ip", "a"),
        ("size-in-bytes", "007"),
        ("no such type", "x"),
    ];
    for (kind, value) in values {
        let (read, _) = read(json!({"Attribute": [with(1, json!({"type": kind, "value": value}))]}));
        let made = to_stix(&read, Mode::Lossless);
        assert_eq!(made.left, [], "{kind} {value}");
        let kept = made.objects.iter().find(|object| object.kind() == "x-misp-attribute");
        assert_eq!(kept.and_then(|kept| kept.property("x_misp_value")).as_deref(), Some(value), "{kind}");
        assert!(!made.objects.iter().any(|object| object.kind() == "indicator"), "{kind}");
        assert_eq!(from_stix(&made.objects).unwrap().events[0], read, "{kind} {value}");
    }
}

#[test]
fn what_cannot_even_be_kept_is_left_out_and_told() {
    let (read, _) = read(json!({"Attribute": [with(1, json!({"value": "a\u{0}b"})), attribute(2)]}));
    let made = to_stix(&read, Mode::Lossless);
    assert_eq!(made.left.len(), 1);
    let said = made.left[0].to_string();
    assert!(said.contains(EVENT) && said.contains(&uuid(1)), "{said}");
    assert!(made.objects.iter().any(|object| object.id().as_str().ends_with(&uuid(2))));
}

#[test]
fn references_to_nothing_and_in_circles_do_no_harm() {
    let reference = |number: usize, to: usize| json!({"uuid": uuid(number), "referenced_uuid": uuid(to), "relationship_type": "Points At!"});
    let object = |number: usize, references: Vec<Value>| {
        json!({"uuid": uuid(number), "name": "url", "meta-category": "network", "ObjectReference": references,
            "Attribute": [{"uuid": uuid(number + 100), "type": "url", "object_relation": "url", "value": "http://example.org/", "to_ids": true}]})
    };
    let changes = json!({"Object": [
        object(1, vec![reference(11, 2), reference(12, 99), reference(13, 1)]),
        object(2, vec![reference(21, 1), reference(22, 101), json!({"uuid": uuid(23), "referenced_uuid": "nobody"})]),
    ]});
    let (read, refused) = read(changes);
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].what, refused[0].fault.field.as_str()), ("ObjectReference", "referenced_uuid"));
    let made = to_stix(&read, Mode::Lossless);
    let relations: Vec<_> = made.objects.iter().filter_map(|object| object.relationship()).collect();
    let pointing = relations.iter().filter(|ends| ends.relationship_type == "points-at-").count();
    assert_eq!(pointing, 4, "{relations:?}");
    assert_eq!(from_stix(&made.objects).unwrap().events[0], read);
}

#[test]
fn an_attribute_that_was_taken_back_is_no_indicator() {
    let (read, _) = read(json!({"Attribute": [with(1, json!({"deleted": true}))]}));
    let made = to_stix(&read, Mode::Lossless);
    let [kept] = made.objects.iter().filter(|object| object.id().as_str().ends_with(&uuid(1))).collect::<Vec<_>>()[..]
    else {
        panic!("{:?}", made.objects)
    };
    assert!(kept.revoked() && kept.kind() == "x-misp-attribute");
    assert_eq!(from_stix(&made.objects).unwrap().events[0], read);
}

#[test]
fn limits_at_the_limit_and_one_past_it() {
    let taken = |change: Value| read(json!({"Attribute": [with(1, change)]})).0.attributes.len();
    assert_eq!(taken(json!({"value": "x".repeat(VALUE_BYTES_MAX)})), 1);
    assert_eq!(taken(json!({"value": "x".repeat(VALUE_BYTES_MAX + 1)})), 0);
    assert_eq!(taken(json!({"type": "x".repeat(NAME_BYTES_MAX)})), 1);
    assert_eq!(taken(json!({"type": "x".repeat(NAME_BYTES_MAX + 1)})), 0);
    let tags = |count: usize| json!({"Tag": vec![json!({"name": "a"}); count]});
    assert_eq!(taken(tags(MARKS_MAX)), 1);
    assert_eq!(taken(tags(MARKS_MAX + 1)), 0);
    let references = |count: usize| {
        let all: Vec<_> = (0..count).map(|at| json!({"uuid": uuid(10 + at), "referenced_uuid": uuid(1)})).collect();
        read(json!({"Object": [{"uuid": uuid(2), "name": "file", "ObjectReference": all}]})).0.objects.len()
    };
    assert_eq!(references(REFERENCES_MAX), 1);
    assert_eq!(references(REFERENCES_MAX + 1), 0);
}

#[test]
fn items_at_the_limit_and_one_past_it() {
    let many = |count: usize| {
        let all: Vec<_> = (0..count).map(|at| json!({"uuid": uuid(at), "type": "text", "value": "x"})).collect();
        Event::from_value(event(json!({"Attribute": all})))
    };
    // The event has a UUID of its own.
    assert_eq!(many(ITEMS_MAX - 1).unwrap().0.attributes.len(), ITEMS_MAX - 1);
    assert!(many(ITEMS_MAX).unwrap_err().to_string().contains("split"));
}
