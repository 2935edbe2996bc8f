//! Between rows and words: ids as text, enums by their name in JSON, scopes as one line.

use crate::error::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;
use std::str::FromStr;

/// The name an enum without data has in JSON.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Err(StoreError::Inconsistent { table: "(none)", what: format!("`{other}` is not one word") }),
        Err(source) => Err(StoreError::Json { what: "a word", source }),
    }
}

/// The enum with this name.
pub(crate) fn from_word<T: DeserializeOwned>(table: &'static str, word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StoreError::Inconsistent { table, what: format!("unknown word `{word}`") })
}

/// An id from its text.
pub(crate) fn id<T: FromStr>(table: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { table, what: format!("`{text}` is not an id") })
}

/// Scopes in one line, sorted, a space between.
pub(crate) fn scopes_line(scopes: &BTreeSet<String>) -> String {
    scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// And back.
pub(crate) fn scopes(line: &str) -> BTreeSet<String> {
    line.split_whitespace().map(str::to_owned).collect()
}
