//! What a marking means for who may see: from the words of STIX to those of the policies.
//!
//! TLP is known by its published ids: a definition that only calls itself TLP:CLEAR is read by what it says and not by
//! its name. What is not understood to the last word opens nothing outside who gave the object.

use noroshi_model::{Clearance, Compartment, Handling, Purpose, Tlp};
use noroshi_stix::marking::{Level, Marking, Restriction};
use noroshi_stix::{Id, Received};
use std::collections::BTreeSet;

/// What a marking says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning(pub Handling);

impl Meaning {
    /// Of a marking everybody knows, by its id.
    pub fn of_id(id: &str) -> Option<Self> {
        let known = Marking::with_id(&Id::parse(id).ok()?)?;
        Some(Self(handling(known)))
    }

    /// Of a marking definition as it came. A statement narrows nothing.
    pub fn of_definition(definition: &Received) -> Self {
        Self(handling(Marking::of(definition)))
    }
}

fn handling(marking: Marking) -> Handling {
    match marking {
        Marking::Tlp(tlp) => Handling::of_tlp(level(tlp)),
        Marking::Statement(_) => Handling::unmarked(),
        Marking::Restriction(restriction) => restricted(&restriction).unwrap_or_else(Handling::not_understood),
        Marking::Unknown => Handling::not_understood(),
    }
}

const fn level(tlp: noroshi_stix::Tlp) -> Tlp {
    match tlp {
        noroshi_stix::Tlp::Clear => Tlp::Clear,
        noroshi_stix::Tlp::Green => Tlp::Green,
        noroshi_stix::Tlp::Amber => Tlp::Amber,
        noroshi_stix::Tlp::AmberStrict => Tlp::AmberStrict,
        noroshi_stix::Tlp::Red => Tlp::Red,
    }
}

/// `None` where it names something this house has no word for.
fn restricted(restriction: &Restriction) -> Option<Handling> {
    let mut handling = Handling::unmarked();
    if let Some(countries) = &restriction.release_to {
        let words = countries.iter().map(|country| String::from(*country).parse().ok());
        handling.countries = Some(words.collect::<Option<BTreeSet<_>>>()?);
    }
    if let Some(clearance) = &restriction.clearance {
        handling.clearance = match clearance.level {
            Level::Restricted => Clearance::Restricted,
            Level::Secret => Clearance::Secret,
            Level::TopSecret => Clearance::TopSecret,
        };
        let words = clearance.compartments.iter().map(|word| word.parse().ok());
        handling.compartments = words.collect::<Option<BTreeSet<Compartment>>>()?;
    }
    if let Some(purposes) = &restriction.purposes {
        let known = |word: &String| Purpose::ALL.into_iter().find(|purpose| purpose.word() == word);
        handling.purposes = Some(purposes.iter().map(known).collect::<Option<BTreeSet<_>>>()?);
    }
    Some(handling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_stix::{Limits, Timestamp};

    fn meaning(definition: &serde_json::Value) -> Handling {
        let text = definition.to_string();
        Meaning::of_definition(&Received::read(text.as_bytes(), &Limits::default()).unwrap()).0
    }

    fn restriction(restriction: &Restriction) -> Handling {
        let by = Id::domain("identity", "centre");
        meaning(&restriction.definition(&by, Timestamp::from_micros(0)))
    }

    #[test]
    fn tlp_is_known_by_its_published_ids() {
        for tlp in noroshi_stix::Tlp::ALL {
            assert_eq!(Meaning::of_id(tlp.id().as_str()), Some(Meaning(Handling::of_tlp(level(tlp)))));
        }
        let tlp_1_amber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
        assert_eq!(Meaning::of_id(tlp_1_amber), Some(Meaning(Handling::of_tlp(Tlp::Amber))));
        assert_eq!(Meaning::of_id("marking-definition--6f0f3fb3-3ad2-4a90-8f86-4dbf8a5a3d0a"), None);
    }

    #[test]
    fn what_our_markings_name_narrows() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
        let named = Restriction {
            release_to: Some(["JP", "AU"].map(|code| noroshi_stix::marking::Country::parse(code).unwrap()).into()),
            clearance: Some(noroshi_stix::marking::Clearance { level: Level::Secret, compartments: words(&["grid"]) }),
            purposes: Some(words(&["warn-victims"])),
        };
        let handling = restriction(&named);
        assert!(handling.understood && handling.clearance == Clearance::Secret && handling.compartments.len() == 1);
        assert_eq!(handling.countries.map(|countries| countries.len()), Some(2));
        assert_eq!(handling.purposes, Some([Purpose::WarnVictims].into()));
    }

    #[test]
    fn a_purpose_this_house_has_no_word_for_opens_nothing() {
        let purposes = Some(["advertising".to_owned()].into());
        assert!(!restriction(&Restriction { purposes, ..Restriction::default() }).understood);
    }
}
