//! What a marking definition means for who may see: TLP 2.0, TLP 1 as its nearest, statements, and our own extension.
//!
//! TLP 2.0 is known by its published ids and not by what an object says of itself: a definition that only calls itself
//! TLP:CLEAR opens nothing. A definition that is not understood opens nothing outside who gave the object.

use noroshi_model::{Clearance, Compartment, Country, Handling, PersonId, Purpose, Tlp};
use noroshi_stix::json::Json;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The extension that carries release, clearance, compartments, purposes and names: fixed once.
pub const HANDLING_EXTENSION: &str = "extension-definition--0f5c2a35-8a1e-4b53-9c37-5b7ad1a3c4ee";

/// TLP 1 (STIX 2.1, section 7.2.1.4), each as the level of TLP 2.0 that FIRST names for it.
const TLP_1: [(&str, Tlp); 4] = [
    ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::Clear),
    ("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::Green),
    ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp::Amber),
    ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::Red),
];

/// What a marking says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning(pub Handling);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extension {
    extension_type: String,
    #[serde(default)]
    countries: Option<BTreeSet<Country>>,
    #[serde(default)]
    clearance: Option<Clearance>,
    #[serde(default)]
    compartments: BTreeSet<Compartment>,
    #[serde(default)]
    purposes: Option<BTreeSet<Purpose>>,
    #[serde(default)]
    people: Option<BTreeSet<PersonId>>,
}

impl Meaning {
    /// Of a marking everybody knows, by its id.
    pub fn of_id(id: &str) -> Option<Self> {
        let second = |tlp: noroshi_stix::Tlp| match tlp {
            noroshi_stix::Tlp::Clear => Tlp::Clear,
            noroshi_stix::Tlp::Green => Tlp::Green,
            noroshi_stix::Tlp::Amber => Tlp::Amber,
            noroshi_stix::Tlp::AmberStrict => Tlp::AmberStrict,
            noroshi_stix::Tlp::Red => Tlp::Red,
        };
        let known = noroshi_stix::Tlp::ALL.into_iter().find(|tlp| tlp.id().as_str() == id).map(second);
        let known = known.or_else(|| TLP_1.iter().find(|(other, _)| *other == id).map(|(_, tlp)| *tlp));
        known.map(|tlp| Self(Handling::of_tlp(tlp)))
    }

    /// Of a marking definition as it came. A statement narrows nothing; our extension narrows by what it names; what is
    /// neither is not understood.
    pub fn of_definition(id: &str, definition: &Json) -> Self {
        if let Some(known) = Self::of_id(id) {
            return known;
        }
        if let Some(extensions) = definition.get("extensions") {
            let Json::Object(pairs) = extensions else { return Self(Handling::not_understood()) };
            // An extension we do not know may narrow in a way we do not see.
            return match pairs.as_slice() {
                [(name, body)] if name == HANDLING_EXTENSION => Self(of_extension(body)),
                _ => Self(Handling::not_understood()),
            };
        }
        let statement = definition.get("definition_type").and_then(Json::text) == Some("statement");
        Self(if statement { Handling::unmarked() } else { Handling::not_understood() })
    }
}

fn of_extension(body: &Json) -> Handling {
    let read = serde_json::from_value::<Extension>(body.to_value());
    match read {
        Ok(extension) if extension.extension_type == "property-extension" => Handling {
            people: extension.people,
            countries: extension.countries,
            clearance: extension.clearance.unwrap_or(Clearance::None),
            compartments: extension.compartments,
            purposes: extension.purposes,
            ..Handling::unmarked()
        },
        _ => Handling::not_understood(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "marking-definition--6f0f3fb3-3ad2-4a90-8f86-4dbf8a5a3d0a";

    fn meaning(text: &str) -> Handling {
        Meaning::of_definition(OWN, &Json::read(text.as_bytes()).unwrap()).0
    }

    #[test]
    fn tlp_is_known_by_its_published_ids_alone() {
        for tlp in noroshi_stix::Tlp::ALL {
            assert!(Meaning::of_id(tlp.id().as_str()).is_some_and(|meaning| meaning.0.tlp.is_some()));
        }
        assert_eq!(Meaning::of_id(TLP_1[2].0), Some(Meaning(Handling::of_tlp(Tlp::Amber))));
        let claims = r#"{"definition_type":"tlp","definition":{"tlp":"white"},"name":"TLP:CLEAR"}"#;
        assert!(!meaning(claims).understood);
    }

    #[test]
    fn a_statement_narrows_nothing_and_our_extension_what_it_names() {
        assert_eq!(
            meaning(r#"{"definition_type":"statement","definition":{"statement":"© 2026"}}"#),
            Handling::unmarked()
        );
        let ours = format!(
            r#"{{"extensions":{{"{HANDLING_EXTENSION}":{{"extension_type":"property-extension",
            "countries":["AU","JP"],"clearance":"secret","compartments":["grid"],"purposes":["warn-victims"]}}}}}}"#
        );
        let handling = meaning(&ours);
        assert!(handling.understood && handling.clearance == Clearance::Secret);
        assert_eq!(handling.countries.map(|countries| countries.len()), Some(2));
        assert_eq!(handling.purposes, Some([Purpose::WarnVictims].into()));
    }

    #[test]
    fn what_is_not_understood_to_the_last_word_opens_nothing() {
        for text in [
            r#"{"extensions":{"extension-definition--11111111-1111-4111-8111-111111111111":{}}}"#.to_owned(),
            format!(
                r#"{{"extensions":{{"{HANDLING_EXTENSION}":{{"extension_type":"property-extension","regions":["EU"]}}}}}}"#
            ),
            format!(r#"{{"extensions":{{"{HANDLING_EXTENSION}":{{"extension_type":"new-sdo"}}}}}}"#),
            r#"{"extensions":[]}"#.to_owned(),
            "{}".to_owned(),
        ] {
            assert!(!meaning(&text).understood, "{text}");
        }
    }
}
