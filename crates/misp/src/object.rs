//! Objects: attributes that belong together, each with a role.

use crate::attribute::Attribute;
use crate::fields::{self, FieldFault, Fields};
use crate::limits::{ITEMS_MAX, REFERENCES_MAX};
use crate::sharing::Distribution;
use serde_json::Value;
use uuid::Uuid;

/// An object of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// What it refers to.
    pub references: Vec<ObjectReference>,
    uuid: Uuid,
    deleted: bool,
    timestamp: Option<u64>,
    distribution: Option<Distribution>,
    fields: Fields,
}

/// A reference from an object to an attribute or another object.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectReference {
    uuid: Uuid,
    target: Uuid,
    timestamp: Option<u64>,
    fields: Fields,
}

/// A part of an object that was not taken: which list, which entry, its UUID where it has one, and the fault.
pub(crate) type Part = (&'static str, Option<String>, FieldFault);

impl Object {
    /// Reads one; it must have a UUID and a name. An attribute or reference that cannot be read is left out and told.
    ///
    /// # Errors
    /// The field at fault.
    pub(crate) fn read(value: Value) -> Result<(Self, Vec<Part>), FieldFault> {
        let mut fields = fields::object(value)?;
        let uuid = fields::uuid(&fields)?;
        fields::name(&fields, "name")?;
        for name in ["meta-category", "first_seen", "last_seen"] {
            fields::may_name(&fields, name)?;
        }
        let mut left = Vec::new();
        let attributes = parts(&mut fields, ("Attribute", ITEMS_MAX), &mut left, Attribute::read)?;
        let references = parts(&mut fields, ("ObjectReference", REFERENCES_MAX), &mut left, ObjectReference::read)?;
        let object = Self {
            deleted: fields::flag(&fields, "deleted")?.unwrap_or(false),
            timestamp: fields::seconds(&fields, "timestamp")?,
            distribution: Distribution::of(&fields)?,
            attributes,
            references,
            uuid,
            fields,
        };
        Ok((object, left))
    }

    /// Which object.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The name of its template: `file`.
    pub fn name(&self) -> &str {
        fields::get(&self.fields, "name")
    }

    /// The group its template belongs to: `network`.
    pub fn meta_category(&self) -> &str {
        fields::get(&self.fields, "meta-category")
    }

    /// What somebody wrote beside it.
    pub fn comment(&self) -> &str {
        fields::get(&self.fields, "comment")
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

    /// As it came, less what was left out.
    pub fn to_value(&self) -> Value {
        let references = self.references.iter().map(|reference| Value::Object(reference.fields.clone())).collect();
        let attributes = self.attributes.iter().map(Attribute::to_value).collect();
        fields::whole(&self.fields, [("Attribute", attributes), ("ObjectReference", references)])
    }
}

/// Reads a list, leaving out and telling what cannot be read.
pub(crate) fn parts<T>(
    fields: &mut Fields,
    (name, items_max): (&'static str, usize),
    left: &mut Vec<Part>,
    read: impl Fn(Value) -> Result<T, FieldFault>,
) -> Result<Vec<T>, FieldFault> {
    let mut taken = Vec::new();
    for item in fields::list(fields, name, items_max)? {
        let uuid = item.get("uuid").map(|uuid| uuid.as_str().map_or_else(|| uuid.to_string(), str::to_owned));
        match read(item) {
            Ok(item) => taken.push(item),
            Err(fault) => left.push((name, uuid, fault)),
        }
    }
    Ok(taken)
}

impl ObjectReference {
    fn read(value: Value) -> Result<Self, FieldFault> {
        let fields = fields::object(value)?;
        let uuid = fields::uuid(&fields)?;
        let target = fields::name(&fields, "referenced_uuid")?;
        let Some(target) = fields::read_uuid(target) else {
            return fields::fault("referenced_uuid", "is no UUID of RFC 9562, version 1 to 8");
        };
        fields::may_name(&fields, "relationship_type")?;
        let timestamp = fields::seconds(&fields, "timestamp")?;
        Ok(Self { uuid, target, timestamp, fields })
    }

    /// Which reference.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// To what.
    pub fn target(&self) -> Uuid {
        self.target
    }

    /// What kind: `connects-to`. Free text in MISP.
    pub fn relationship_type(&self) -> &str {
        fields::get(&self.fields, "relationship_type")
    }

    /// Last change, seconds since 1970.
    pub fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }
}
