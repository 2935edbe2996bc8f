//! Where the two ends of a flow stand, and what the law calls the result.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where one address stands. An address of unknown place counts as domestic:
/// doubt protects the citizen, never the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Place {
    /// Neither listed nor registered anywhere we know.
    Unknown = 0,
    /// Inside the country (国内).
    Domestic = 1,
    /// Outside the country (国外).
    Foreign = 2,
}

/// The direction of a flow, seen from its initiator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Direction {
    /// Foreign to foreign through domestic networks (外外).
    ForeignForeign = 0,
    /// From abroad into the country (外内).
    ForeignIn = 1,
    /// From the country abroad (内外).
    OutForeign = 2,
    /// Inside the country (内内). Never collected: it exists to be counted and dropped.
    Domestic = 3,
}

impl Direction {
    /// Every direction, in the order of the discriminants.
    pub const ALL: [Self; 4] = [Self::ForeignForeign, Self::ForeignIn, Self::OutForeign, Self::Domestic];

    /// From the places of initiator and responder; `None` when either is unknown.
    pub const fn of(src: Place, dst: Place) -> Option<Self> {
        match (src, dst) {
            (Place::Foreign, Place::Foreign) => Some(Self::ForeignForeign),
            (Place::Foreign, Place::Domestic) => Some(Self::ForeignIn),
            (Place::Domestic, Place::Foreign) => Some(Self::OutForeign),
            (Place::Domestic, Place::Domestic) => Some(Self::Domestic),
            (Place::Unknown, _) | (_, Place::Unknown) => None,
        }
    }

    /// The word used in mandate files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ForeignForeign => "foreign-foreign",
            Self::ForeignIn => "foreign-in",
            Self::OutForeign => "out-foreign",
            Self::Domestic => "domestic",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_end_has_no_direction() {
        for other in [Place::Unknown, Place::Domestic, Place::Foreign] {
            assert_eq!(Direction::of(Place::Unknown, other), None);
            assert_eq!(Direction::of(other, Place::Unknown), None);
        }
        assert_eq!(Direction::of(Place::Domestic, Place::Foreign), Some(Direction::OutForeign));
    }
}
