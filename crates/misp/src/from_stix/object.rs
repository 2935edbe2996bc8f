//! An object out of the objects the reference makes of one.

use super::attribute::{Siblings, head, marks};
use super::index::{Index, label, uuid_of};
use super::value::{Found, compared, custom, standing};
use crate::fields::{self, Fields};
use crate::object::Object;
use crate::to_stix::build::custom_name;
use crate::to_stix::part::At;
use crate::to_stix::templates::{self, Class, Role, Template};
use crate::to_stix::{NAMESPACE, map};
use crate::types;
use serde_json::Value;
use std::collections::HashSet;
use uuid::Uuid;

/// The object an object of STIX and its siblings are; nothing where they are none, and then nothing is taken.
pub(crate) fn object(index: &mut Index<'_>, at: usize) -> Option<Object> {
    let siblings = Siblings::of(index, at);
    let first = &index.at(siblings.all().next()?).fields;
    let name = label(first, "name")?.to_owned();
    let meta_category = label(first, "meta-category").unwrap_or("misc").to_owned();
    let mut attributes = match fields::get(first, "type") {
        "x-misp-object" => kept(first),
        _ => read(index, &siblings, templates::of(&name)?),
    };
    if attributes.is_empty() {
        return None;
    }
    let mut made = head(index, &siblings);
    let (tags, galaxies, sightings) = marks(index, &siblings);
    // An object has no tags of its own in MISP; those of its attributes hold for it.
    for (name, list) in [("Tag", &tags), ("Galaxy", &galaxies)] {
        for attribute in attributes.iter_mut().filter(|_| !list.is_empty()) {
            attribute.insert(name.to_owned(), list.clone().into());
        }
    }
    if let Some(first) = attributes.first_mut().filter(|_| !sightings.is_empty()) {
        first.insert("Sighting".to_owned(), sightings.into());
    }
    made.insert("name".to_owned(), name.into());
    made.insert("meta-category".to_owned(), meta_category.into());
    made.insert("Attribute".to_owned(), attributes.into_iter().map(Value::from).collect());
    made.insert("ObjectReference".to_owned(), references(index, &siblings).into());
    let (object, _) = Object::read(made.into()).ok()?;
    object.references.iter().for_each(|reference| index.take_id(&format!("relationship--{}", reference.uuid())));
    siblings.take(index);
    Some(object)
}

/// Relationships to other objects and attributes of MISP.
fn references(index: &Index<'_>, siblings: &Siblings) -> Vec<Value> {
    let Some(first) = siblings.all().next() else { return Vec::new() };
    let about = index.about(index.at(first).received.id().as_str());
    let open = about.iter().filter(|at| index.is_open(**at)).map(|at| &index.at(*at).fields);
    let reference = |relation: &Fields| {
        let target = index.get(fields::get(relation, "target_ref"))?;
        (label(target, "name").is_some() || label(target, "type").is_some()).then_some(())?;
        let made = map([
            ("uuid", uuid_of(fields::get(relation, "id")).into()),
            ("referenced_uuid", uuid_of(fields::get(target, "id")).into()),
            ("relationship_type", fields::get(relation, "relationship_type").into()),
            ("timestamp", crate::keep::seconds(relation)?.to_string().into()),
        ]);
        Some(Value::from(made))
    };
    open.filter(|object| fields::get(object, "type") == "relationship").filter_map(reference).collect()
}

/// The attributes of an object that was kept whole.
fn kept(object: &Fields) -> Vec<Fields> {
    let all = object.get("x_misp_attributes").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_object)
        .cloned()
        .map(|mut attribute| {
            attribute.entry("to_ids").or_insert(false.into());
            attribute
        })
        .collect()
}

fn read(index: &Index<'_>, siblings: &Siblings, template: &'static Template) -> Vec<Fields> {
    let uuid = siblings.all().next().map_or("", |at| uuid_of(index.at(at).received.id().as_str())).to_owned();
    let literals = siblings.literals(index);
    let compared = literals.iter().map(|(_, value)| value.clone()).collect();
    let reader = Reader { template, uuid, literals, compared };
    let observables = siblings.observables(index);
    let main = match template.class {
        Class::Observed => observables.into_iter().find(|object| fields::get(object, "type") == template.main),
        _ => siblings.all().next().map(|at| &index.at(at).fields),
    };
    match main {
        Some(main) => reader.standing(index, main),
        None => reader.compared(siblings.all().next().map(|at| &index.at(at).fields)),
    }
}

/// The version of a pattern where a rule has none of its own.
const STIX_VERSION: &str = "2.1";

struct Reader {
    template: &'static Template,
    /// Of the object.
    uuid: String,
    literals: Vec<(String, String)>,
    /// The values among them, as the pattern writes them.
    compared: HashSet<String>,
}

impl Reader {
    /// From the properties of the main object and those it refers to.
    fn standing(&self, index: &Index<'_>, main: &Fields) -> Vec<Fields> {
        let id = fields::get(main, "id");
        let mut made: Vec<Fields> = Vec::new();
        let mut used: HashSet<(At, String)> = HashSet::new();
        for role in self.template.roles.iter().filter(|role| !role.relation.is_empty()) {
            let mut found = if role.part.at == At::Protocol {
                protocols(main, role)
            } else {
                standing(index, main, &role.part, role.relation)
            };
            // Two roles may stand in one place; the first of them has it.
            found.retain(|(value, _)| role.part.at == At::Custom || !used.contains(&(role.part.at, value.clone())));
            if role.part.at == At::Property("pattern_version") {
                found.retain(|(value, _)| value != STIX_VERSION);
            }
            // The main object of a pair has the UUID of its domain.
            if uuid_of(id) != self.uuid && matches!(role.part.at, At::Property(_)) {
                found.iter_mut().for_each(|(_, other)| *other = Some(id.to_owned()));
            }
            used.extend(found.iter().map(|(value, _)| (role.part.at, value.clone())));
            if role.part.at != At::Custom {
                found.extend(custom(main, role.relation));
            }
            made.extend(found.into_iter().map(|found| self.attribute(id, role.relation, role.kind, found)));
        }
        for (name, _) in main.iter().filter(|(name, _)| name.starts_with("x_misp_")) {
            if self.template.roles.iter().any(|role| custom_name(role.relation) == *name) {
                continue;
            }
            let relation = name.trim_start_matches("x_misp_").replace('_', "-");
            made.extend(custom(main, &relation).into_iter().map(|found| self.attribute(id, &relation, "text", found)));
        }
        made
    }

    /// From what a pattern compares, where nothing else came.
    fn compared(&self, indicator: Option<&Fields>) -> Vec<Fields> {
        let id = indicator.map_or("", |indicator| fields::get(indicator, "id"));
        let mut made = Vec::new();
        let mut used: Vec<&str> = Vec::new();
        for role in self.template.roles.iter().filter(|role| !role.relation.is_empty()) {
            let path = format!("{}:{}", self.template.main, custom_name(role.relation));
            let customs = self.literals.iter().filter(|(own, _)| *own == path).map(|(_, value)| value.clone());
            let mut values: Vec<String> = customs.collect();
            if !used.contains(&role.part.path) && !role.part.path.is_empty() {
                values.extend(compared(&role.part, &self.literals));
                if !values.is_empty() {
                    used.push(role.part.path);
                }
            }
            made.extend(values.into_iter().map(|value| self.attribute(id, role.relation, role.kind, (value, None))));
        }
        made
    }

    /// An attribute in a role. It is for detection where the pattern compares its value.
    fn attribute(&self, main: &str, relation: &str, kind: &str, (value, other): Found) -> Fields {
        let of_rule = self.template.class == Class::Rule && relation == self.template.name;
        let spelled = match (kind, value.as_str()) {
            ("AS", value) => vec![value, value.trim_start_matches("AS")],
            ("boolean", "1") => vec!["True", "true"],
            ("boolean", _) => vec!["False", "false"],
            (_, value) => vec![value],
        };
        let detect = of_rule || spelled.into_iter().any(|value| self.compared.contains(value));
        let own = other.as_deref().map(uuid_of).filter(|uuid| *uuid != self.uuid);
        let uuid = own.map_or_else(
            || Uuid::new_v5(&NAMESPACE, format!("{main} - {relation} - {value}").as_bytes()).to_string(),
            str::to_owned,
        );
        let category = types::of(kind).map_or("Other", |kind| kind.category);
        map([
            ("uuid", uuid.into()),
            ("object_relation", relation.into()),
            ("type", kind.into()),
            ("category", category.into()),
            ("value", value.into()),
            ("to_ids", detect.into()),
        ])
    }
}

/// A protocol has no mark of its layer; well-known names tell.
fn protocols(main: &Fields, role: &Role) -> Vec<Found> {
    let layer = |name: &str| match name {
        "ip" | "ipv4" | "ipv6" | "icmp" | "icmpv6" | "arp" => "layer3-protocol",
        "tcp" | "udp" | "sctp" | "dccp" => "layer4-protocol",
        _ => "layer7-protocol",
    };
    let all = super::index::texts(main, "protocols");
    let own = all.filter(|name| role.relation == layer(name));
    own.map(|name| (name.to_uppercase(), None)).collect()
}
