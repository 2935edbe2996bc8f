//! The objects that came, by identifier, and which of them have found their place.

use crate::fields::{self, Fields};
use crate::to_stix::{Group, ORIGIN};
use noroshi_stix::Received;
use serde_json::Value;
use std::collections::HashMap;

/// One object.
pub(crate) struct Item<'a> {
    pub(crate) received: &'a Received,
    pub(crate) fields: Fields,
    taken: bool,
}

/// All of them.
pub(crate) struct Index<'a> {
    items: Vec<Item<'a>>,
    by_id: HashMap<&'a str, usize>,
    /// Relationships, sightings and opinions, by what they begin at or are about.
    about: HashMap<String, Vec<usize>>,
    /// Relationships by what they point at.
    pointing: HashMap<String, Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(objects: &'a [Received]) -> Self {
        let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(objects.len());
        let mut items: Vec<Item<'a>> = Vec::with_capacity(objects.len());
        for received in objects {
            let Ok(Value::Object(fields)) = serde_json::from_slice(received.bytes()) else { continue };
            let item = Item { received, fields, taken: false };
            match by_id.get(received.id().as_str()) {
                Some(&at) if items[at].received.version() >= received.version() => {}
                Some(&at) => items[at] = item,
                None => {
                    by_id.insert(received.id().as_str(), items.len());
                    items.push(item);
                }
            }
        }
        let mut about: HashMap<String, Vec<usize>> = HashMap::new();
        let mut pointing: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            for id in subjects(&item.fields) {
                about.entry(id.to_owned()).or_default().push(at);
            }
            if fields::get(&item.fields, "type") == "relationship" {
                pointing.entry(fields::get(&item.fields, "target_ref").to_owned()).or_default().push(at);
            }
        }
        Self { items, by_id, about, pointing }
    }

    pub(crate) fn at(&self, at: usize) -> &Item<'a> {
        &self.items[at]
    }

    /// Takes out what went along with an object.
    pub(crate) fn take_origin(&mut self, at: usize) -> Option<Value> {
        self.items[at].fields.remove(ORIGIN)
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Fields> {
        self.find(id).map(|at| &self.items[at].fields)
    }

    /// Reports and groupings MISP made.
    pub(crate) fn reports(&self) -> Vec<usize> {
        let ours = |item: &Item<'_>| {
            matches!(fields::get(&item.fields, "type"), "report" | "grouping")
                && labels(&item.fields).any(|label| label.starts_with("misp:tool="))
        };
        (0..self.items.len()).filter(|at| ours(&self.items[*at])).collect()
    }

    /// Relationships that begin at an object, sightings and opinions of it.
    pub(crate) fn about(&self, id: &str) -> &[usize] {
        self.about.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether a relationship that has found its place points at it.
    pub(crate) fn named(&self, at: usize) -> bool {
        let pointing = self.pointing.get(self.items[at].received.id().as_str());
        pointing.into_iter().flatten().any(|at| self.items[*at].taken)
    }

    pub(crate) fn is_open(&self, at: usize) -> bool {
        !self.items[at].taken
    }

    pub(crate) fn open(&self) -> Vec<usize> {
        (0..self.items.len()).filter(|at| self.is_open(*at)).collect()
    }

    pub(crate) fn take(&mut self, at: usize) {
        self.items[at].taken = true;
    }

    pub(crate) fn take_id(&mut self, id: &str) {
        if let Some(at) = self.find(id) {
            self.take(at);
        }
    }

    /// Whether what was made is what came: the first object must be there, and nothing may differ. A reader may have
    /// received less than was sent.
    pub(crate) fn holds(&self, group: &Group) -> bool {
        let same = |object: &Fields| self.get(fields::get(object, "id")).map(|came| came == object);
        group.objects.first().and_then(same) == Some(true)
            && group.objects.iter().chain(&group.relations).all(|object| same(object) != Some(false))
    }

    /// Takes all of a group.
    pub(crate) fn take_group(&mut self, group: &Group) {
        let all = group.objects.iter().chain(&group.relations).chain(&group.clusters).chain(&group.witnesses);
        all.for_each(|object| self.take_id(fields::get(object, "id")));
    }
}

/// What a relationship begins at, a sighting or opinion is about.
fn subjects(object: &Fields) -> Vec<&str> {
    match fields::get(object, "type") {
        "relationship" => vec![fields::get(object, "source_ref")],
        "sighting" => vec![fields::get(object, "sighting_of_ref")],
        "opinion" => texts(object, "object_refs").collect(),
        _ => Vec::new(),
    }
}

/// The texts of a list.
pub(crate) fn texts<'a>(object: &'a Fields, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    object.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

pub(crate) fn labels(object: &Fields) -> impl Iterator<Item = &str> {
    texts(object, "labels")
}

/// The value of a label `misp:NAME="VALUE"`.
pub(crate) fn label<'a>(object: &'a Fields, name: &str) -> Option<&'a str> {
    labels(object)
        .find_map(|label| label.strip_prefix("misp:")?.strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"'))
}

/// The UUID of an identifier.
pub(crate) fn uuid_of(id: &str) -> &str {
    id.split_once("--").map_or("", |(_, uuid)| uuid)
}
