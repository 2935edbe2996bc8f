//! Sightings: somebody saw it, or says that it is nothing.

use crate::fields::{self, FieldFault, Fields};
use crate::sharing::Organisation;
use serde_json::Value;
use uuid::Uuid;

/// What a sighting says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SightingKind {
    /// Type 0: it was seen.
    Seen,
    /// Type 1: it was seen and is harmless.
    FalsePositive,
    /// Type 2: it no longer holds.
    Expiration,
}

/// A sighting of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    uuid: Uuid,
    kind: SightingKind,
    at_seconds: Option<u64>,
    organisation: Option<Organisation>,
    fields: Fields,
}

impl Sighting {
    /// Reads one; it must have a UUID and a type of 0, 1 or 2.
    ///
    /// # Errors
    /// The field at fault.
    pub fn read(value: Value) -> Result<Self, FieldFault> {
        let fields = fields::object(value)?;
        let uuid = fields::uuid(&fields)?;
        let kind = match fields::seconds(&fields, "type")? {
            None | Some(0) => SightingKind::Seen,
            Some(1) => SightingKind::FalsePositive,
            Some(2) => SightingKind::Expiration,
            Some(_) => return fields::fault("type", "is none of 0, 1 and 2"),
        };
        let at_seconds = fields::seconds(&fields, "date_sighting")?;
        fields::may_name(&fields, "source")?;
        let organisation = Organisation::within(&fields, "Organisation")?;
        Ok(Self { uuid, kind, at_seconds, organisation, fields })
    }

    /// Which sighting.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// What it says.
    pub fn kind(&self) -> SightingKind {
        self.kind
    }

    /// When it was seen, seconds since 1970.
    pub fn at_seconds(&self) -> Option<u64> {
        self.at_seconds
    }

    /// What saw it; empty where nothing is said.
    pub fn source(&self) -> &str {
        fields::get(&self.fields, "source")
    }

    /// Who saw it.
    pub fn organisation(&self) -> Option<&Organisation> {
        self.organisation.as_ref()
    }

    /// As it came.
    pub fn to_value(&self) -> Value {
        Value::Object(self.fields.clone())
    }
}
