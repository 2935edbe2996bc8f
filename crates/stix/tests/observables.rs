//! Identifiers of observables beside those of the Python library `stix2` (see `data/observables.py`).

use noroshi_stix::{Limits, Received, deterministic, envelope};
use std::collections::BTreeSet;

#[test]
fn everybody_gives_an_observable_the_same_identifier() {
    let bundle = format!("{{\"objects\":{}}}", include_str!("data/observables.json"));
    let items = envelope::split(bundle.as_bytes(), &Limits::default()).unwrap();
    let mut kinds = BTreeSet::new();
    for item in &items {
        let object = Received::read(item.bytes, &Limits::default()).unwrap();
        assert_eq!(deterministic::id(&object).as_ref(), Some(object.id()), "{}", object.text());
        assert_eq!(object.warnings(), []);
        kinds.insert(object.kind().to_owned());
    }
    assert_eq!((items.len(), kinds.len()), (226, 17));
}

#[test]
fn a_process_has_no_identifier_of_its_own() {
    let process = br#"{"type":"process","id":"process--d2ec5aab-808d-4492-890a-3c1a1e3cb06e","pid":1}"#;
    let process = Received::read(process, &Limits::default()).unwrap();
    assert_eq!(deterministic::id(&process), None);
    assert_eq!(process.warnings(), []);
}
