//! JSON as others send it: read once, with limits, and no key twice.
//!
//! RFC 8259 leaves open what a second key of one name means; two programs that differ there see two objects, so it is
//! refused here. Numbers stay as they were written.

use crate::limits::{DEPTH_MAX, VALUES_MAX};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// A value. Objects keep the order of their keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads one value and nothing after it.
    ///
    /// # Errors
    /// Not JSON, a key that comes twice, deeper or more than the limits; with line and column.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let values = Cell::new(0);
        let value = Seed { depth: 0, values: &values }.deserialize(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

    /// The value under a key, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(pairs) => pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, where this is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same as a value of `serde_json`.
    pub fn to_value(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(word) => (*word).into(),
            Self::Number(number) => number.clone().into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(list) => list.iter().map(Self::to_value).collect(),
            Self::Object(pairs) => pairs.iter().map(|(key, value)| (key.clone(), value.to_value())).collect(),
        }
    }

    /// The elements, where this is a list.
    pub fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }
}

/// The same value without white space between its parts; texts and numbers stay byte for byte.
/// `bytes` must be one value that was read.
pub fn compact(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut quoted, mut escaped) = (false, false);
    for byte in bytes {
        if quoted {
            out.push(*byte);
            (quoted, escaped) = (escaped || *byte != b'"', !escaped && *byte == b'\\');
        } else if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            out.push(*byte);
            quoted = *byte == b'"';
        }
    }
    out
}

struct Seed<'c> {
    depth: usize,
    values: &'c Cell<usize>,
}

impl Seed<'_> {
    fn deeper<E: Error>(&self) -> Result<Self, E> {
        let (depth, count) = (self.depth + 1, self.values.get() + 1);
        self.values.set(count);
        if depth > DEPTH_MAX {
            return Err(E::custom(format_args!("more than {DEPTH_MAX} lists and objects in each other")));
        }
        if count > VALUES_MAX {
            return Err(E::custom(format_args!("more than {VALUES_MAX} values")));
        }
        Ok(Self { depth, values: self.values })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        serde_json::Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("a number that is none"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(part) = parts.next_element_seed(self.deeper()?)? {
            list.push(part);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        let mut seen = HashSet::new();
        while let Some(key) = pairs.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format_args!("the key `{key}` comes twice in one object")));
            }
            let value = pairs.next_value_seed(self.deeper()?)?;
            object.push((key, value));
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_comes_twice_is_refused_at_any_depth() {
        assert!(Json::read(br#"{"a":1,"b":{"a":2}}"#).is_ok());
        for twice in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"\u0061":2}]}"#] {
            let error = Json::read(twice.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("`a` comes twice"), "{error}");
        }
    }

    #[test]
    fn what_is_deeper_or_more_than_the_limit_is_refused() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::read(nested(DEPTH_MAX - 1).as_bytes()).is_ok());
        assert!(Json::read(nested(DEPTH_MAX + 1).as_bytes()).unwrap_err().to_string().contains("in each other"));
        assert!(Json::read(nested(100_000).as_bytes()).is_err());
        let wide = |count: usize| format!("[{}1]", "1,".repeat(count - 1));
        assert!(Json::read(wide(VALUES_MAX - 1).as_bytes()).is_ok());
        assert!(Json::read(wide(VALUES_MAX + 1).as_bytes()).is_err());
    }

    #[test]
    fn only_white_space_between_parts_is_taken_away() {
        let text = "{ \"a\" :\t\"x \\\" y\\\\\" ,\r\n\"b\": [ 1.00 , 1e2 ] }";
        assert_eq!(compact(text.as_bytes()), br#"{"a":"x \" y\\","b":[1.00,1e2]}"#);
        assert!(Json::read(b"{} x").is_err());
    }
}
