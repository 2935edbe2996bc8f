//! Clusters of galaxies as domain objects.

use super::build::custom_name;
use super::{map, time};
use crate::fields::Fields;
use crate::galaxy::{Cluster, Galaxy};
use serde_json::Value;

/// What clusters of a galaxy become; galaxies without a row are kept as `x-misp-galaxy-cluster`.
const KINDS: [(&str, &str); 38] = [
    ("360net-threat-actor", "threat-actor"),
    ("android", "malware"),
    ("backdoor", "malware"),
    ("banker", "malware"),
    ("botnet", "tool"),
    ("branded-vulnerability", "vulnerability"),
    ("cmtmf-attack-pattern", "attack-pattern"),
    ("country", "location"),
    ("cryptominers", "malware"),
    ("exploit-kit", "tool"),
    ("malpedia", "malware"),
    ("microsoft-activity-group", "threat-actor"),
    ("mitre-attack-pattern", "attack-pattern"),
    ("mitre-course-of-action", "course-of-action"),
    ("mitre-enterprise-attack-attack-pattern", "attack-pattern"),
    ("mitre-enterprise-attack-course-of-action", "course-of-action"),
    ("mitre-enterprise-attack-intrusion-set", "intrusion-set"),
    ("mitre-enterprise-attack-malware", "malware"),
    ("mitre-enterprise-attack-tool", "tool"),
    ("mitre-ics-groups", "threat-actor"),
    ("mitre-ics-software", "malware"),
    ("mitre-ics-techniques", "attack-pattern"),
    ("mitre-intrusion-set", "intrusion-set"),
    ("mitre-malware", "malware"),
    ("mitre-mobile-attack-attack-pattern", "attack-pattern"),
    ("mitre-mobile-attack-course-of-action", "course-of-action"),
    ("mitre-mobile-attack-intrusion-set", "intrusion-set"),
    ("mitre-mobile-attack-malware", "malware"),
    ("mitre-mobile-attack-tool", "tool"),
    ("mitre-pre-attack-attack-pattern", "attack-pattern"),
    ("mitre-pre-attack-intrusion-set", "intrusion-set"),
    ("mitre-tool", "tool"),
    ("ransomware", "malware"),
    ("rat", "tool"),
    ("sector", "identity"),
    ("stealer", "malware"),
    ("tds", "tool"),
    ("threat-actor", "threat-actor"),
];

/// The type of object a galaxy's clusters become.
pub(crate) fn kind_of(galaxy: &str) -> &'static str {
    if galaxy == "tool" {
        return "tool";
    }
    KINDS.iter().find(|(own, _)| *own == galaxy).map_or("x-misp-galaxy-cluster", |(_, kind)| kind)
}

/// The identifier of a cluster's object.
pub(crate) fn id(cluster: &Cluster) -> String {
    format!("{}--{}", kind_of(cluster.kind()), cluster.uuid())
}

/// The object of a cluster. `seconds` is the time of what it was named by.
pub(crate) fn object(galaxy: &Galaxy, cluster: &Cluster, seconds: u64) -> Fields {
    let kind = kind_of(cluster.kind());
    let stamp = time::with_digits(seconds);
    let mut object = map([
        ("type", kind.into()),
        ("spec_version", "2.1".into()),
        ("id", id(cluster).into()),
        ("created", stamp.as_str().into()),
        ("modified", stamp.into()),
        ("labels", labels(galaxy, cluster).into()),
    ]);
    match kind {
        "location" => location(&mut object, galaxy, cluster),
        "x-misp-galaxy-cluster" => kept(&mut object, galaxy, cluster),
        _ => named(&mut object, kind, galaxy, cluster),
    }
    object
}

fn labels(galaxy: &Galaxy, cluster: &Cluster) -> Vec<String> {
    let mut labels =
        vec![format!("misp:galaxy-name=\"{}\"", galaxy.name()), format!("misp:galaxy-type=\"{}\"", cluster.kind())];
    if !cluster.tag_name().is_empty() {
        labels.push(cluster.tag_name().to_owned());
    }
    labels
}

fn named(object: &mut Fields, kind: &str, galaxy: &Galaxy, cluster: &Cluster) {
    let value = cluster.value();
    let name = match cluster.kind().starts_with("mitre-").then(|| value.split_once(" - ")).flatten() {
        Some((name, _)) => name.trim(),
        None => value,
    };
    object.insert("name".to_owned(), name.into());
    let description = match (cluster.description(), kind) {
        ("", "identity") => galaxy.description(),
        (description, _) => description,
    };
    if !description.is_empty() {
        object.insert("description".to_owned(), description.into());
    }
    match kind {
        "malware" => drop(object.insert("is_family".to_owned(), false.into())),
        "identity" => drop(object.insert("identity_class".to_owned(), "class".into())),
        _ => {}
    }
    for (key, values) in cluster.meta().into_iter().flatten() {
        meta(object, kind, name, key, values);
    }
}

fn location(object: &mut Fields, galaxy: &Galaxy, cluster: &Cluster) {
    let country = cluster.meta().map_or("", |meta| crate::fields::get(meta, "ISO"));
    let country = if country.is_empty() { cluster.value() } else { country };
    let name = if cluster.description().is_empty() { cluster.value() } else { cluster.description() };
    object.insert("country".to_owned(), country.into());
    object.insert("name".to_owned(), name.into());
    object.insert("description".to_owned(), format!("{} | {}", galaxy.description(), cluster.value()).into());
    for (key, values) in cluster.meta().into_iter().flatten() {
        custom(object, key, values);
    }
}

fn kept(object: &mut Fields, galaxy: &Galaxy, cluster: &Cluster) {
    object.insert("x_misp_name".to_owned(), galaxy.name().into());
    object.insert("x_misp_type".to_owned(), cluster.kind().into());
    object.insert("x_misp_value".to_owned(), cluster.value().into());
    let description = format!("{} | {}", galaxy.description(), cluster.description());
    object.insert("x_misp_description".to_owned(), description.into());
    if let Some(meta) = cluster.meta() {
        object.insert("x_misp_meta".to_owned(), Value::Object(meta.clone()));
    }
}

/// Types whose other names are `aliases` in STIX.
const WITH_ALIASES: [&str; 5] = ["attack-pattern", "intrusion-set", "malware", "threat-actor", "tool"];
/// Types with phases of a kill chain.
const WITH_PHASES: [&str; 3] = ["attack-pattern", "malware", "tool"];

fn meta(object: &mut Fields, kind: &str, name: &str, key: &str, values: &Value) {
    let texts = texts(values);
    match key {
        "external_id" | "Technique ID" => references(object, texts.iter().map(|id| identifier(id))),
        "refs" => references(
            object,
            texts.iter().map(|url| map([("source_name", "url".into()), ("url", (*url).into())]).into()),
        ),
        "synonyms" if WITH_ALIASES.contains(&kind) => {
            let aliases: Vec<&str> = texts.into_iter().filter(|alias| *alias != name).collect();
            if !aliases.is_empty() {
                object.insert("aliases".to_owned(), aliases.into());
            }
        }
        "kill_chain" if WITH_PHASES.contains(&kind) => {
            let phases: Vec<Value> = texts.iter().filter_map(|text| phase(text)).collect();
            if !phases.is_empty() {
                object.insert("kill_chain_phases".to_owned(), phases.into());
            }
        }
        "is_family" if kind == "malware" && values.is_boolean() => {
            object.insert("is_family".to_owned(), values.clone());
        }
        _ => custom(object, key, values),
    }
}

fn phase(text: &str) -> Option<Value> {
    let (chain, rest) = text.split_once(':')?;
    let phase = rest.rsplit(':').next()?;
    Some(map([("kill_chain_name", chain.into()), ("phase_name", phase.into())]).into())
}

fn references(object: &mut Fields, new: impl Iterator<Item = Value>) {
    let list = object.entry("external_references").or_insert_with(|| Value::Array(Vec::new()));
    if let Some(list) = list.as_array_mut() {
        list.extend(new);
    }
    if object.get("external_references").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        object.remove("external_references");
    }
}

fn identifier(id: &str) -> Value {
    const SOURCES: [(&str, &str); 5] = [
        ("CAPEC-", "capec"),
        ("CVE-", "cve"),
        ("CWE-", "cwe"),
        ("MOB-", "mitre-mobile-attack"),
        ("PRE-", "mitre-pre-attack"),
    ];
    let source = SOURCES.iter().find(|(prefix, _)| id.starts_with(prefix)).map_or("mitre-attack", |(_, source)| source);
    map([("source_name", source.into()), ("external_id", id.into())]).into()
}

/// What STIX has no property for, with the name as it was where that cannot be told from the property's.
fn custom(object: &mut Fields, key: &str, values: &Value) {
    let name = custom_name(key);
    if name.strip_prefix("x_misp_") != Some(key) {
        let names = object.entry("x_misp_original_names").or_insert_with(|| Fields::new().into());
        if let Some(names) = names.as_object_mut() {
            names.insert(name.clone(), key.into());
        }
    }
    object.insert(name, values.clone());
}

fn texts(values: &Value) -> Vec<&str> {
    match values {
        Value::Array(list) => list.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect(),
        Value::String(text) if !text.is_empty() => vec![text],
        _ => Vec::new(),
    }
}

/// How an object relates to a cluster named with it.
pub(crate) fn relation(source: &str, target: &str) -> &'static str {
    match (source, target) {
        ("indicator", "attack-pattern" | "campaign" | "intrusion-set" | "malware" | "threat-actor" | "tool") => {
            "indicates"
        }
        ("attack-pattern", "identity" | "location" | "vulnerability")
        | ("campaign" | "intrusion-set", "identity" | "vulnerability")
        | ("threat-actor", "vulnerability")
        | ("tool", "identity" | "location") => "targets",
        ("attack-pattern", "tool")
        | ("campaign" | "intrusion-set", "attack-pattern" | "malware" | "tool")
        | ("malware", "attack-pattern")
        | ("threat-actor", "attack-pattern" | "malware" | "tool") => "uses",
        ("campaign", "intrusion-set" | "threat-actor") | ("intrusion-set", "threat-actor") => "attributed-to",
        ("course-of-action", "attack-pattern" | "tool") => "mitigates",
        ("malware", "intrusion-set" | "threat-actor") => "authored-by",
        _ => "related-to",
    }
}
