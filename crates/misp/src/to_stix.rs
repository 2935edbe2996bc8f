//! From MISP to STIX 2.1.
//!
//! One event becomes a report (published) or a grouping (not), with an observable and, where it is for detection, an
//! indicator for each attribute and object. Tables say where each value goes; what STIX has no place for is kept as
//! `x-misp-attribute` and `x-misp-object`. Identifiers are those of MISP, so that the same event always gives the
//! same objects.
//!
//! Every object has been read by the strict reader of `noroshi_stix` before it leaves: what that would refuse is kept
//! instead, and what cannot even be kept is left out and told.

mod attribute;
pub(crate) mod build;
pub(crate) mod cluster;
mod context;
mod form;
mod group;
pub(crate) mod marks;
mod object;
pub(crate) mod part;
mod pattern;
mod references;
mod report;
mod seal;
pub(crate) mod templates;
pub(crate) mod time;

use crate::event::Event;
use crate::fields::Fields;
pub(crate) use build::ORIGIN;
pub(crate) use context::Context;
pub(crate) use group::Group;
use noroshi_stix::Received;
use references::{Targets, references, refs_of};
use report::empty;
pub(crate) use report::{note, report};
use seal::Sealer;
use serde_json::Value;
use uuid::Uuid;

/// What is wanted of the conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// What STIX has no property for goes along in `x_noroshi_misp`, and everything made from a marked event is marked.
    #[default]
    Lossless,
    /// As the reference converter does it (PyPI `misp-stix` 2026.10.12), with what it loses and leaves unmarked.
    Reference,
}

/// What an event was made into.
#[derive(Debug, Clone)]
pub struct ToStix {
    /// The objects: the identity, the report or grouping, then the rest. Each once.
    pub objects: Vec<Received>,
    /// What was left out.
    pub left: Vec<LeftOut>,
    event: Uuid,
}

/// A part of an event that no STIX object could be made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event `{event}`, {what} `{uuid}`: {why}")]
pub struct LeftOut {
    /// The event.
    pub event: Uuid,
    /// What it is: `Attribute`, `Object`, `Galaxy`, …
    pub what: &'static str,
    /// Which one.
    pub uuid: String,
    /// The fault the strict reader found.
    pub why: String,
}

impl ToStix {
    /// The objects as a bundle with the identifier of the event. Same event, same bytes.
    pub fn bundle(&self) -> String {
        let mut bundle = format!("{{\"type\":\"bundle\",\"id\":\"bundle--{}\",\"objects\":[", self.event);
        for (at, object) in self.objects.iter().enumerate() {
            bundle.push_str(if at == 0 { "\n" } else { ",\n" });
            bundle.push_str(object.text());
        }
        bundle.push_str("\n]}\n");
        bundle
    }
}

/// Makes an event into STIX objects.
pub fn to_stix(event: &Event, mode: Mode) -> ToStix {
    let context = Context::of(event, mode);
    let mut sealer = Sealer::new(event.uuid());
    let mut groups = Vec::with_capacity(event.attributes.len() + event.objects.len());
    for attribute in &event.attributes {
        let what = ("Attribute", attribute.uuid());
        groups.push(sealer.group(what, |keep| attribute::group(&context, attribute, keep)));
    }
    for object in &event.objects {
        groups.push(match crate::keep::read(object) {
            Some(received) => sealer.kept(&context, object, received),
            None => sealer.group(("Object", object.uuid()), |keep| object::group(&context, object, keep)),
        });
    }
    let targets = Targets::of(event, &groups);
    for report in &event.reports {
        let note = note(&context, report, refs_of(event, report, &targets));
        sealer.one(("EventReport", report.uuid()), note);
    }
    for galaxy in &event.galaxies {
        for cluster in &galaxy.clusters {
            let object = cluster::object(galaxy, cluster, context.seconds);
            sealer.cluster(("Galaxy", cluster.uuid()), object, context.tlp);
        }
    }
    sealer.clusters();
    let references = references(&context, event, &targets);
    for relation in groups.into_iter().flat_map(|group| group.relations).chain(references) {
        sealer.relation(relation);
    }
    finish(&context, event, sealer)
}

/// The report before everything, the identities and markings after.
fn finish(context: &Context, event: &Event, mut sealer: Sealer) -> ToStix {
    if sealer.refs().is_empty() {
        sealer.one(("Event", event.uuid()), empty(context, event));
    }
    sealer.report(report(context, event, sealer.refs().into()));
    let producer = event.orgc().map(|orgc| context.identity(orgc.uuid(), orgc.name()));
    sealer.identities(producer.map(|producer| marks::marked(producer, context.tlp)));
    sealer.markings();
    let (objects, left) = sealer.done();
    ToStix { objects, left, event: event.uuid() }
}

/// An object of a few fields.
pub(crate) fn map<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The namespace the reference makes identifiers in.
pub(crate) const NAMESPACE: Uuid = Uuid::from_u128(0x76be_ed5f_7251_457e_8c2a_b45f_7b58_9d3d);

/// A relationship whose identifier follows from what it joins.
fn relationship(source: &str, word: &str, target: &str, seconds: u64) -> Fields {
    let id = Uuid::new_v5(&NAMESPACE, format!("{source} - {word} - {target}").as_bytes());
    joined(id, (source, word, target), seconds)
}

fn joined(id: Uuid, (source, word, target): (&str, &str, &str), seconds: u64) -> Fields {
    let stamp = time::with_digits(seconds);
    map([
        ("type", "relationship".into()),
        ("spec_version", "2.1".into()),
        ("id", format!("relationship--{id}").into()),
        ("created", stamp.as_str().into()),
        ("modified", stamp.into()),
        ("relationship_type", word.into()),
        ("source_ref", source.into()),
        ("target_ref", target.into()),
    ])
}

/// The groups made from an event that was read back, for comparison with what came.
pub(crate) fn attribute_group(context: &Context, attribute: &crate::Attribute, keep: bool) -> Group {
    attribute::group(context, attribute, keep)
}

/// As [`attribute_group`].
pub(crate) fn object_group(context: &Context, object: &crate::Object, keep: bool) -> Group {
    object::group(context, object, keep)
}
