//! What went along in `x_noroshi_misp`, and whether it still says what the objects say.

use super::index::Index;
use crate::attribute::Attribute;
use crate::event::Event;
use crate::fields::{self, Fields};
use crate::keep;
use crate::object::Object;
use crate::report::EventReport;
use crate::to_stix::{self, Context, Group};

/// A part of an event that was read back.
pub(crate) enum Part {
    Attribute(Attribute),
    Object(Object),
    Report(EventReport),
}

/// The part an object was made from, where that holds; its objects are taken.
pub(crate) fn part(index: &mut Index<'_>, context: &Context, at: usize) -> Option<Part> {
    let mut origin = index.take_origin(at)?;
    if let Some(value) = origin.get_mut("Attribute") {
        let attribute = Attribute::read(value.take()).ok()?;
        take(index, |keep| to_stix::attribute_group(context, &attribute, keep))?;
        return Some(Part::Attribute(attribute));
    }
    if let Some(value) = origin.get_mut("Object") {
        let (object, left) = Object::read(value.take()).ok()?;
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
    let report = EventReport::read(origin.get_mut("EventReport")?.take()).ok()?;
    // What it refers to is told by the objects that came: the identifiers of objects follow from nothing else.
    let came = &index.at(at).fields;
    if to_stix::note(context, &report, came.get("object_refs").cloned()?) != *came {
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
pub(crate) fn event(index: &mut Index<'_>, context: &Context, report: usize) -> Option<Event> {
    let mut origin = index.take_origin(report)?;
    let (event, left) = Event::from_value(origin.get_mut("Event")?.take()).ok()?;
    let came = &index.at(report).fields;
    let again = to_stix::report(context, &event, came.get("object_refs").cloned()?);
    let own = event.attributes.is_empty() && event.objects.is_empty() && event.reports.is_empty();
    (left.is_empty() && own && again == *came).then_some(event)
}

/// Whether an identity says no more than the name of an organisation.
pub(crate) fn is_plain_identity(object: &Fields) -> bool {
    const PLAIN: [&str; 8] =
        ["type", "spec_version", "id", "created", "modified", "name", "identity_class", "object_marking_refs"];
    fields::get(object, "identity_class") == "organization" && object.keys().all(|key| PLAIN.contains(&key.as_str()))
}
