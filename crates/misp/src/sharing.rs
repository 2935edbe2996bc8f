//! Who made it and who may have it: organisations, distribution, sharing groups.

use crate::fields::{self, FieldFault, Fields};
use serde_json::Value;
use uuid::Uuid;

/// An organisation of an event or sighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    uuid: Uuid,
    name: String,
}

impl Organisation {
    /// The organisation under a name, where there is one with UUID and name. Feeds leave parts out; then nobody is
    /// named, which is no fault.
    pub(crate) fn within(fields: &Fields, field: &str) -> Result<Option<Self>, FieldFault> {
        let Some(Value::Object(inner)) = fields.get(field) else { return Ok(None) };
        if inner.get("uuid").is_none_or(Value::is_null) || inner.get("name").is_none_or(Value::is_null) {
            return Ok(None);
        }
        let of = |fault: FieldFault| FieldFault { field: format!("{field}.{}", fault.field), what: fault.what };
        let uuid = fields::uuid(inner).map_err(of)?;
        let name = fields::name(inner, "name").map_err(of)?.to_owned();
        Ok(Some(Self { uuid, name }))
    }

    /// Which organisation.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// How far MISP may carry an event, attribute or object. The order is that of the circles, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distribution {
    /// 0: the organisation that holds it.
    OwnOrganisation,
    /// 4: the members of its sharing group.
    SharingGroup,
    /// 1: the instance and those it synchronises with, as members of its community.
    Community,
    /// 2: communities that are connected, one hop further.
    ConnectedCommunities,
    /// 3: everybody.
    All,
    /// 5: as the event or object it stands in.
    Inherit,
}

impl Distribution {
    /// Of the field `distribution`. A number nobody knows is the smallest circle: who cannot tell must not widen.
    pub(crate) fn of(fields: &Fields) -> Result<Option<Self>, FieldFault> {
        Ok(fields::seconds(fields, "distribution")?.map(|number| match number {
            1 => Self::Community,
            2 => Self::ConnectedCommunities,
            3 => Self::All,
            4 => Self::SharingGroup,
            5 => Self::Inherit,
            _ => Self::OwnOrganisation,
        }))
    }
}

/// A sharing group: the organisations and servers that may have it.
#[derive(Debug, Clone, PartialEq)]
pub struct SharingGroup {
    uuid: Uuid,
    members: Vec<Organisation>,
    fields: Fields,
}

impl SharingGroup {
    /// The group under `SharingGroup`, where there is one.
    pub(crate) fn within(fields: &Fields) -> Result<Option<Self>, FieldFault> {
        let Some(Value::Object(inner)) = fields.get("SharingGroup") else { return Ok(None) };
        let of = |fault: FieldFault| FieldFault { field: format!("SharingGroup.{}", fault.field), what: fault.what };
        let uuid = fields::uuid(inner).map_err(of)?;
        fields::may_name(inner, "name").map_err(of)?;
        let mut members = Vec::new();
        for entry in inner.get("SharingGroupOrg").and_then(Value::as_array).into_iter().flatten() {
            let Value::Object(entry) = entry else { continue };
            members.extend(Organisation::within(entry, "Organisation").map_err(of)?);
        }
        Ok(Some(Self { uuid, members, fields: inner.clone() }))
    }

    /// Which group.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        fields::get(&self.fields, "name")
    }

    /// The organisations in it that are named with UUID and name.
    pub fn members(&self) -> &[Organisation] {
        &self.members
    }
}
