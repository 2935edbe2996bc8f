//! What is wrong with an object: which one, which property, what to write instead.

use crate::limits::{MARKINGS_MAX, OBJECT_BYTES_MAX};
use std::fmt;

/// Characters of somebody else's text shown in a message.
const SHOWN_CHARS_MAX: usize = 120;

/// Why an object is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which object, where it says so.
    pub id: Option<String>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Larger than the limit.
    #[error("it has {bytes} bytes, at most {OBJECT_BYTES_MAX}")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// Not JSON, a key twice, too deep or too much.
    #[error("it cannot be read: {0}")]
    NotJson(String),
    /// JSON and not an object.
    #[error("it is not a JSON object")]
    NotAnObject,
    /// A property is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A property has a value it cannot have.
    #[error("`{property}` is `{value}`; write {expected}")]
    Value {
        /// Which property.
        property: String,
        /// What it says, shortened.
        value: String,
        /// What it may say.
        expected: &'static str,
    },
    /// More markings than the limit.
    #[error("it has {count} markings, at most {MARKINGS_MAX}")]
    TooManyMarkings {
        /// How many it has.
        count: usize,
    },
}

impl Wrong {
    pub(super) fn value(property: &str, value: &str, expected: &'static str) -> Self {
        let value = value.chars().take(SHOWN_CHARS_MAX).collect();
        Self::Value { property: property.to_owned(), value, expected }
    }
}

impl Fault {
    pub(super) const fn of_nothing(wrong: Wrong) -> Self {
        Self { id: None, wrong }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "{id}: {}", self.wrong),
            None => write!(f, "an object without a readable id: {}", self.wrong),
        }
    }
}

impl std::error::Error for Fault {}
