//! What others write, in and out, as its user does it: `noroshi indicators` and `noroshi misp`.
#![allow(clippy::unwrap_used, reason = "tests")]

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use std::process::Output;

fn noroshi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_noroshi")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const HASH: &str = "44d88612fea8a8f36de82e1278abb02f44d88612fea8a8f36de82e1278abb02f";

/// A bundle of a list that has a hash, a defanged name, an address nobody may block, and a line that is nothing.
fn bundle(folder: &Path) -> String {
    let list = folder.join("list.txt");
    std::fs::write(&list, format!("# of today\n{HASH}\nhxxp://c2[.]example/gate\n192.0.2.7\n???\n")).unwrap();
    let list = list.display().to_string();
    let read = noroshi(&["indicators", "import", &list, "--source", "example.org", "--days", "30", "--tlp", "green"]);
    assert_eq!(read.status.code(), Some(3), "a line was not taken: {}", said(&read));
    assert!(said(&read).contains("line 5:"), "{}", said(&read));
    let made: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(made["objects"].as_array().unwrap().len(), 3);
    let path = folder.join("bundle.json");
    std::fs::write(&path, &read.stdout).unwrap();
    path.display().to_string()
}

#[test]
fn a_list_becomes_a_bundle_and_the_bundle_what_sensors_load() {
    let folder = tempfile::tempdir().unwrap();
    let (bundle, out) = (bundle(folder.path()), folder.path().join("out").display().to_string());
    for form in ["blocklist", "suricata", "zeek", "rpz"] {
        let written = noroshi(&["indicators", "export", &bundle, "--form", form, "--out", &out]);
        assert_eq!(written.status.code(), Some(0), "{form}: {}", said(&written));
        let refused = said(&written);
        for of_nobody in ["`192.0.2.7`", "`http://c2.example/gate`"] {
            assert!(
                refused.contains(&format!("not written: {of_nobody}")),
                "a name or address for examples: {refused}"
            );
        }
    }
    let names: Vec<_> = std::fs::read_dir(&out).unwrap().map(|file| file.unwrap().file_name()).collect();
    let all: String = names.iter().map(|name| std::fs::read_to_string(Path::new(&out).join(name)).unwrap()).collect();
    assert!(all.contains(HASH), "{names:?}");
    assert!(!all.contains("192.0.2.7") && !all.contains("c2.example"), "what a warning list refuses stands in no file");
}

#[test]
fn what_makes_no_sense_is_said_before_anything_is_read() {
    let unknown = noroshi(&["indicators", "import", "x", "--source", "s", "--format", "stix1"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(said(&unknown).contains("list, csv, shadowserver"), "{}", said(&unknown));
    let missing = noroshi(&["misp", "to-stix", "/nowhere/event.json"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(said(&missing).contains("cannot read `/nowhere/event.json`"), "{}", said(&missing));
}

#[test]
fn an_event_goes_to_stix_and_back_and_into_a_feed() {
    let folder = tempfile::tempdir().unwrap();
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../misp/tests/golden/event");
    let event = std::fs::read_dir(events).unwrap().map(|file| file.unwrap().path()).min().unwrap();
    let given: Value = serde_json::from_slice(&std::fs::read(&event).unwrap()).unwrap();
    let event = event.display().to_string();
    let there = noroshi(&["misp", "to-stix", &event]);
    assert_eq!(there.status.code(), Some(0), "{}", said(&there));
    let bundle = folder.path().join("bundle.json");
    std::fs::write(&bundle, &there.stdout).unwrap();
    let bundle = bundle.display().to_string();
    let back = noroshi(&["misp", "from-stix", &bundle]);
    assert_eq!(back.status.code(), Some(0), "{}", said(&back));
    let back: Value = serde_json::from_slice(&back.stdout).unwrap();
    assert_eq!(back, given, "nothing is lost on the way");

    let out = folder.path().join("feed").display().to_string();
    let fed = noroshi(&["misp", "feed", &bundle, "--stix", "--out", &out]);
    assert_eq!(fed.status.code(), Some(0), "{}", said(&fed));
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&out).join("manifest.json")).unwrap()).unwrap();
    for uuid in manifest.as_object().unwrap().keys() {
        let one: Value =
            serde_json::from_slice(&std::fs::read(Path::new(&out).join(format!("{uuid}.json"))).unwrap()).unwrap();
        assert_eq!(one["Event"]["uuid"], uuid.as_str());
    }
    assert!(Path::new(&out).join("hashes.csv").exists());
}
