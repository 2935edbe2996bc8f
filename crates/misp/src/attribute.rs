//! Attributes: one value with its type and category.

use crate::fields::{self, FieldFault, Fields};
use crate::galaxy::Galaxy;
use crate::limits::{MARKS_MAX, NAME_BYTES_MAX, VALUE_BYTES_MAX};
use crate::sharing::Distribution;
use crate::sighting::Sighting;
use crate::tag::Tag;
use crate::types;
use serde_json::Value;
use std::borrow::Cow;
use uuid::Uuid;

/// An attribute of an event or object.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its galaxies.
    pub galaxies: Vec<Galaxy>,
    /// Who saw it.
    pub sightings: Vec<Sighting>,
    uuid: Uuid,
    to_ids: bool,
    deleted: bool,
    timestamp: Option<u64>,
    distribution: Option<Distribution>,
    fields: Fields,
}

impl Attribute {
    /// Reads one; it must have a UUID, a type and a value. Where nothing says whether it is for detection, the
    /// default of its type counts.
    ///
    /// # Errors
    /// The field at fault.
    pub fn read(value: Value) -> Result<Self, FieldFault> {
        let mut fields = fields::object(value)?;
        let uuid = fields::uuid(&fields)?;
        let kind = types::of(fields::name(&fields, "type")?);
        match fields.get("value") {
            Some(Value::Number(_) | Value::Bool(_)) => {}
            _ => drop(fields::text(&fields, "value", VALUE_BYTES_MAX)?),
        }
        for name in ["category", "object_relation", "first_seen", "last_seen"] {
            fields::may_name(&fields, name)?;
        }
        if let Some(comment) = fields.get("comment").filter(|comment| !comment.is_null() && !comment.is_string()) {
            return fields::fault("comment", format!("is no text: `{comment}`"));
        }
        Ok(Self {
            tags: fields::each(&mut fields, "Tag", MARKS_MAX, Tag::read)?,
            galaxies: fields::each(&mut fields, "Galaxy", MARKS_MAX, Galaxy::read)?,
            sightings: fields::each(&mut fields, "Sighting", MARKS_MAX, Sighting::read)?,
            to_ids: fields::flag(&fields, "to_ids")?.unwrap_or_else(|| kind.is_some_and(|kind| kind.to_ids)),
            deleted: fields::flag(&fields, "deleted")?.unwrap_or(false),
            timestamp: fields::seconds(&fields, "timestamp")?,
            distribution: Distribution::of(&fields)?,
            uuid,
            fields,
        })
    }

    /// Which attribute.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// Its type: `ip-dst`.
    pub fn kind(&self) -> &str {
        fields::get(&self.fields, "type")
    }

    /// Its category, or the one usual for its type.
    pub fn category(&self) -> &str {
        match fields::get(&self.fields, "category") {
            "" => types::of(self.kind()).map_or("Other", |kind| kind.category),
            category => category,
        }
    }

    /// Its value. Whatever it holds is text.
    pub fn value(&self) -> Cow<'_, str> {
        match self.fields.get("value") {
            Some(Value::String(text)) => Cow::Borrowed(text),
            Some(other) => Cow::Owned(other.to_string()),
            None => Cow::Borrowed(""),
        }
    }

    /// Its role in the object it stands in; empty outside of one.
    pub fn relation(&self) -> &str {
        fields::get(&self.fields, "object_relation")
    }

    /// What somebody wrote beside it.
    pub fn comment(&self) -> &str {
        fields::get(&self.fields, "comment")
    }

    /// Whether it is for detection.
    pub fn to_ids(&self) -> bool {
        self.to_ids
    }

    /// Whether it was taken back.
    pub fn deleted(&self) -> bool {
        self.deleted
    }

    /// Last change, seconds since 1970.
    pub fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }

    /// How far MISP may carry it.
    pub fn distribution(&self) -> Option<Distribution> {
        self.distribution
    }

    /// First and last time it was seen, as written.
    pub fn seen(&self) -> (&str, &str) {
        (fields::get(&self.fields, "first_seen"), fields::get(&self.fields, "last_seen"))
    }

    /// As it came.
    pub fn to_value(&self) -> Value {
        fields::whole(
            &self.fields,
            [
                ("Tag", self.tags.iter().map(Tag::to_value).collect()),
                ("Galaxy", self.galaxies.iter().map(Galaxy::to_value).collect()),
                ("Sighting", self.sightings.iter().map(Sighting::to_value).collect()),
            ],
        )
    }
}

const _: () = assert!(NAME_BYTES_MAX < VALUE_BYTES_MAX);
