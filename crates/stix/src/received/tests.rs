use super::*;
use serde_json::{Value as Serde, json};

const IDENTITY: &str = "identity--023d105b-752e-4e3c-941c-7d3f3cb15e9e";
const INDICATOR: &str = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";
const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

fn indicator() -> Serde {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": INDICATOR, "created_by_ref": IDENTITY,
        "created": "2026-04-06T20:03:48.000Z", "modified": "2026-04-06T20:03:48.120Z", "name": "A server",
        "pattern": "[ipv4-addr:value = '198.51.100.3']", "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z",
        "labels": ["c2"], "external_references": [{"source_name": "x", "description": "seen"}],
        "object_marking_refs": [RED], "x_own": {"deep_ref": IDENTITY, "not_ref": "1", "many_refs": [INDICATOR]},
    })
}

fn with(mut object: Serde, name: &str, value: Serde) -> Serde {
    object[name] = value;
    object
}

fn read(object: &Serde) -> Result<Received, Fault> {
    Received::read(object.to_string().as_bytes(), &Limits::default())
}

fn refused(object: &Serde) -> (Code, String) {
    let fault = read(object).expect_err(&object.to_string());
    (fault.code, fault.path)
}

#[test]
fn what_a_store_must_know() {
    let object = read(&indicator()).unwrap();
    assert_eq!((object.id().as_str(), object.kind()), (INDICATOR, "indicator"));
    assert_eq!(object.spec_version(), SpecVersion::V2_1);
    assert_eq!(object.version().unwrap().to_string(), "2026-04-06T20:03:48.120Z");
    assert_eq!(object.created_by().unwrap().as_str(), IDENTITY);
    assert_eq!(object.object_markings(), [Tlp::Red.id()]);
    assert!(!object.revoked() && !object.is_observable() && !object.is_relationship());
    assert!(object.warnings().is_empty());
    let mut references: Vec<_> = object.references().map(|(path, id)| format!("{path} {}", id.kind())).collect();
    references.sort();
    assert_eq!(
        references,
        [
            "created_by_ref identity",
            "object_marking_refs.[0] marking-definition",
            "x_own.deep_ref identity",
            "x_own.many_refs.[0] indicator"
        ]
    );
    let mut texts: Vec<_> = object.texts().collect();
    texts.sort();
    assert_eq!(texts, ["A server", "[ipv4-addr:value = '198.51.100.3']", "c2", "seen", "x"]);
}

use crate::Tlp;

#[test]
fn bytes_are_what_came_less_white_space() {
    let text = format!(
        "{{ \"id\":\"{INDICATOR}\", \"x\": [1.50, \"\\u00e9 \\/\"],\n \"type\":\"indicator\",\"spec_version\":\"2.1\",\
         \"created\":\"2026-04-06T20:03:48.000000Z\",\"modified\":\"2026-04-06T20:03:48.000000Z\",\
         \"pattern\":\"x\",\"pattern_type\":\"yara\",\"valid_from\":\"2026-01-01T00:00:00Z\"}}"
    );
    let object = Received::read(text.as_bytes(), &Limits::default()).unwrap();
    assert!(object.text().contains("\"x\":[1.50,\"\\u00e9 \\/\"],\"type\""));
    assert_eq!(object.created().unwrap().digits(), 6);
    assert_eq!(object.warnings().iter().map(|warning| warning.code).collect::<Vec<_>>(), [Code::Precision; 2]);
    let again = Received::read(object.bytes(), &Limits::default()).unwrap();
    assert_eq!(again, object);
}

#[test]
fn faults_name_the_object_the_property_and_what_is_wrong() {
    let fault = read(&with(indicator(), "valid_from", json!("yesterday"))).unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!(
            "`{INDICATOR}`, `valid_from`: `yesterday` is not a STIX timestamp; write it like \
             `2026-11-22T02:00:00.000Z`, with nine digits at most"
        )
    );
    let fault = Received::read(format!("{{\"id\":\"{INDICATOR}\",\"a\":1,\"a\":2}}").as_bytes(), &Limits::default());
    assert_eq!(fault.unwrap_err().id.unwrap(), INDICATOR);
}

#[test]
fn what_is_refused() {
    let other = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd30";
    let cases = [
        ("type", json!(1), Code::Missing, "type"),
        ("type", json!("Indicator"), Code::BadValue, "type"),
        ("type", json!("bundle"), Code::NotAnObject, "type"),
        ("id", json!("indicator--1"), Code::BadId, "id"),
        ("id", json!(IDENTITY), Code::IdOfAnotherType, "id"),
        ("spec_version", json!("2.2"), Code::BadValue, "spec_version"),
        ("created", json!("2026-04-06T20:03:48.000+00:00"), Code::BadTime, "created"),
        ("modified", json!("2025-04-06T20:03:48.000Z"), Code::TimesReversed, "modified"),
        ("name", json!(["x"]), Code::WrongType, "name"),
        ("name", json!(null), Code::WrongType, "name"),
        ("revoked", json!("true"), Code::WrongType, "revoked"),
        ("confidence", json!(101), Code::BadValue, "confidence"),
        ("confidence", json!(1.5), Code::BadValue, "confidence"),
        ("labels", json!("c2"), Code::WrongType, "labels"),
        ("labels", json!(["c2", 1]), Code::WrongType, "labels.[1]"),
        ("created_by_ref", json!(other), Code::WrongReference, "created_by_ref"),
        ("object_marking_refs", json!([RED, IDENTITY]), Code::WrongReference, "object_marking_refs.[1]"),
        (
            "external_references",
            json!([{"source_name": "x"}, {"url": "x"}]),
            Code::Missing,
            "external_references.[1].source_name",
        ),
        (
            "external_references",
            json!([{"source_name": "x", "hashes": {"MD5": "0"}}]),
            Code::BadValue,
            "external_references.[0].hashes.MD5",
        ),
        ("kill_chain_phases", json!([{"kill_chain_name": "x"}]), Code::Missing, "kill_chain_phases.[0].phase_name"),
        ("valid_until", json!("2026-01-01T00:00:00.000Z"), Code::TimesReversed, "valid_until"),
        ("pattern", json!("[ipv4-addr:value = ]"), Code::BadPattern, "pattern"),
        ("pattern", json!("[ipv4-addr:value = 'x'] WITHIN 0 SECONDS"), Code::BadPattern, "pattern"),
        ("extensions", json!({"extension-definition--1": {}}), Code::BadId, "extensions.extension-definition--1"),
        ("extensions", json!({"x-own-ext": 1}), Code::WrongType, "extensions.x-own-ext"),
        ("granular_markings", json!([{"selectors": ["name"]}]), Code::Missing, "granular_markings.[0].marking_ref"),
        (
            "granular_markings",
            json!([{"selectors": ["nom"], "lang": "en"}]),
            Code::BadSelector,
            "granular_markings.[0].selectors.[0]",
        ),
        (
            "granular_markings",
            json!([{"selectors": ["labels.[1]"], "lang": "en"}]),
            Code::BadSelector,
            "granular_markings.[0].selectors.[0]",
        ),
        (
            "granular_markings",
            json!([{"selectors": ["labels.0"], "marking_ref": RED}]),
            Code::BadSelector,
            "granular_markings.[0].selectors.[0]",
        ),
        (
            "granular_markings",
            json!([{"selectors": ["name"], "marking_ref": RED, "lang": "en"}]),
            Code::Contradiction,
            "granular_markings.[0].marking_ref",
        ),
        (
            "granular_markings",
            json!([{"selectors": [], "lang": "en"}]),
            Code::EmptyList,
            "granular_markings.[0].selectors",
        ),
    ];
    for (name, value, code, path) in cases {
        assert_eq!(refused(&with(indicator(), name, value.clone())), (code, path.to_owned()), "{name} {value}");
    }
    for name in ["type", "id", "created", "modified", "pattern", "pattern_type", "valid_from"] {
        let mut object = indicator();
        object.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&object), (Code::Missing, name.to_owned()));
    }
    assert_eq!(refused(&json!([])).0, Code::NotAnObject);
    let nul = indicator().to_string().replace("A server", "A\\u0000server");
    assert_eq!(Received::read(nul.as_bytes(), &Limits::default()).unwrap_err().code, Code::BadCharacter);
}

#[test]
fn nothing_marks_itself() {
    let own = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e4100";
    let marking = json!({
        "type": "marking-definition", "spec_version": "2.1", "id": own, "created": "2026-01-01T00:00:00.000Z",
        "definition_type": "statement", "definition": {"statement": "x"},
    });
    assert!(read(&marking).is_ok());
    let object = with(marking.clone(), "object_marking_refs", json!([RED, own]));
    assert_eq!(refused(&object), (Code::MarksItself, "object_marking_refs".to_owned()));
    let object = with(marking, "granular_markings", json!([{"selectors": ["created"], "marking_ref": own}]));
    assert_eq!(refused(&object), (Code::MarksItself, "granular_markings.[0].marking_ref".to_owned()));
}

#[test]
fn custom_types_and_properties_are_kept() {
    let custom = json!({"type": "x-own-thing", "id": "x-own-thing--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "anything": [null, {}]});
    let object = read(&custom).unwrap();
    assert_eq!((object.spec_version(), object.version()), (SpecVersion::V2_1, None));
    assert_eq!(serde_json::from_slice::<Serde>(object.bytes()).unwrap(), custom);
    assert_eq!(refused(&with(custom.clone(), "created", json!("x"))), (Code::BadTime, "created".to_owned()));
    assert_eq!(
        read(&with(custom, "created", json!("2026-01-01T00:00:00.000Z"))).unwrap().spec_version(),
        SpecVersion::V2_0
    );
    // An empty list says nothing, so nothing is lost by it.
    let object = read(&with(indicator(), "labels", json!([]))).unwrap();
    assert_eq!((object.warnings()[0].code, object.warnings()[0].path.as_str()), (Code::EmptyList, "labels"));
}

#[test]
fn what_2_0_wrote() {
    let old = json!({
        "type": "indicator", "id": INDICATOR, "created": "2017-01-01T00:00:00.000Z", "modified": "2017-01-01T00:00:00.000Z",
        "labels": ["malicious-activity"], "pattern": "[file:size = 1] START '2017-01-01T00:00:00Z' STOP '2017-01-02T00:00:00Z'",
        "valid_from": "2017-01-01T00:00:00Z",
    });
    let object = read(&old).unwrap();
    assert_eq!(object.spec_version(), SpecVersion::V2_0);
    assert_eq!(refused(&with(old, "spec_version", json!("2.1"))), (Code::Missing, "pattern_type".to_owned()));
}

#[test]
fn observables() {
    let address =
        json!({"type": "ipv4-addr", "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "value": "198.51.100.3"});
    let object = read(&address).unwrap();
    assert!(object.is_observable() && object.warnings().is_empty() && object.version().is_none());
    let other = with(address.clone(), "id", json!("ipv4-addr--28bb3599-77cd-4a82-a950-b5bc3caf07c4"));
    assert_eq!(read(&other).unwrap().warnings()[0].code, Code::OtherId);
    assert_eq!(refused(&with(address.clone(), "value", json!("198.51.100.300"))).0, Code::BadValue);
    assert_eq!(refused(&with(address, "belongs_to_refs", json!([IDENTITY]))).0, Code::WrongReference);
}

#[test]
fn relationships() {
    let object = json!({
        "type": "relationship", "spec_version": "2.1", "id": "relationship--44298a74-ba52-4f0c-87a3-1824e67d7fad",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "relationship_type": "indicates", "source_ref": INDICATOR, "target_ref": "x-own--44298a74-ba52-4f0c-87a3-1824e67d7fad",
    });
    let received = read(&object).unwrap();
    let ends = received.relationship().unwrap();
    assert_eq!((ends.source.as_str(), &*ends.relationship_type, ends.target.kind()), (INDICATOR, "indicates", "x-own"));
    let itself = "relationship--44298a74-ba52-4f0c-87a3-1824e67d7fad";
    assert_eq!(refused(&with(object, "target_ref", json!(itself))), (Code::WrongReference, "target_ref".to_owned()));
}

#[test]
fn selectors_have_a_limit() {
    let limits = Limits { selectors_max: 2, ..Limits::default() };
    let marked =
        |count| with(indicator(), "granular_markings", json!([{"selectors": vec!["name"; count], "marking_ref": RED}]));
    let read = |object: &Serde| Received::read(object.to_string().as_bytes(), &limits);
    assert_eq!(read(&marked(2)).unwrap().granular()[0].selectors.len(), 2);
    let fault = read(&marked(3)).unwrap_err();
    assert_eq!((fault.code, fault.path.as_str()), (Code::TooMuch, "granular_markings.[0].selectors.[2]"));
}
