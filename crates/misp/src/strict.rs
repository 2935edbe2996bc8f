//! JSON that means the same to every reader: no key twice, no bombs.
//!
//! `serde_json` keeps the last of two equal keys and others keep the first, so that two people would see two events
//! (RFC 8259 §4 leaves it open). Such a document is refused.

use crate::limits::{DEPTH_MAX, DOCUMENT_BYTES_MAX, VALUES_MAX};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::fmt;

/// Why a document was not read.
#[derive(Debug, thiserror::Error)]
pub enum StrictError {
    /// Longer than the limit.
    #[error("the document has {bytes} bytes, more than {DOCUMENT_BYTES_MAX}: split it")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Not JSON, a key twice, or too deep or too many values; the text says which, with line and column.
    #[error("the document cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// Reads one document within the limits of [`crate::limits`].
pub fn read(bytes: &[u8]) -> Result<Value, StrictError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(StrictError::TooLong { bytes: bytes.len() });
    }
    let left = Cell::new(VALUES_MAX);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Any { depth: 0, left: &left }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Any value at a depth, out of a purse of values.
#[derive(Clone, Copy)]
struct Any<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Any<'_> {
    fn inside<E: Error>(self) -> Result<Self, E> {
        if self.depth >= DEPTH_MAX {
            return Err(E::custom(format_args!("more than {DEPTH_MAX} lists and objects inside each other")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| D::Error::custom(format_args!("more than {VALUES_MAX} values")))?);
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut map = Map::new();
        while let Some(key) = pairs.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("key `{key}` stands twice in one object")));
            }
            map.insert(key, pairs.next_value_seed(inside)?);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_twice_is_refused_with_its_place() {
        let error = read(b"{\"Event\": {\"uuid\": 1,\n \"uuid\": 2}}").unwrap_err().to_string();
        assert!(error.contains("`uuid` stands twice") && error.contains("line 2"), "{error}");
    }

    #[test]
    fn depth_at_the_limit_and_one_past_it() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(read(&nested(DEPTH_MAX)).is_ok());
        assert!(read(&nested(DEPTH_MAX + 1)).unwrap_err().to_string().contains("inside each other"));
    }

    #[test]
    fn length_at_the_limit_and_one_past_it() {
        let mut text = vec![b' '; DOCUMENT_BYTES_MAX];
        text[0] = b'1';
        assert_eq!(read(&text).unwrap(), Value::from(1));
        text.push(b' ');
        assert!(matches!(read(&text), Err(StrictError::TooLong { .. })));
    }

    #[test]
    fn what_follows_the_document_is_refused() {
        assert!(read(b"{} {}").is_err());
    }
}
