//! Clusters of galaxies out of domain objects.

use super::index::{Index, label, labels, texts, uuid_of};
use crate::fields::{self, Fields};
use crate::to_stix::NAMESPACE;
use crate::to_stix::map;
use serde_json::Value;
use uuid::Uuid;

/// The galaxy whose cluster a relationship points at.
pub(crate) fn named_by(index: &Index<'_>, relationship: usize) -> Option<Value> {
    let relationship = &index.at(relationship).fields;
    (fields::get(relationship, "type") == "relationship").then_some(())?;
    galaxy(index.get(fields::get(relationship, "target_ref"))?)
}

/// A galaxy with the one cluster an object is; nothing where it is none.
pub(crate) fn galaxy(object: &Fields) -> Option<Value> {
    let kind = label(object, "galaxy-type")?;
    let title = label(object, "galaxy-name").unwrap_or(kind);
    let uuid = Uuid::new_v5(&NAMESPACE, kind.as_bytes()).to_string();
    let cluster = cluster(object, kind);
    Some(
        map([
            ("uuid", uuid.into()),
            ("type", kind.into()),
            ("name", title.into()),
            ("GalaxyCluster", vec![Value::from(cluster)].into()),
        ])
        .into(),
    )
}

fn cluster(object: &Fields, kind: &str) -> Fields {
    let prefix = format!("misp-galaxy:{kind}=\"");
    let tag = labels(object).find(|label| label.starts_with(&prefix));
    let value = match (tag, fields::get(object, "x_misp_value")) {
        (Some(tag), _) => tag[prefix.len()..].trim_end_matches('"'),
        (None, "") => fields::get(object, "name"),
        (None, value) => value,
    };
    let description = match fields::get(object, "type") {
        "location" => fields::get(object, "name"),
        "x-misp-galaxy-cluster" => {
            fields::get(object, "x_misp_description").split_once(" | ").map_or("", |(_, description)| description)
        }
        _ => fields::get(object, "description"),
    };
    let mut cluster = map([
        ("uuid", uuid_of(fields::get(object, "id")).into()),
        ("type", kind.into()),
        ("value", value.into()),
        ("description", description.into()),
        ("tag_name", format!("{prefix}{value}\"").into()),
    ]);
    let meta = meta(object);
    if !meta.is_empty() {
        cluster.insert("meta".to_owned(), meta.into());
    }
    cluster
}

fn meta(object: &Fields) -> Fields {
    if let Some(Value::Object(meta)) = object.get("x_misp_meta") {
        return meta.clone();
    }
    let mut meta = Fields::new();
    let references: Vec<&Value> =
        object.get("external_references").and_then(Value::as_array).into_iter().flatten().collect();
    let all = |name: &str| references.iter().filter_map(|reference| reference.get(name).cloned()).collect::<Vec<_>>();
    let phases = object.get("kill_chain_phases").and_then(Value::as_array).into_iter().flatten();
    let phases = phases.filter_map(|phase| {
        Some(format!("{}:{}", phase.get("kill_chain_name")?.as_str()?, phase.get("phase_name")?.as_str()?).into())
    });
    let lists = [
        ("external_id", all("external_id")),
        ("refs", all("url")),
        ("synonyms", texts(object, "aliases").map(Value::from).collect()),
        ("kill_chain", phases.collect()),
    ];
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        meta.insert(name.to_owned(), list.into());
    }
    let originals = object.get("x_misp_original_names").and_then(Value::as_object);
    for (name, value) in object.iter().filter(|(name, _)| *name != "x_misp_original_names") {
        let Some(plain) = name.strip_prefix("x_misp_") else { continue };
        let original = originals.map_or("", |names| fields::get(names, name));
        meta.insert(if original.is_empty() { plain } else { original }.to_owned(), value.clone());
    }
    meta
}
