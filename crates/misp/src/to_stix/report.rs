//! The report or grouping of an event, and its notes.

use super::marks::Marks;
use super::{Context, ORIGIN, map, time};
use crate::event::Event;
use crate::fields::Fields;
use crate::report::EventReport;
use serde_json::Value;
use std::collections::BTreeSet;

/// The identifier of the report or grouping.
pub(super) fn report_id(event: &Event) -> String {
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
    if context.with_origin {
        report.insert(ORIGIN.to_owned(), map([("Event", event.own())]).into());
    }
    report
}

/// Tags that do not stand for a cluster.
fn own_tags(event: &Event) -> impl Iterator<Item = &crate::tag::Tag> {
    let clusters: BTreeSet<&str> = event.galaxies.iter().flat_map(|g| &g.clusters).map(|c| c.tag_name()).collect();
    event.tags.iter().filter(move |tag| !clusters.contains(&tag.name()))
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
    if context.with_origin {
        note.insert(ORIGIN.to_owned(), map([("EventReport", report.to_value())]).into());
    }
    note
}

/// A report must be about something; an event need not.
pub(super) fn empty(context: &Context, event: &Event) -> Fields {
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
