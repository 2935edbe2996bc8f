//! The fields of one JSON object: read where they are needed, kept as they came.
//!
//! MISP writes a number as a number here and as a text there, and adds fields with every release. So nothing is
//! turned into columns; what is read is checked once, and the object leaves as it came.

use crate::limits::NAME_BYTES_MAX;
use serde_json::{Map, Value};
use uuid::{Uuid, Variant};

/// The fields of one thing.
pub(crate) type Fields = Map<String, Value>;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {what}")]
pub struct FieldFault {
    /// Which field, with the list it stands in: `Tag[1].name`.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub what: String,
}

/// A fault of a field.
pub(crate) fn fault<T>(field: &str, what: impl Into<String>) -> Result<T, FieldFault> {
    Err(FieldFault { field: field.to_owned(), what: what.into() })
}

/// The object a value is.
pub(crate) fn object(value: Value) -> Result<Fields, FieldFault> {
    match value {
        Value::Object(fields) => Ok(fields),
        _ => fault("", "is no JSON object"),
    }
}

/// A text that must be there, within a limit and not empty.
pub(crate) fn text<'a>(fields: &'a Fields, name: &str, bytes_max: usize) -> Result<&'a str, FieldFault> {
    match fields.get(name) {
        Some(Value::String(text)) if text.len() > bytes_max => {
            fault(name, format!("has {} bytes, more than {bytes_max}", text.len()))
        }
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(Value::String(_)) => fault(name, "is empty"),
        None | Some(Value::Null) => fault(name, "is missing"),
        Some(_) => fault(name, "is no text"),
    }
}

/// A name: a text of moderate length.
pub(crate) fn name<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, FieldFault> {
    text(fields, name, NAME_BYTES_MAX)
}

/// A name that may be missing or empty, but nothing else than a text.
pub(crate) fn may_name(fields: &Fields, field: &str) -> Result<(), FieldFault> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(text)) if text.len() <= NAME_BYTES_MAX => Ok(()),
        Some(Value::String(text)) => fault(field, format!("has {} bytes, more than {NAME_BYTES_MAX}", text.len())),
        Some(_) => fault(field, "is no text"),
    }
}

/// What a text says, nothing where there is none.
pub(crate) fn get<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A UUID in the one spelling everybody reads alike (RFC 9562, section 4): 36 characters, version 1 to 8.
pub(crate) fn uuid(fields: &Fields) -> Result<Uuid, FieldFault> {
    let text = text(fields, "uuid", NAME_BYTES_MAX)?;
    read_uuid(text).map_or_else(|| fault("uuid", "is no UUID of RFC 9562, version 1 to 8"), Ok)
}

/// As [`uuid`], of a text.
pub(crate) fn read_uuid(text: &str) -> Option<Uuid> {
    let uuid = (text.len() == 36).then(|| Uuid::try_parse(text).ok())??;
    ((1..=8).contains(&uuid.get_version_num()) && uuid.get_variant() == Variant::RFC4122).then_some(uuid)
}

/// Whole seconds since 1970, as a number or a text; nothing where it is missing.
pub(crate) fn seconds(fields: &Fields, name: &str) -> Result<Option<u64>, FieldFault> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) if number.is_u64() => Ok(number.as_u64()),
        Some(Value::String(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok() => {
            Ok(text.parse().ok())
        }
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(_) => fault(name, "is no whole number of seconds since 1970"),
    }
}

/// Yes or no, in MISP's spellings; nothing where it is missing.
pub(crate) fn flag(fields: &Fields, name: &str) -> Result<Option<bool>, FieldFault> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::Number(number)) if number.as_u64().is_some_and(|number| number < 2) => {
            Ok(Some(number.as_u64() == Some(1)))
        }
        Some(Value::String(text)) if text == "1" || text == "true" => Ok(Some(true)),
        Some(Value::String(text)) if text == "0" || text == "false" || text.is_empty() => Ok(Some(false)),
        Some(_) => fault(name, "is neither true nor false"),
    }
}

/// Takes a list out of its object. An empty one stays, so that it comes back.
pub(crate) fn list(fields: &mut Fields, name: &str, items_max: usize) -> Result<Vec<Value>, FieldFault> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) if items.is_empty() => Ok(Vec::new()),
        Some(Value::Array(items)) if items.len() > items_max => {
            fault(name, format!("has {} entries, more than {items_max}", items.len()))
        }
        Some(Value::Array(_)) => match fields.remove(name) {
            Some(Value::Array(items)) => Ok(items),
            _ => Ok(Vec::new()),
        },
        Some(_) => fault(name, "is no list"),
    }
}

/// A list of things of one kind, each read; one that cannot be read is a fault of the whole.
pub(crate) fn each<T>(
    fields: &mut Fields,
    name: &str,
    items_max: usize,
    read: impl Fn(Value) -> Result<T, FieldFault>,
) -> Result<Vec<T>, FieldFault> {
    let items = list(fields, name, items_max)?.into_iter().enumerate();
    items
        .map(|(at, item)| {
            read(item).map_err(|inner| {
                let dot = if inner.field.is_empty() { "" } else { "." };
                FieldFault { field: format!("{name}[{at}]{dot}{}", inner.field), what: inner.what }
            })
        })
        .collect()
}

/// The object with its lists put back.
pub(crate) fn whole<const N: usize>(fields: &Fields, lists: [(&str, Vec<Value>); N]) -> Value {
    let mut whole = fields.clone();
    for (name, items) in lists {
        if !items.is_empty() {
            whole.insert(name.to_owned(), Value::Array(items));
        }
    }
    Value::Object(whole)
}
