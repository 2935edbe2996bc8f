//! Tags: a word of a taxonomy, `tlp:amber`, or a free one.

use crate::fields::{self, FieldFault, Fields};
use serde_json::Value;

/// A tag of an event or attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    fields: Fields,
}

impl Tag {
    /// Reads one; it must have a name.
    ///
    /// # Errors
    /// The field at fault.
    pub fn read(value: Value) -> Result<Self, FieldFault> {
        let fields = fields::object(value)?;
        fields::name(&fields, "name")?;
        Ok(Self { fields })
    }

    /// Of a name alone.
    pub fn named(name: &str) -> Self {
        Self { fields: Fields::from_iter([("name".to_owned(), name.into())]) }
    }

    /// The name: `tlp:amber`.
    pub fn name(&self) -> &str {
        fields::get(&self.fields, "name")
    }

    /// As it came.
    pub fn to_value(&self) -> Value {
        Value::Object(self.fields.clone())
    }
}
