//! Reports within an event: Markdown with references to its attributes and objects.

use crate::fields::{self, FieldFault, Fields};
use crate::limits::{DOCUMENT_BYTES_MAX, REFERENCES_MAX};
use serde_json::Value;
use std::collections::HashSet;
use uuid::Uuid;

/// A report of an event. Its Markdown may hold HTML; whoever shows it must treat it as text.
#[derive(Debug, Clone, PartialEq)]
pub struct EventReport {
    uuid: Uuid,
    timestamp: Option<u64>,
    fields: Fields,
}

impl EventReport {
    /// Reads one; it must have a UUID, a name and content.
    ///
    /// # Errors
    /// The field at fault.
    pub fn read(value: Value) -> Result<Self, FieldFault> {
        let fields = fields::object(value)?;
        let uuid = fields::uuid(&fields)?;
        fields::name(&fields, "name")?;
        fields::text(&fields, "content", DOCUMENT_BYTES_MAX)?;
        let timestamp = fields::seconds(&fields, "timestamp")?;
        Ok(Self { uuid, timestamp, fields })
    }

    /// Which report.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// Its title.
    pub fn name(&self) -> &str {
        fields::get(&self.fields, "name")
    }

    /// Its Markdown.
    pub fn content(&self) -> &str {
        fields::get(&self.fields, "content")
    }

    /// Last change, seconds since 1970.
    pub fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }

    /// What it refers to, `@[attribute](UUID)` and `@[object](UUID)`, each once, within [`REFERENCES_MAX`].
    pub fn references(&self) -> Vec<Uuid> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        for part in self.content().split("@[").skip(1).chain(self.content().split("@![").skip(1)) {
            let of = part.strip_prefix("attribute](").or_else(|| part.strip_prefix("object]("));
            let uuid = of.and_then(|rest| rest.split_once(')')).and_then(|(uuid, _)| fields::read_uuid(uuid));
            if let Some(uuid) = uuid.filter(|uuid| found.len() < REFERENCES_MAX && seen.insert(*uuid)) {
                found.push(uuid);
            }
        }
        found
    }

    /// As it came.
    pub fn to_value(&self) -> Value {
        Value::Object(self.fields.clone())
    }
}
