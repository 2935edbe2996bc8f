//! What refers to what: references of objects, and those in reports.

use super::report::report_id;
use super::{Context, joined, marks, seal};
use crate::event::Event;
use crate::fields::Fields;
use crate::report::EventReport;
use noroshi_stix::Tlp;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The objects that stand for a UUID of MISP, and their marking.
pub(super) struct Targets<'a>(HashMap<Uuid, &'a seal::Sealed>);

impl<'a> Targets<'a> {
    pub(super) fn of(event: &Event, groups: &'a [seal::Sealed]) -> Self {
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
pub(super) fn references(context: &Context, event: &Event, targets: &Targets<'_>) -> Vec<Fields> {
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

/// What a report of an event refers to: the event, where nothing else.
pub(super) fn refs_of(event: &Event, report: &EventReport, targets: &Targets<'_>) -> Value {
    let mut seen = HashSet::new();
    let ids = report.references().into_iter().flat_map(|uuid| targets.ids(uuid));
    let refs: Vec<&str> = ids.map(String::as_str).filter(|id| seen.insert(*id)).collect();
    if refs.is_empty() { vec![report_id(event)].into() } else { refs.into() }
}
