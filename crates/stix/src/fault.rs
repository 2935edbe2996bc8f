//! Why an object is refused, and what is odd about one that is taken.

use std::fmt;

/// Why one object is refused: which, where in it, what is wrong. The sender can find and mend it with this alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// Its `id` as written, where that could be read.
    pub id: Option<String>,
    /// The property, written as a selector (section 7.2.3.1), for example `external_references.[0].url`; empty for
    /// the object as a whole.
    pub path: String,
    /// A code that does not change with the wording.
    pub code: Code,
    /// What is wrong and what would be right, in lower case.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.id, self.path.is_empty()) {
            (Some(id), false) => write!(f, "`{id}`, `{}`: {}", self.path, self.what),
            (Some(id), true) => write!(f, "`{id}`: {}", self.what),
            (None, false) => write!(f, "`{}`: {}", self.path, self.what),
            (None, true) => f.write_str(&self.what),
        }
    }
}

/// What is odd about an object that is taken all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The property, as in [`Fault::path`].
    pub path: String,
    /// A code that does not change with the wording.
    pub code: Code,
    /// What the standard asks instead.
    pub what: String,
}

/// Stable codes of faults and warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// Not UTF-8, or not JSON.
    NotJson,
    /// More than a limit allows.
    TooMuch,
    /// A property name stands twice in one object.
    DuplicateName,
    /// A character that may not be: NUL, or half of a surrogate pair.
    BadCharacter,
    /// Not an object, or without type.
    NotAnObject,
    /// A property that must be there is not.
    Missing,
    /// A value of the wrong type.
    WrongType,
    /// A value outside what the standard allows.
    BadValue,
    /// Not an identifier.
    BadId,
    /// An identifier of another type than its object.
    IdOfAnotherType,
    /// Not a timestamp.
    BadTime,
    /// A time before one it may not precede.
    TimesReversed,
    /// A reference to a type the standard does not allow there.
    WrongReference,
    /// An object marked with itself.
    MarksItself,
    /// A selector that selects nothing.
    BadSelector,
    /// Not a STIX pattern.
    BadPattern,
    /// Properties that contradict each other.
    Contradiction,
    /// The identifier of an observable is not the one made from what it says.
    OtherId,
    /// An empty list, which the standard does not allow.
    EmptyList,
    /// A time written with another precision than the standard asks.
    Precision,
}

impl Code {
    /// The code as text, for status resources and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::TooMuch => "too-much",
            Self::DuplicateName => "duplicate-name",
            Self::BadCharacter => "bad-character",
            Self::NotAnObject => "not-an-object",
            Self::Missing => "missing",
            Self::WrongType => "wrong-type",
            Self::BadValue => "bad-value",
            Self::BadId => "bad-id",
            Self::IdOfAnotherType => "id-of-another-type",
            Self::BadTime => "bad-time",
            Self::TimesReversed => "times-reversed",
            Self::WrongReference => "wrong-reference",
            Self::MarksItself => "marks-itself",
            Self::BadSelector => "bad-selector",
            Self::BadPattern => "bad-pattern",
            Self::Contradiction => "contradiction",
            Self::OtherId => "other-id",
            Self::EmptyList => "empty-list",
            Self::Precision => "precision",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A piece of a text in a sentence: hostile input is quoted, never in full.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARACTERS_MAX: usize = 60;
    let mut piece: String = text.chars().take(CHARACTERS_MAX).flat_map(char::escape_debug).collect();
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        piece.push('…');
    }
    piece
}
