//! From MISP to STIX 2.1.
//!
//! One event becomes a report (published) or a grouping (not), with an observable and, where it is for detection, an
//! indicator for each attribute and object. [`types`](crate::types) and `templates` say where each value goes; what
//! STIX has no place for is kept as `x-misp-attribute` and `x-misp-object`. Identifiers are those of MISP, so that
//! the same event always gives the same objects.
//!
//! Every object has been read by the strict reader of `noroshi_stix` before it leaves: what that would refuse is kept
//! instead, and what cannot even be kept is left out and told.

mod attribute;
pub(crate) mod build;
pub(crate) mod cluster;
mod group;
pub(crate) mod marks;
mod object;
pub(crate) mod part;
mod pattern;
mod seal;
pub(crate) mod templates;
pub(crate) mod time;

use crate::event::Event;
use crate::fields::Fields;
use crate::report::EventReport;
pub(crate) use build::ORIGIN;
pub(crate) use group::Group;
use marks::Marks;
use noroshi_stix::{Received, Tlp};
use seal::Sealer;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What is wanted of the conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// What STIX has no property for goes along in `x_misp_origin`, and everything made from a marked event is marked.
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
        }
    }

    /// As it was when a report or grouping was made.
    pub(crate) fn from_report(report: &Fields) -> Self {
        let markings = report.get("object_marking_refs").and_then(Value::as_array).into_iter().flatten();
        let ids = markings.filter_map(|id| noroshi_stix::Id::parse(id.as_str()?).ok());
        Self {
            mode: Mode::Lossless,
            by: report.get("created_by_ref").and_then(Value::as_str).map(str::to_owned),
            tlp: ids.filter_map(|id| Tlp::with_id(&id)).max(),
            seconds: crate::keep::seconds(report).unwrap_or(0),
        }
    }

    fn by(&self, object: &mut Fields) {
        if let Some(by) = &self.by {
            object.insert("created_by_ref".to_owned(), by.as_str().into());
        }
    }

    /// Marks an object as the event is.
    fn mark(&self, object: &mut Fields) {
        if let Some(tlp) = self.tlp {
            object.insert("object_marking_refs".to_owned(), vec![tlp.id().to_string()].into());
        }
    }

    /// An organisation.
    fn identity(&self, uuid: Uuid, name: &str) -> Fields {
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

/// The objects that stand for a UUID of MISP, and their marking.
struct Targets<'a>(HashMap<Uuid, &'a seal::Sealed>);

impl<'a> Targets<'a> {
    fn of(event: &Event, groups: &'a [seal::Sealed]) -> Self {
        let mut targets = HashMap::new();
        let (attributes, objects) = groups.split_at(event.attributes.len().min(groups.len()));
        for (attribute, group) in event.attributes.iter().zip(attributes) {
            targets.insert(attribute.uuid(), group);
        }
        for (object, group) in event.objects.iter().zip(objects) {
            targets.insert(object.uuid(), group);
            for attribute in &object.attributes {
                targets.insert(attribute.uuid(), group);
            }
        }
        Self(targets)
    }

    fn ids(&self, uuid: Uuid) -> &'a [String] {
        self.0.get(&uuid).map_or(&[], |group| &group.ids)
    }

    /// The object others refer to first, and its marking.
    fn first(&self, uuid: Uuid) -> Option<(&'a str, Option<Tlp>)> {
        let group = self.0.get(&uuid)?;
        Some((group.ids.first()?, group.tlp))
    }
}

/// References of objects as relationships. One to nothing in this event has no end, and makes none.
fn references(context: &Context, event: &Event, targets: &Targets<'_>) -> Vec<Fields> {
    let mut relations = Vec::new();
    for object in event.objects.iter().filter(|object| object.name() != crate::keep::NAME) {
        let Some((source, own)) = targets.first(object.uuid()) else { continue };
        for reference in &object.references {
            let Some((target, other)) = targets.first(reference.target()) else { continue };
            let seconds = reference.timestamp().or(object.timestamp()).unwrap_or(context.seconds);
            let word = word(reference.relationship_type());
            let relation = joined(reference.uuid(), (source, &word, target), seconds);
            relations.push(marks::marked(relation, context.tlp.max(own).max(other)));
        }
    }
    relations
}

/// A relationship type in the characters it may have (STIX 2.1, section 5.1.1); MISP's are free text.
fn word(text: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' };
    let word: String = text.chars().map(plain).collect();
    if word.is_empty() { "related-to".to_owned() } else { word }
}

fn report_id(event: &Event) -> String {
    format!("{}--{}", if event.published_at().is_some() { "report" } else { "grouping" }, event.uuid())
}

/// The report of a published event, the grouping of another.
pub(crate) fn report(context: &Context, event: &Event, refs: Value) -> Fields {
    let marks = Marks::of(own_tags(event), None, context.mode);
    let mut labels = vec!["Threat-Report".to_owned(), "misp:tool=\"MISP-STIX-Converter\"".to_owned()];
    labels.extend(marks.labels.iter().cloned());
    let stamp = time::with_digits(context.seconds);
    let name = if event.info().is_empty() { "MISP event" } else { event.info() };
    let mut report = map([
        ("spec_version", "2.1".into()),
        ("id", report_id(event).into()),
        ("created", stamp.as_str().into()),
        ("modified", stamp.into()),
        ("labels", labels.into()),
        ("name", name.into()),
        ("object_refs", refs),
    ]);
    match event.published_at() {
        Some(at) => {
            report.insert("type".to_owned(), "report".into());
            report.insert("published".to_owned(), time::whole(at).into());
        }
        None => {
            report.insert("type".to_owned(), "grouping".into());
            report.insert("context".to_owned(), "suspicious-activity".into());
        }
    }
    context.by(&mut report);
    if let Some(percent) = marks.confidence {
        report.insert("confidence".to_owned(), percent.into());
    }
    marks.mark(&mut report);
    if context.mode == Mode::Lossless {
        report.insert(ORIGIN.to_owned(), map([("Event", event.own())]).into());
    }
    report
}

/// Tags that do not stand for a cluster.
fn own_tags(event: &Event) -> impl Iterator<Item = &crate::tag::Tag> {
    let clusters: BTreeSet<&str> = event.galaxies.iter().flat_map(|g| &g.clusters).map(|c| c.tag_name()).collect();
    event.tags.iter().filter(move |tag| !clusters.contains(&tag.name()))
}

/// What a report of an event refers to: the event, where nothing else.
fn refs_of(event: &Event, report: &EventReport, targets: &Targets<'_>) -> Value {
    let mut seen = HashSet::new();
    let ids = report.references().into_iter().flat_map(|uuid| targets.ids(uuid));
    let refs: Vec<&str> = ids.map(String::as_str).filter(|id| seen.insert(*id)).collect();
    if refs.is_empty() { vec![report_id(event)].into() } else { refs.into() }
}

/// A report of an event, as a note on what it refers to.
pub(crate) fn note(context: &Context, report: &EventReport, refs: Value) -> Fields {
    let stamp = time::with_digits(report.timestamp().unwrap_or(context.seconds));
    let mut note = map([
        ("type", "note".into()),
        ("spec_version", "2.1".into()),
        ("id", format!("note--{}", report.uuid()).into()),
        ("created", stamp.as_str().into()),
        ("modified", stamp.into()),
        ("labels", vec!["misp:data-layer=\"Event Report\""].into()),
        ("abstract", report.name().into()),
        ("content", report.content().into()),
        ("object_refs", refs),
    ]);
    context.by(&mut note);
    context.mark(&mut note);
    if context.mode == Mode::Lossless {
        note.insert(ORIGIN.to_owned(), map([("EventReport", report.to_value())]).into());
    }
    note
}

/// A report must be about something; an event need not.
fn empty(context: &Context, event: &Event) -> Fields {
    let stamp = time::with_digits(context.seconds);
    let mut note = map([
        ("type", "note".into()),
        ("spec_version", "2.1".into()),
        ("id", format!("note--{}", event.uuid()).into()),
        ("created", stamp.as_str().into()),
        ("modified", stamp.into()),
        ("content", "This MISP Event is empty and contains no attribute, object, galaxy or tag.".into()),
        ("object_refs", vec![report_id(event)].into()),
    ]);
    context.by(&mut note);
    context.mark(&mut note);
    note
}

/// The groups made from an event that was read back, for comparison with what came.
pub(crate) fn attribute_group(context: &Context, attribute: &crate::Attribute, keep: bool) -> Group {
    attribute::group(context, attribute, keep)
}

/// As [`attribute_group`].
pub(crate) fn object_group(context: &Context, object: &crate::Object, keep: bool) -> Group {
    object::group(context, object, keep)
}
