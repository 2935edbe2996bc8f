//! What is the same for everything made from one event.

use super::marks::Marks;
use super::{Mode, map, time};
use crate::event::Event;
use crate::fields::Fields;
use noroshi_stix::Tlp;
use serde_json::Value;
use uuid::Uuid;

/// What holds for everything made from one event.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) mode: Mode,
    /// The identifier of the producer.
    pub(crate) by: Option<String>,
    /// The marking of the event.
    pub(crate) tlp: Option<Tlp>,
    /// The event's time.
    pub(crate) seconds: u64,
    /// Whether what came goes along.
    pub(crate) with_origin: bool,
}

impl Context {
    pub(crate) fn of(event: &Event, mode: Mode) -> Self {
        let marks = Marks::of(event.tags.iter(), None, Mode::Lossless);
        let tlp =
            marks.markings.first().and_then(|id| noroshi_stix::Id::parse(id).ok()).and_then(|id| Tlp::with_id(&id));
        Self {
            mode,
            by: event.orgc().map(|orgc| format!("identity--{}", orgc.uuid())),
            tlp: tlp.filter(|_| mode == Mode::Lossless),
            seconds: event.timestamp().unwrap_or(0),
            with_origin: mode == Mode::Lossless,
        }
    }

    /// As it was when a report or grouping was made, for comparison with what was made then.
    pub(crate) fn from_report(report: &Fields) -> Self {
        let markings = report.get("object_marking_refs").and_then(Value::as_array).into_iter().flatten();
        let ids = markings.filter_map(|id| noroshi_stix::Id::parse(id.as_str()?).ok());
        Self {
            mode: Mode::Lossless,
            by: report.get("created_by_ref").and_then(Value::as_str).map(str::to_owned),
            tlp: ids.filter_map(|id| Tlp::with_id(&id)).max(),
            seconds: crate::keep::seconds(report).unwrap_or(0),
            with_origin: false,
        }
    }

    pub(super) fn by(&self, object: &mut Fields) {
        if let Some(by) = &self.by {
            object.insert("created_by_ref".to_owned(), by.as_str().into());
        }
    }

    /// Marks an object as the event is.
    pub(super) fn mark(&self, object: &mut Fields) {
        if let Some(tlp) = self.tlp {
            object.insert("object_marking_refs".to_owned(), vec![tlp.id().to_string()].into());
        }
    }

    /// An organisation.
    pub(super) fn identity(&self, uuid: Uuid, name: &str) -> Fields {
        let stamp = time::with_digits(self.seconds);
        map([
            ("type", "identity".into()),
            ("spec_version", "2.1".into()),
            ("id", format!("identity--{uuid}").into()),
            ("created", stamp.as_str().into()),
            ("modified", stamp.into()),
            ("name", name.into()),
            ("identity_class", "organization".into()),
        ])
    }
}
