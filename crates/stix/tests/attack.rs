//! The bundles of MITRE ATT&CK are read whole. They lie in `../shared/data` beside the repository; where they do not,
//! the test says so and passes.

use noroshi_stix::{Limits, Received, envelope};
use std::path::Path;

#[test]
fn every_object_of_attack_is_taken_as_it_came() {
    for (name, count) in [("enterprise-attack-21", 24_771), ("ics-attack-18.1", 1_826)] {
        let file = format!("{}/../../../shared/data/stix/{name}.json.zst", env!("CARGO_MANIFEST_DIR"));
        if !Path::new(&file).exists() {
            eprintln!("skipped: {file} is not there");
            continue;
        }
        let bytes = zstd::decode_all(std::fs::File::open(&file).unwrap()).unwrap();
        let items = envelope::split(&bytes, &Limits::default()).unwrap();
        assert_eq!(items.len(), count);
        for item in &items {
            let object = Received::read(item.bytes, &Limits::default()).unwrap_or_else(|fault| panic!("{fault}"));
            assert_eq!(object.warnings(), [], "{}", object.id());
            let came: serde_json::Value = serde_json::from_slice(item.bytes).unwrap();
            assert_eq!(serde_json::from_slice::<serde_json::Value>(object.bytes()).unwrap(), came);
        }
    }
}
