//! There and back: what an event says is not lost on the way through STIX, nor what STIX objects say through MISP.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests may fail loudly")]

use noroshi_misp::{Event, Mode, from_stix, to_stix};
use noroshi_stix::{Limits, Received};
use serde_json::Value;
use std::collections::BTreeSet;

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

fn golden(folder: &str, name: &str) -> Value {
    let path = format!("{}/tests/golden/{folder}/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn event(name: &str) -> Event {
    Event::from_value(golden("event", name)).unwrap().0
}

fn received(objects: &Value) -> Vec<Received> {
    let read = |object: &Value| Received::read(object.to_string().as_bytes(), &Limits::default());
    objects.as_array().unwrap().iter().map(|object| read(object).unwrap_or_else(|fault| panic!("{fault}"))).collect()
}

fn ids(objects: &[Received]) -> BTreeSet<String> {
    objects.iter().map(|object| object.id().as_str().to_owned()).collect()
}

#[test]
fn an_event_through_stix_is_the_same_event() {
    for name in NAMES {
        let made = to_stix(&event(name), Mode::Lossless);
        assert_eq!(made.left, [], "{name}");
        let back = from_stix(&made.objects).unwrap();
        assert_eq!(back.left, [], "{name}");
        assert_eq!(back.events.len(), 1, "{name}");
        let (came, went) = (back.events[0].to_value(), &golden("event", name)["Event"]);
        for (field, value) in went.as_object().unwrap() {
            assert_eq!(&came[field], value, "{name} {field}");
        }
        assert_eq!(&came, went, "{name}");
    }
}

#[test]
fn the_same_event_gives_the_same_bytes() {
    for name in NAMES {
        assert_eq!(to_stix(&event(name), Mode::Lossless).bundle(), to_stix(&event(name), Mode::Lossless).bundle());
    }
}

/// The reference's own bundles: no identifier is lost. Its markings of TLP 1 come back as those of TLP 2.0.
#[test]
fn bundles_of_the_reference_keep_their_identifiers() {
    for name in NAMES {
        let came = received(&golden("stix", name)["objects"]);
        let back = from_stix(&came).unwrap();
        assert_eq!((back.events.len(), back.left), (1, vec![]), "{name}");
        let again = ids(&to_stix(&back.events[0], Mode::Lossless).objects);
        let lost: Vec<_> =
            ids(&came).difference(&again).filter(|id| !id.starts_with("marking-definition")).cloned().collect();
        assert_eq!(lost, Vec::<String>::new(), "{name}");
    }
}

/// What of a part both converters are asked for: where it is, what it says, whether it is for detection.
fn core(part: &Value, fields: &[&str]) -> Vec<String> {
    fields
        .iter()
        .map(|field| part.get(*field).map_or_else(String::new, |value| value.to_string().replace('"', "")))
        .collect()
}

fn cores(list: &Value, fields: &[&str]) -> BTreeSet<Vec<String>> {
    list.as_array().into_iter().flatten().map(|part| core(part, fields)).collect()
}

/// What the reference makes of its own bundles, and what we make of them. `-` is theirs alone, `+` ours alone.
#[test]
fn bundles_of_the_reference_come_back_as_it_reads_them() {
    let mut differences = Vec::new();
    for name in NAMES {
        let back = from_stix(&received(&golden("stix", name)["objects"])).unwrap();
        let (ours, theirs) = (back.events[0].to_value(), &golden("back", name)["Event"]);
        for field in ["uuid", "info", "timestamp", "published", "publish_timestamp", "distribution"] {
            assert_eq!(ours[field], theirs[field].clone(), "{name} {field}");
        }
        let mut tell = |what: &str, ours: BTreeSet<Vec<String>>, theirs: BTreeSet<Vec<String>>| {
            differences.extend(theirs.difference(&ours).map(|core| format!("{name} {what} - {}", core.join(" "))));
            differences.extend(ours.difference(&theirs).map(|core| format!("{name} {what} + {}", core.join(" "))));
        };
        let fields = ["uuid", "type", "category", "value", "to_ids"];
        tell("attribute", cores(&ours["Attribute"], &fields), cores(&theirs["Attribute"], &fields));
        let fields = ["uuid", "name", "meta-category", "timestamp"];
        tell("object", cores(&ours["Object"], &fields), cores(&theirs["Object"], &fields));
        for object in theirs["Object"].as_array().into_iter().flatten() {
            let own = ours["Object"].as_array().into_iter().flatten().find(|own| own["uuid"] == object["uuid"]);
            let fields = ["object_relation", "type", "value", "to_ids"];
            let own = own.map(|own| cores(&own["Attribute"], &fields)).unwrap_or_default();
            tell(object["name"].as_str().unwrap(), own, cores(&object["Attribute"], &fields));
        }
    }
    let path = format!("{}/tests/golden/differences.txt", env!("CARGO_MANIFEST_DIR"));
    let text = differences.join("\n") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "run with UPDATE_GOLDEN=1 and read what changed");
}
