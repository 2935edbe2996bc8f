use super::*;
use crate::marking::Marking;
use crate::{Limits, Received, Tlp};

fn maker() -> Id {
    Id::fixed("identity--023d105b-752e-4e3c-941c-7d3f3cb15e9e")
}

fn marking(definition: &serde_json::Value) -> Marking {
    Marking::of(&Received::read(definition.to_string().as_bytes(), &Limits::default()).unwrap())
}

fn set<T: Ord>(words: impl IntoIterator<Item = T>) -> Option<BTreeSet<T>> {
    Some(words.into_iter().collect())
}

fn restriction() -> Restriction {
    Restriction {
        release_to: set(["JP", "NL"].map(|code| Country::parse(code).unwrap())),
        clearance: Some(Clearance { level: Level::Secret, compartments: set(["HARBOUR".to_owned()]).unwrap() }),
        purposes: set(["warn-victims".to_owned()]),
    }
}

#[test]
fn what_is_written_is_read_again() {
    for mask in 1..8 {
        let mut restriction = restriction();
        restriction.release_to = restriction.release_to.filter(|_| mask & 1 > 0);
        restriction.clearance = restriction.clearance.filter(|_| mask & 2 > 0);
        restriction.purposes = restriction.purposes.filter(|_| mask & 4 > 0);
        let definition = restriction.definition(&maker(), Timestamp::from_micros(0));
        assert_eq!(marking(&definition), Marking::Restriction(restriction));
    }
    insta::assert_json_snapshot!(restriction().definition(&maker(), Timestamp::from_micros(0)));
    for definition in extension_definitions(&maker(), Timestamp::from_micros(0)) {
        Received::read(definition.to_string().as_bytes(), &Limits::default()).unwrap();
    }
}

#[test]
fn what_is_not_understood_in_full_is_unknown() {
    let good = restriction().definition(&maker(), Timestamp::from_micros(0));
    let spoiled: [fn(&mut serde_json::Value); 9] = [
        |e| e[RELEASE_EXTENSION]["release_to"] = json!(["JP", "XX"]),
        |e| e[RELEASE_EXTENSION]["release_to"] = json!("JP"),
        |e| e[RELEASE_EXTENSION]["release_to"] = json!([]),
        |e| e[RELEASE_EXTENSION]["not_to"] = json!(["NL"]),
        |e| e[CLEARANCE_EXTENSION]["clearance"] = json!("cosmic"),
        |e| e[CLEARANCE_EXTENSION]["compartments"] = json!([1]),
        |e| e[PURPOSE_EXTENSION]["purposes"] = json!([""]),
        |e| e["extension-definition--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"] = json!({"x": 1}),
        |e| e[crate::marking::EXTENSION] = json!({"extension_type": TYPE, "tlp_2_0": "clear"}),
    ];
    for spoil in spoiled {
        let mut definition = good.clone();
        spoil(&mut definition["extensions"]);
        assert_eq!(marking(&definition), Marking::Unknown, "{definition}");
    }
}

#[test]
fn tlp_of_both_versions_and_statements() {
    let definition = |id: &str, kind: &str, body: serde_json::Value| {
        json!({"type": "marking-definition", "spec_version": "2.1", "id": id, "created": "2017-01-20T00:00:00.000Z",
            "definition_type": kind, "definition": body})
    };
    let white = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
    let other = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99d00";
    assert_eq!(marking(&definition(white, "tlp", json!({"tlp": "white"}))), Marking::Tlp(Tlp::Clear));
    assert_eq!(marking(&definition(other, "tlp", json!({"tlp": "amber"}))), Marking::Tlp(Tlp::Amber));
    assert_eq!(marking(&definition(white, "tlp", json!({"tlp": "red"}))), Marking::Unknown);
    assert_eq!(marking(&definition(other, "tlp", json!({"tlp": "ultraviolet"}))), Marking::Unknown);
    assert_eq!(marking(&definition(other, "iep", json!({}))), Marking::Unknown);
    let statement = marking(&definition(other, "statement", json!({"statement": "Copyright"})));
    assert_eq!(statement, Marking::Statement("Copyright".to_owned()));
    for tlp in Tlp::ALL {
        let mut official = serde_json::to_value(tlp.definition()).unwrap();
        official["type"] = json!("marking-definition");
        assert_eq!(marking(&official), Marking::Tlp(tlp));
        assert_eq!(Marking::with_id(&tlp.id()), Some(Marking::Tlp(tlp)));
        official["id"] = json!(white);
        assert_eq!(marking(&official) == Marking::Unknown, tlp != Tlp::Clear);
        official["extensions"][crate::marking::EXTENSION]["tlp_2_0"] = json!(tlp.name());
        assert_eq!(marking(&official), Marking::Unknown, "the word is in lower case, without TLP:");
    }
}

#[test]
fn countries_are_those_of_the_standard() {
    assert_eq!(COUNTRIES.len(), 249 * 2);
    let codes: BTreeSet<_> = COUNTRIES.as_bytes().chunks_exact(2).collect();
    assert_eq!(codes.len(), 249);
    assert_eq!(Country::parse("JP").unwrap().to_string(), "JP");
    for text in ["jp", "J", "JPN", "", "XX", "UK", "DA", "日本"] {
        assert!(Country::parse(text).is_err(), "{text}");
    }
    assert_eq!(restriction().to_string(), "Release to JP, NL · secret (HARBOUR) · for warn-victims");
}
