//! An attribute out of the objects the reference makes of one.

use super::cluster;
use super::index::{Index, label, labels, texts, uuid_of};
use super::value::{compared, literals, standing};
use crate::attribute::Attribute;
use crate::fields::{self, Fields};
use crate::limits::MARKS_MAX;
use crate::sighting::Sighting;
use crate::to_stix::marks;
use crate::to_stix::part::{At, Part};
use crate::to_stix::{map, time};
use crate::types::{self, Shape};
use noroshi_stix::{Id, Tlp};
use serde_json::Value;
use std::collections::HashSet;

/// The objects of one attribute or object: those with the UUID of the one at hand.
pub(crate) struct Siblings {
    pub(crate) data: Option<usize>,
    pub(crate) indicator: Option<usize>,
    /// The one at hand, where it is neither.
    pub(crate) own: Option<usize>,
}

impl Siblings {
    pub(crate) fn of(index: &Index<'_>, at: usize) -> Self {
        let id = index.at(at).received.id().as_str();
        let open = |kind: &str| index.find(&format!("{kind}--{}", uuid_of(id))).filter(|at| index.is_open(*at));
        let (data, indicator) = (open("observed-data"), open("indicator"));
        let own = (data != Some(at) && indicator != Some(at)).then_some(at);
        match own {
            Some(_) => Self { data: None, indicator: None, own },
            None => Self { data, indicator, own },
        }
    }

    /// All of them, the one others refer to first.
    pub(crate) fn all(&self) -> impl Iterator<Item = usize> {
        [self.data, self.indicator, self.own].into_iter().flatten()
    }

    /// The observables of the data.
    pub(crate) fn observables<'a>(&self, index: &'a Index<'_>) -> Vec<&'a Fields> {
        let data = self.data.map(|at| &index.at(at).fields);
        data.into_iter().flat_map(|data| texts(data, "object_refs")).filter_map(|id| index.get(id)).collect()
    }

    /// What the pattern compares.
    pub(crate) fn literals(&self, index: &Index<'_>) -> Vec<(String, String)> {
        self.indicator.map(|at| literals(&index.at(at).fields)).unwrap_or_default()
    }

    /// Takes all of them, their observables, and what joins them.
    pub(crate) fn take(&self, index: &mut Index<'_>) {
        let data = self.data.map(|at| &index.at(at).fields);
        let observables: Vec<String> =
            data.into_iter().flat_map(|data| texts(data, "object_refs")).map(str::to_owned).collect();
        observables.iter().for_each(|id| index.take_id(id));
        for at in self.all().collect::<Vec<_>>() {
            index.take(at);
        }
        if let (Some(data), Some(indicator)) = (self.data, self.indicator) {
            let data = index.at(data).received.id().as_str();
            let about = index.about(index.at(indicator).received.id().as_str()).to_vec();
            let based = |at: &usize| fields::get(&index.at(*at).fields, "target_ref") == data;
            about.iter().copied().filter(based).collect::<Vec<_>>().into_iter().for_each(|at| index.take(at));
        }
    }
}

/// The attribute an object and its siblings are; nothing where they are none, and then nothing is taken.
pub(crate) fn attribute(index: &mut Index<'_>, at: usize) -> Option<Attribute> {
    let siblings = Siblings::of(index, at);
    let first = siblings.all().next()?;
    let object = &index.at(first).fields;
    let kind = label(object, "type")?.to_owned();
    let category = label(object, "category").unwrap_or("Other").to_owned();
    let value = value(index, &siblings, &kind)?;
    let usual = types::of(&kind).is_some_and(|kind| kind.to_ids);
    let mut made = head(index, &siblings);
    made.insert("type".to_owned(), kind.into());
    made.insert("category".to_owned(), category.into());
    made.insert("value".to_owned(), value.into());
    let kept = fields::get(object, "type") == "x-misp-attribute";
    let plain = matches!(fields::get(object, "type"), "vulnerability" | "campaign");
    let to_ids = if kept || plain { usual } else { siblings.indicator.is_some() };
    made.insert("to_ids".to_owned(), to_ids.into());
    let attribute = marked(index, &siblings, made)?;
    siblings.take(index);
    Some(attribute)
}

/// What attributes and objects have in common: UUID, time, comment, first and last time.
pub(crate) fn head(index: &Index<'_>, siblings: &Siblings) -> Fields {
    let mut made = Fields::new();
    for at in siblings.all() {
        let object = &index.at(at).fields;
        let seconds = crate::keep::seconds(object).unwrap_or(0);
        made.insert("uuid".to_owned(), uuid_of(fields::get(object, "id")).into());
        made.insert("timestamp".to_owned(), seconds.to_string().into());
        let comment = match fields::get(object, "type") {
            "indicator" => fields::get(object, "description"),
            _ => fields::get(object, "x_misp_comment"),
        };
        if !comment.is_empty() {
            made.insert("comment".to_owned(), comment.into());
        }
        let seen = [("first_observed", "first_seen"), ("last_observed", "last_seen")];
        let times = seen.map(|(from, _)| fields::get(object, from));
        if times.iter().any(|time| !time.is_empty() && *time != time::whole(seconds)) {
            for ((_, to), time) in seen.iter().zip(times) {
                made.insert((*to).to_owned(), time.into());
            }
        }
    }
    made
}

/// The attribute with its tags, galaxies and sightings, which are taken.
fn marked(index: &mut Index<'_>, siblings: &Siblings, mut made: Fields) -> Option<Attribute> {
    let (tags, galaxies, sightings) = marks(index, siblings);
    for (name, list) in [("Tag", tags), ("Galaxy", galaxies), ("Sighting", sightings)] {
        if !list.is_empty() {
            made.insert(name.to_owned(), list.into());
        }
    }
    Attribute::read(made.into()).ok()
}

/// Tags, galaxies and sightings of the objects.
pub(crate) fn marks(index: &mut Index<'_>, siblings: &Siblings) -> (Vec<Value>, Vec<Value>, Vec<Value>) {
    let all: Vec<usize> = siblings.all().collect();
    let (mut tags, mut seen) = (Vec::new(), HashSet::new());
    for name in all.iter().flat_map(|at| tag_names(&index.at(*at).fields)) {
        if tags.len() < MARKS_MAX && seen.insert(name.clone()) {
            tags.push(Value::from(map([("name", name.into())])));
        }
    }
    let (mut galaxies, mut sightings) = (Vec::new(), Vec::new());
    for at in all {
        let id = index.at(at).received.id().as_str().to_owned();
        for about in index.about(&id).to_vec() {
            if !index.is_open(about) {
                continue;
            }
            if let Some(galaxy) = cluster::named_by(index, about) {
                galaxies.push(galaxy);
                index.take(about);
            } else if let Some(sighting) = sighting(index, about) {
                sightings.push(sighting);
                index.take(about);
            }
        }
    }
    (tags, galaxies, sightings)
}

/// The tags behind the markings and labels of an object.
pub(crate) fn tag_names(object: &Fields) -> Vec<String> {
    const OWN: [&str; 8] = [
        "misp:type=",
        "misp:category=",
        "misp:name=",
        "misp:meta-category=",
        "misp:tool=",
        "misp:data-layer=",
        "misp:galaxy-",
        "Threat-Report",
    ];
    let markings = texts(object, "object_marking_refs").filter_map(|id| Tlp::with_id(&Id::parse(id).ok()?));
    let labels = labels(object).filter(|label| !OWN.iter().any(|own| label.starts_with(own)));
    markings.map(marks::tag_of).chain(labels.map(str::to_owned)).collect()
}

fn sighting(index: &Index<'_>, at: usize) -> Option<Value> {
    let object = &index.at(at).fields;
    let (kind, who) = match fields::get(object, "type") {
        "sighting" => ("0", texts(object, "where_sighted_refs").next().unwrap_or_default()),
        "opinion" if fields::get(object, "explanation") == "False positive Sighting" => {
            ("1", fields::get(object, "x_misp_author_ref"))
        }
        _ => return None,
    };
    let mut made = map([
        ("uuid", uuid_of(fields::get(object, "id")).into()),
        ("type", kind.into()),
        ("source", fields::get(object, "description").into()),
        ("date_sighting", crate::keep::seconds(object)?.to_string().into()),
    ]);
    if let Some(who) = index.get(who) {
        let organisation =
            map([("uuid", uuid_of(fields::get(who, "id")).into()), ("name", fields::get(who, "name").into())]);
        made.insert("Organisation".to_owned(), organisation.into());
    }
    let made = Value::from(made);
    Sighting::read(made.clone()).is_ok().then_some(made)
}

fn value(index: &Index<'_>, siblings: &Siblings, kind: &str) -> Option<String> {
    let object = &index.at(siblings.all().next()?).fields;
    if fields::get(object, "type") == "x-misp-attribute" {
        return Some(fields::get(object, "x_misp_value").to_owned()).filter(|value| !value.is_empty());
    }
    match &types::of(kind)?.shape {
        Shape::Kept => None,
        Shape::Rule => {
            let pattern = fields::get(object, "pattern");
            // The reference puts rules of attributes in brackets.
            let inner = pattern.strip_prefix('[').and_then(|pattern| pattern.strip_suffix(']'));
            Some(inner.unwrap_or(pattern).to_owned())
        }
        Shape::Pattern(part) => compared(part, &siblings.literals(index)).into_iter().next(),
        Shape::Domain(_, parts) => {
            joined(parts, |part| standing(index, object, part, "").into_iter().next().map(|found| found.0))
        }
        Shape::Observed(main, parts) => {
            let literals = siblings.literals(index);
            let from_pattern = || joined(parts, |part| compared(part, &literals).into_iter().next());
            let observables = siblings.observables(index);
            let main = observables.into_iter().find(|object| fields::get(object, "type") == *main);
            let from_data =
                || joined(parts, |part| standing(index, main?, part, "").into_iter().next().map(|found| found.0));
            from_pattern().or_else(from_data)
        }
    }
}

/// The pieces of a value, joined; nothing where one is missing.
fn joined(parts: &[Part], piece: impl Fn(&Part) -> Option<String>) -> Option<String> {
    let open = parts.iter().filter(|part| !matches!(part.at, At::Fixed(..)));
    Some(open.map(piece).collect::<Option<Vec<_>>>()?.join("|"))
}
