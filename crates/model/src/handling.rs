//! How a shared thing must be handled (取扱区分): who may see it, said by its markings together.

use crate::{Clearance, PersonId, Purpose, Tlp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Characters of a compartment's name.
pub const COMPARTMENT_CHARS_MAX: usize = 64;

/// A country or territory by its two letters (ISO 3166-1 alpha-2), for example `JP`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// Why a text is not a country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a country; write the two capital letters of ISO 3166-1, for example `JP`")]
pub struct NotACountry(String);

impl Country {
    /// Japan, where the hub stands.
    pub const JAPAN: Self = Self(*b"JP");
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, NotACountry> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(NotACountry(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Country {
    type Error = NotACountry;

    fn try_from(text: String) -> Result<Self, NotACountry> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.0[0]), char::from(self.0[1]))
    }
}

/// A compartment of classified information, by a word: small letters, digits and dashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Compartment(String);

/// Why a text is not a compartment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a compartment; write 1 to {COMPARTMENT_CHARS_MAX} small letters, digits and dashes")]
pub struct NotACompartment(String);

impl Compartment {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Compartment {
    type Err = NotACompartment;

    fn from_str(text: &str) -> Result<Self, NotACompartment> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let length = (1..=COMPARTMENT_CHARS_MAX).contains(&text.len());
        if length && text.bytes().all(fits) { Ok(Self(text.to_owned())) } else { Err(NotACompartment(text.to_owned())) }
    }
}

impl TryFrom<String> for Compartment {
    type Error = NotACompartment;

    fn try_from(text: String) -> Result<Self, NotACompartment> {
        text.parse()
    }
}

impl From<Compartment> for String {
    fn from(compartment: Compartment) -> Self {
        compartment.0
    }
}

/// What all markings of a thing say together. Each part only ever narrows: the strictest wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handling {
    /// How far it may go; `None` where no marking says: then as [`Tlp::AmberStrict`].
    pub tlp: Option<Tlp>,
    /// The people it is for, by name; `None` is everybody it reaches, and for a [`Tlp::Red`] thing nobody.
    pub people: Option<BTreeSet<PersonId>>,
    /// The countries it is released to; `None` is all.
    pub countries: Option<BTreeSet<Country>>,
    /// The clearance it takes.
    pub clearance: Clearance,
    /// The compartments one must be in, all of them.
    pub compartments: BTreeSet<Compartment>,
    /// What it may be used for; `None` is anything lawful.
    pub purposes: Option<BTreeSet<Purpose>>,
    /// Whether every marking was understood. One that was not means: nobody but who gave it.
    pub understood: bool,
}

impl Handling {
    /// No marking at all.
    pub const fn unmarked() -> Self {
        Self {
            tlp: None,
            people: None,
            countries: None,
            clearance: Clearance::None,
            compartments: BTreeSet::new(),
            purposes: None,
            understood: true,
        }
    }

    /// One marking that nobody here understands.
    pub fn not_understood() -> Self {
        Self { understood: false, ..Self::unmarked() }
    }

    /// A level of the Traffic Light Protocol and nothing else.
    pub fn of_tlp(tlp: Tlp) -> Self {
        Self { tlp: Some(tlp), ..Self::unmarked() }
    }

    /// How far it may go.
    pub fn tlp(&self) -> Tlp {
        self.tlp.unwrap_or(Tlp::AmberStrict)
    }

    /// Under both: of every part the stricter.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        Self {
            tlp: self.tlp.max(other.tlp),
            people: both(self.people, other.people.as_ref()),
            countries: both(self.countries, other.countries.as_ref()),
            clearance: self.clearance.max(other.clearance),
            compartments: self.compartments.union(&other.compartments).cloned().collect(),
            purposes: both(self.purposes, other.purposes.as_ref()),
            understood: self.understood && other.understood,
        }
    }
}

/// Two lists narrow each other; none narrows nothing.
fn both<T: Ord + Clone>(one: Option<BTreeSet<T>>, other: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.intersection(other).cloned().collect()),
        (one, other) => one.or_else(|| other.cloned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_and_compartments_read_back_and_wrong_ones_say_what_was_expected() {
        assert_eq!("JP".parse(), Ok(Country::JAPAN));
        assert_eq!(serde_json::to_string(&Country::JAPAN).unwrap(), "\"JP\"");
        assert!("jp".parse::<Country>().unwrap_err().to_string().contains("ISO 3166-1"));
        assert!("JPN".parse::<Country>().is_err());
        assert_eq!("grid-east".parse::<Compartment>().unwrap().as_str(), "grid-east");
        assert!("a".repeat(COMPARTMENT_CHARS_MAX).parse::<Compartment>().is_ok());
        for wrong in ["", "Grid", "a b", &"a".repeat(COMPARTMENT_CHARS_MAX + 1)] {
            assert!(wrong.parse::<Compartment>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_strictest_wins_in_every_part() {
        let country = |word: &str| word.parse::<Country>().unwrap();
        let wide = Handling { countries: Some([country("JP"), country("US")].into()), ..Handling::of_tlp(Tlp::Green) };
        let narrow = Handling {
            countries: Some([country("JP"), country("AU")].into()),
            clearance: Clearance::Secret,
            ..Handling::of_tlp(Tlp::Amber)
        };
        let both = wide.clone().and(&narrow);
        assert_eq!(both.tlp(), Tlp::Amber);
        assert_eq!(both.countries, Some([Country::JAPAN].into()));
        assert_eq!(both.clearance, Clearance::Secret);
        assert_eq!(both, narrow.and(&wide));
        assert_eq!(wide.clone().and(&Handling::unmarked()), wide);
        assert!(!wide.and(&Handling::not_understood()).understood);
        assert_eq!(Handling::unmarked().tlp(), Tlp::AmberStrict);
    }
}
