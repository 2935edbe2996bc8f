//! What went along in `x_noroshi_misp`, and whether it still says what the objects say.

use super::index::Index;
use crate::attribute::Attribute;
use crate::event::Event;
use crate::fields::{self, Fields};
use crate::keep;
use crate::object::Object;
use crate::report::EventReport;
use crate::to_stix::{self, Context, Group, ORIGIN};
use serde_json::Value;

/// A part of an event that was read back.
pub(crate) enum Part {
    Attribute(Attribute),
    Object(Object),
    Report(EventReport),
}

fn kept(object: &Fields, what: &str) -> Option<Value> {
    object.get(ORIGIN)?.get(what).cloned()
}

/// The part an object was made from, where that holds; its objects are taken.
pub(crate) fn part(index: &mut Index<'_>, context: &Context, at: usize) -> Option<Part> {
    let object = &index.at(at).fields;
    object.get(ORIGIN)?;
    if let Some(value) = kept(object, "Attribute") {
        let attribute = Attribute::read(value).ok()?;
        take(index, |keep| to_stix::attribute_group(context, &attribute, keep))?;
        return Some(Part::Attribute(attribute));
    }
    if let Some(value) = kept(object, "Object") {
        let (object, left) = Object::read(value).ok()?;
        left.is_empty().then_some(())?;
        take(index, |keep| to_stix::object_group(context, &object, keep))?;
        // Where it keeps an object of STIX, that came beside it.
        if let Some(beside) = keep::read(&object).and_then(|beside| keep::marked(beside, context.tlp)) {
            let same = index.find(beside.id().as_str()).filter(|at| *index.at(*at).received == beside);
            same.into_iter().for_each(|at| index.take(at));
        }
        object.references.iter().for_each(|reference| index.take_id(&format!("relationship--{}", reference.uuid())));
        return Some(Part::Object(object));
    }
    let report = EventReport::read(kept(object, "EventReport")?).ok()?;
    // What it refers to is told by the objects that came: the identifiers of objects follow from nothing else.
    let refs = object.get("object_refs").cloned()?;
    let note = to_stix::note(context, &report, refs);
    if note != *object {
        return None;
    }
    index.take(at);
    Some(Part::Report(report))
}

/// Takes the group, made plainly or kept, that came.
fn take(index: &mut Index<'_>, make: impl Fn(bool) -> Group) -> Option<()> {
    let group = [false, true].into_iter().map(make).find(|group| index.holds(group))?;
    index.take_group(&group);
    Some(())
}

/// The event itself, without its parts, where the report still says what it says.
pub(crate) fn event(context: &Context, report: &Fields) -> Option<Event> {
    let (event, left) = Event::from_value(kept(report, "Event")?).ok()?;
    let refs = report.get("object_refs").cloned()?;
    let again = to_stix::report(context, &event, refs);
    let own = event.attributes.is_empty() && event.objects.is_empty() && event.reports.is_empty();
    (left.is_empty() && own && again == *report).then_some(event)
}

/// Whether an identity says no more than the name of an organisation.
pub(crate) fn is_plain_identity(object: &Fields) -> bool {
    const PLAIN: [&str; 8] =
        ["type", "spec_version", "id", "created", "modified", "name", "identity_class", "object_marking_refs"];
    fields::get(object, "identity_class") == "organization" && object.keys().all(|key| PLAIN.contains(&key.as_str()))
}
