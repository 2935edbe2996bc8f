use super::*;
use crate::limits::DEPTH_MAX;

const INDICATOR: &str = r#"{ "type": "indicator", "spec_version": "2.1",
  "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
  "created": "2016-04-06T20:03:48.000Z", "modified": "2016-04-06T20:03:48.123456Z",
  "pattern": "[ipv4-addr:value = '203.0.113.7']", "pattern_type": "stix", "valid_from": "2016-01-01T00:00:00Z",
  "x_example": 1.50,
  "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"],
  "granular_markings": [{"selectors": ["pattern"],
    "marking_ref": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"}] }"#;

fn with(from: &str, to: &str) -> Result<Received, Fault> {
    assert!(INDICATOR.contains(from), "{from}");
    Received::read(&INDICATOR.replacen(from, to, 1))
}

#[test]
fn an_object_keeps_its_bytes_and_says_what_it_is() {
    let read = Received::read(INDICATOR).unwrap();
    assert_eq!((read.kind(), read.spec_version(), read.revoked()), ("indicator", "2.1", false));
    assert_eq!(read.version(), Some((1_459_973_028_123_456, "2016-04-06T20:03:48.123456Z")));
    assert_eq!(read.markings().len(), 2, "also the one of a part");
    let bytes = String::from_utf8(read.bytes().to_vec()).unwrap();
    assert!(bytes.contains(r#""x_example":1.50,"#) && !bytes.contains('\n'), "{bytes}");
}

#[test]
fn an_observable_needs_no_times_and_other_objects_do() {
    let address =
        r#"{"type":"ipv4-addr","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4","value":"198.51.100.3"}"#;
    let read = Received::read(address).unwrap();
    assert_eq!((read.version(), read.spec_version()), (None, "2.1"));
    let fault = with(r#""modified": "2016-04-06T20:03:48.123456Z","#, "").unwrap_err();
    assert_eq!(fault.wrong, Wrong::Missing("modified"));
}

#[test]
fn what_is_wrong_names_object_and_property() {
    for (from, to, property) in [
        ("indicator--8e", "malware--8e", "id"),
        ("indicator--8e2e2d2b-17d4", "indicator--8e2e2d2b17d4", "id"),
        ("\"2.1\"", "\"3.0\"", "spec_version"),
        ("20:03:48.123456Z", "20:03:48+00:00", "modified"),
        ("2016-04-06T20:03:48.123456Z", "2015-04-06T20:03:48Z", "modified"),
        ("[\"marking-definition--bab", "[\"identity--bab", "object_marking_refs"),
        ("\"selectors\": [\"pattern\"]", "\"selectors\": []", "granular_markings"),
        ("\"x_example\": 1.50", "\"revoked\": \"yes\"", "revoked"),
        ("\"x_example\": 1.50", "\"created_by_ref\": \"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\"", "created_by_ref"),
    ] {
        let fault = with(from, to).unwrap_err();
        assert!(fault.id.is_some(), "{fault}");
        assert!(fault.to_string().contains(&format!("`{property}`")), "{from} -> {to}: {fault}");
    }
}

#[test]
fn a_marking_that_marks_itself_is_a_loop() {
    let own = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
    let text = format!(
        r#"{{"type":"marking-definition","spec_version":"2.1","id":"{own}","created":"2016-08-01T00:00:00.000Z",
        "definition_type":"statement","definition":{{"statement":"s"}},"object_marking_refs":["{own}"]}}"#
    );
    assert!(Received::read(&text).unwrap_err().to_string().contains("loop"));
}

#[test]
fn bombs_and_doubled_keys_are_refused_with_a_sentence() {
    let deep = format!("\"x_example\": {}1{}", "[".repeat(DEPTH_MAX * 2), "]".repeat(DEPTH_MAX * 2));
    for (from, to, says) in [
        ("\"x_example\": 1.50", deep.as_str(), "in each other"),
        ("\"x_example\": 1.50", "\"type\": \"indicator\"", "comes twice"),
    ] {
        let fault = with(from, to).unwrap_err();
        assert!(fault.to_string().contains(says), "{fault}");
    }
    let large = with("\"x_example\": 1.50", &format!("\"x_example\": \"{}\"", "a".repeat(OBJECT_BYTES_MAX)));
    assert!(matches!(large.unwrap_err().wrong, Wrong::TooLarge { .. }));
    assert_eq!(Received::read("[]").unwrap_err().wrong, Wrong::NotAnObject);
}
