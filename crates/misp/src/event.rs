//! Events: what MISP shares as one piece.
//!
//! A bad attribute refuses that attribute alone. Tags and galaxies are another matter: a thing whose tags cannot be
//! read is refused whole, because the tag that is lost could be the one that says who may see it.

use crate::attribute::Attribute;
use crate::fields::{self, FieldFault, Fields};
use crate::galaxy::Galaxy;
use crate::limits::{ITEMS_MAX, MARKS_MAX, VALUE_BYTES_MAX};
use crate::object::{self, Object, Part};
use crate::report::EventReport;
use crate::sharing::{Distribution, Organisation, SharingGroup};
use crate::strict::{self, StrictError};
use crate::tag::Tag;
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Its objects.
    pub objects: Vec<Object>,
    /// Its reports.
    pub reports: Vec<EventReport>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its galaxies.
    pub galaxies: Vec<Galaxy>,
    uuid: Uuid,
    timestamp: Option<u64>,
    publish_timestamp: Option<u64>,
    published: bool,
    distribution: Option<Distribution>,
    orgc: Option<Organisation>,
    sharing_group: Option<SharingGroup>,
    fields: Fields,
}

/// A part of an event that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event `{event}`, {what} `{uuid}`: {fault}", uuid = uuid.as_deref().unwrap_or("without uuid"))]
pub struct Refused {
    /// The event.
    pub event: Uuid,
    /// Which list it stands in: `Attribute`, `Object`, `ObjectReference`, `EventReport`.
    pub what: &'static str,
    /// Its UUID as written, where it has one.
    pub uuid: Option<String>,
    /// The field, and what is wrong with it.
    pub fault: FieldFault,
}

/// Why an event was not read at all.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or past a limit.
    #[error(transparent)]
    Strict(#[from] StrictError),
    /// A field of the event itself.
    #[error("event `{uuid}`: {fault}")]
    Field {
        /// The UUID as written.
        uuid: String,
        /// The field, and what is wrong with it.
        fault: FieldFault,
    },
}

impl Event {
    /// Reads `{"Event": {…}}` or the event alone: what can be taken, and the parts that cannot.
    ///
    /// # Errors
    /// [`EventError`] where nothing can be taken.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Refused>), EventError> {
        Self::from_value(strict::read(bytes)?)
    }

    /// As [`Self::read`], of a document that was read.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_value(mut value: Value) -> Result<(Self, Vec<Refused>), EventError> {
        let inner = match value.get_mut("Event") {
            Some(inner) => inner.take(),
            None => value,
        };
        let uuid = inner.get("uuid").and_then(Value::as_str).unwrap_or_default().to_owned();
        event(inner).map_err(|fault| EventError::Field { uuid, fault })
    }

    /// Which event.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// What it is about.
    pub fn info(&self) -> &str {
        fields::get(&self.fields, "info")
    }

    /// Last change, seconds since 1970.
    pub fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }

    /// When it was last published, seconds since 1970; nothing for one that is not.
    pub fn published_at(&self) -> Option<u64> {
        self.publish_timestamp.filter(|at| self.published && *at > 0)
    }

    /// How far MISP may carry it.
    pub fn distribution(&self) -> Option<Distribution> {
        self.distribution
    }

    /// Who made it.
    pub fn orgc(&self) -> Option<&Organisation> {
        self.orgc.as_ref()
    }

    /// Who may have it, where its distribution says so.
    pub fn sharing_group(&self) -> Option<&SharingGroup> {
        self.sharing_group.as_ref()
    }

    /// One of its own fields as it came: `threat_level_id`, `analysis`, `date`.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// The event's own fields: everything but attributes, objects and reports.
    pub(crate) fn own(&self) -> Value {
        fields::whole(
            &self.fields,
            [
                ("Tag", self.tags.iter().map(Tag::to_value).collect()),
                ("Galaxy", self.galaxies.iter().map(Galaxy::to_value).collect()),
            ],
        )
    }

    /// As it came, less what was left out, without `{"Event": …}` around it.
    pub fn to_value(&self) -> Value {
        let Value::Object(own) = self.own() else { return Value::Null };
        fields::whole(
            &own,
            [
                ("Attribute", self.attributes.iter().map(Attribute::to_value).collect()),
                ("Object", self.objects.iter().map(Object::to_value).collect()),
                ("EventReport", self.reports.iter().map(EventReport::to_value).collect()),
            ],
        )
    }

    /// The event as a document: `{"Event": {…}}`. Same event, same bytes.
    pub fn write(&self) -> String {
        Value::Object(Fields::from_iter([("Event".to_owned(), self.to_value())])).to_string()
    }
}

fn event(value: Value) -> Result<(Event, Vec<Refused>), FieldFault> {
    let mut fields = fields::object(value)?;
    let uuid = fields::uuid(&fields)?;
    if fields.get("info").is_some_and(|info| !info.is_null()) {
        fields::text(&fields, "info", VALUE_BYTES_MAX)?;
    }
    let tags = fields::each(&mut fields, "Tag", MARKS_MAX, Tag::read)?;
    let galaxies = fields::each(&mut fields, "Galaxy", MARKS_MAX, Galaxy::read)?;
    let mut left: Vec<Part> = Vec::new();
    let attributes = object::parts(&mut fields, ("Attribute", ITEMS_MAX), &mut left, Attribute::read)?;
    let objects = object::parts(&mut fields, ("Object", ITEMS_MAX), &mut left, Object::read)?;
    let reports = object::parts(&mut fields, ("EventReport", MARKS_MAX), &mut left, EventReport::read)?;
    let mut taken = Vec::with_capacity(objects.len());
    for (object, parts) in objects {
        taken.push(object);
        left.extend(parts);
    }
    let mut event = Event {
        timestamp: fields::seconds(&fields, "timestamp")?,
        publish_timestamp: fields::seconds(&fields, "publish_timestamp")?,
        published: fields::flag(&fields, "published")?.unwrap_or(false),
        distribution: Distribution::of(&fields)?,
        orgc: Organisation::within(&fields, "Orgc")?,
        sharing_group: SharingGroup::within(&fields)?,
        attributes,
        objects: taken,
        reports,
        tags,
        galaxies,
        uuid,
        fields,
    };
    once_each(&mut event, &mut left)?;
    Ok((event, left.into_iter().map(|(what, of, fault)| Refused { event: uuid, what, uuid: of, fault }).collect()))
}

/// Nothing stands twice: the second one of a UUID is left out, or one of two readers would see the other.
pub(crate) fn once_each(event: &mut Event, left: &mut Vec<Part>) -> Result<(), FieldFault> {
    let mut seen = BTreeSet::from([event.uuid]);
    let mut first = |what: &'static str, uuid: Uuid| {
        let first = seen.insert(uuid);
        if !first {
            let fault = FieldFault { field: "uuid".to_owned(), what: "stands twice in this event".to_owned() };
            left.push((what, Some(uuid.to_string()), fault));
        }
        first
    };
    event.attributes.retain(|attribute| first("Attribute", attribute.uuid()));
    event.objects.retain(|object| first("Object", object.uuid()));
    for object in &mut event.objects {
        object.attributes.retain(|attribute| first("Attribute", attribute.uuid()));
        object.references.retain(|reference| first("ObjectReference", reference.uuid()));
    }
    event.reports.retain(|report| first("EventReport", report.uuid()));
    if seen.len() > ITEMS_MAX {
        return fields::fault("Attribute", format!("and objects are more than {ITEMS_MAX} together: split the event"));
    }
    Ok(())
}
