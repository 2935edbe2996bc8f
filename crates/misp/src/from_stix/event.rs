//! The event around the parts.

use super::attribute::{attribute, tag_names};
use super::index::{Index, label, texts, uuid_of};
use super::object::object;
use super::origin::{self, Part};
use super::{FromStix, cluster};
use crate::event::Event;
use crate::fields::{self, Fields};
use crate::galaxy::Galaxy;
use crate::keep;
use crate::limits::KEPT_PER_EVENT_MAX;
use crate::object::Object;
use crate::report::EventReport;
use crate::to_stix::{Context, map, marks, time};
use noroshi_stix::Received;
use serde_json::Value;
use uuid::Uuid;

/// The event a report or grouping stands for, with everything it is about.
pub(crate) fn event(index: &mut Index<'_>, report: usize, left: &mut Vec<(String, String)>) -> Option<Event> {
    let context = Context::from_report(&index.at(report).fields);
    let exact = origin::event(index, &context, report);
    let came = &index.at(report).fields;
    let is_exact = exact.is_some();
    let mut event = match exact.or_else(|| plain(index, came)) {
        Some(event) => event,
        None => {
            left.push((
                fields::get(came, "id").to_owned(),
                "is no event: its identifier has no UUID of one".to_owned(),
            ));
            return None;
        }
    };
    let refs: Vec<usize> = texts(came, "object_refs").filter_map(|id| index.find(id)).collect();
    index.take(report);
    let mut parts: Vec<(usize, Part)> = Vec::new();
    for (position, &at) in refs.iter().enumerate() {
        if index.is_open(at) {
            parts.extend(origin::part(index, &context, at).map(|part| (position, part)));
        }
    }
    if is_exact {
        take_clusters(index, &event);
    }
    for (position, &at) in refs.iter().enumerate() {
        if index.is_open(at) {
            parts.extend(told(index, at).map(|part| (position, part)));
        }
    }
    galaxies(index, &refs, &mut event);
    take_plain(index, &context, &event);
    for (position, &at) in refs.iter().enumerate() {
        if index.is_open(at) {
            parts.extend(kept(index, at, left).map(|object| (position, Part::Object(object))));
        }
    }
    parts.sort_by_key(|(position, _)| *position);
    for (_, part) in parts {
        match part {
            Part::Attribute(attribute) => event.attributes.push(attribute),
            Part::Object(object) => event.objects.push(object),
            Part::Report(report) => event.reports.push(report),
        }
    }
    once_each(&mut event, left);
    Some(event)
}

/// Nothing stands twice in an event, whatever the objects say.
fn once_each(event: &mut Event, left: &mut Vec<(String, String)>) {
    let mut parts = Vec::new();
    if let Err(fault) = crate::event::once_each(event, &mut parts) {
        left.push((event.uuid().to_string(), fault.to_string()));
    }
    left.extend(
        parts
            .into_iter()
            .map(|(what, uuid, fault)| (format!("{what} {}", uuid.unwrap_or_default()), fault.to_string())),
    );
}

/// A part told by its labels, as the reference writes them.
fn told(index: &mut Index<'_>, at: usize) -> Option<Part> {
    let came = &index.at(at).fields;
    if label(came, "type").is_some() {
        return attribute(index, at).map(Part::Attribute);
    }
    if label(came, "name").is_some() {
        return object(index, at).map(Part::Object);
    }
    if label(came, "data-layer") == Some("Event Report") {
        let report = map([
            ("uuid", uuid_of(fields::get(came, "id")).into()),
            ("name", fields::get(came, "abstract").into()),
            ("content", fields::get(came, "content").into()),
            ("timestamp", keep::seconds(came)?.to_string().into()),
        ]);
        let report = EventReport::read(report.into()).ok()?;
        index.take(at);
        return Some(Part::Report(report));
    }
    None
}

/// An object MISP has no counterpart for.
fn kept(index: &mut Index<'_>, at: usize, left: &mut Vec<(String, String)>) -> Option<Object> {
    let received = index.at(at).received;
    index.take(at);
    match Object::read(keep::object(received)) {
        Ok((object, parts)) if parts.is_empty() => Some(object),
        Ok((_, parts)) => {
            let why = parts.first().map_or_else(String::new, |(_, _, fault)| fault.to_string());
            left.push((received.id().as_str().to_owned(), why));
            None
        }
        Err(fault) => {
            left.push((received.id().as_str().to_owned(), fault.to_string()));
            None
        }
    }
}

/// The event's own fields from what a report says.
fn plain(index: &Index<'_>, report: &Fields) -> Option<Event> {
    let seconds = keep::seconds(report)?;
    let tags: Vec<Value> = tag_names(report).iter().map(|name| map([("name", name.as_str().into())]).into()).collect();
    let mut event = map([
        ("uuid", uuid_of(fields::get(report, "id")).into()),
        ("info", fields::get(report, "name").into()),
        ("date", fields::get(report, "created").get(..10).unwrap_or_default().into()),
        ("timestamp", seconds.to_string().into()),
        ("distribution", "0".into()),
        ("published", (fields::get(report, "type") == "report").into()),
    ]);
    if let Some(at) = time::seconds(fields::get(report, "published")) {
        event.insert("publish_timestamp".to_owned(), at.to_string().into());
    }
    if !tags.is_empty() {
        event.insert("Tag".to_owned(), tags.into());
    }
    if let Some(producer) = index.get(fields::get(report, "created_by_ref")) {
        let producer = map([
            ("uuid", uuid_of(fields::get(producer, "id")).into()),
            ("name", fields::get(producer, "name").into()),
        ]);
        event.insert("Orgc".to_owned(), producer.into());
    }
    Event::from_value(event.into()).ok().map(|(event, _)| event)
}

/// Clusters of the event itself: those no attribute has taken.
fn galaxies(index: &mut Index<'_>, refs: &[usize], event: &mut Event) {
    let of_parts: Vec<Uuid> = event_clusters(event);
    for &at in refs {
        if !index.is_open(at) {
            continue;
        }
        let Some(galaxy) = cluster::galaxy(&index.at(at).fields) else { continue };
        let Ok(galaxy) = Galaxy::read(galaxy) else { continue };
        let known = galaxy.clusters.iter().all(|cluster| of_parts.contains(&cluster.uuid()));
        let by_part = index.named(at);
        if !known && !by_part {
            event.galaxies.push(galaxy);
        }
        index.take(at);
    }
}

fn event_clusters(event: &Event) -> Vec<Uuid> {
    event.galaxies.iter().flat_map(|galaxy| &galaxy.clusters).map(|cluster| cluster.uuid()).collect()
}

fn take_clusters(index: &mut Index<'_>, event: &Event) {
    for cluster in event.galaxies.iter().flat_map(|galaxy| &galaxy.clusters) {
        index.take_id(&crate::to_stix::cluster::id(cluster));
    }
}

/// Takes what says nothing beside the event: its producer, the official markings, the note of an empty event.
fn take_plain(index: &mut Index<'_>, context: &Context, event: &Event) {
    if let Some(by) = context.by.as_deref().filter(|by| index.get(by).is_some_and(origin::is_plain_identity)) {
        index.take_id(by);
    }
    index.take_id(&format!("note--{}", event.uuid()));
}

/// Whether an object is one of the published markings, or names an organisation and no more.
fn is_known(received: &Received, object: &Fields) -> bool {
    let marking = marks::definition(received.id().as_str()).is_some();
    marking || (received.kind() == "identity" && origin::is_plain_identity(object))
}

/// What stands in no event of MISP: into the only event there is, or into ones of its own.
pub(crate) fn rest(index: &mut Index<'_>, made: &mut FromStix) {
    let alone = made.events.is_empty();
    let open: Vec<usize> = index
        .open()
        .into_iter()
        .filter(|at| {
            let item = index.at(*at);
            marks::definition(item.received.id().as_str()).is_none()
                && (alone || !is_known(item.received, &item.fields))
        })
        .collect();
    if let [event] = made.events.as_mut_slice()
        && open.len() <= KEPT_PER_EVENT_MAX
    {
        event.objects.extend(open.iter().filter_map(|at| kept(index, *at, &mut made.left)));
        return;
    }
    for chunk in open.chunks(KEPT_PER_EVENT_MAX) {
        let (head, all) = foreign(index, chunk);
        let objects: Vec<Object> = chunk.iter().filter_map(|at| kept(index, *at, &mut made.left)).collect();
        match Event::from_value(head) {
            Ok((mut event, _)) => {
                event.objects = objects;
                made.events.push(event);
            }
            Err(error) => made.left.push((all, error.to_string())),
        }
    }
}

/// Namespace of events made of objects of others, ours: a random value chosen once.
const FOREIGN: Uuid = Uuid::from_u128(0x8b1d_0e6f_7a35_4c1b_b1f2_03d9_5e7c_44a8);

/// The fields of an event around objects of others: named as their report where there is one, as old as the newest,
/// marked as the least marked, for the own organisation alone.
fn foreign(index: &Index<'_>, all: &[usize]) -> (Value, String) {
    let objects: Vec<&Received> = all.iter().map(|at| index.at(*at).received).collect();
    let mut ids: Vec<&str> = objects.iter().map(|object| object.id().as_str()).collect();
    ids.sort_unstable();
    let uuid = Uuid::new_v5(&FOREIGN, ids.join("\n").as_bytes());
    let mut reports = objects.iter().filter(|object| matches!(object.kind(), "report" | "grouping"));
    let info = match (reports.next().and_then(|report| report.property("name")), reports.next()) {
        (Some(name), None) if !name.is_empty() => name.into_owned(),
        _ => format!("{} STIX 2.1 objects", objects.len()),
    };
    let newest = objects.iter().filter_map(|object| object.version()).max();
    let seconds = newest.and_then(|time| u64::try_from(time.as_micros() / 1_000_000).ok()).unwrap_or(0);
    let least = objects.iter().map(|object| keep::narrowest(object)).min().flatten();
    let mut event = map([
        ("uuid", uuid.to_string().into()),
        ("info", info.into()),
        ("date", time::whole(seconds).get(..10).unwrap_or_default().into()),
        ("timestamp", seconds.to_string().into()),
        ("distribution", "0".into()),
        ("published", false.into()),
    ]);
    if let Some(tlp) = least {
        event.insert("Tag".to_owned(), vec![Value::from(map([("name", marks::tag_of(tlp).into())]))].into());
    }
    (event.into(), uuid.to_string())
}
