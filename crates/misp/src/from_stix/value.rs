//! Values out of STIX: the other way along the parts of the tables.

use super::index::{Index, texts};
use crate::fields::{self, Fields};
use crate::to_stix::build::custom_name;
use crate::to_stix::part::{self, At, Form, Of, Part};
use noroshi_stix::{Limits, pattern};
use serde_json::Value;

/// A value, and the identifier of the object that was made for it alone.
pub(crate) type Found = (String, Option<String>);

/// What a pattern compares, by paths in our spelling. A pattern that names nothing, or cannot be read, says nothing.
pub(crate) fn literals(indicator: &Fields) -> Vec<(String, String)> {
    let Ok(parsed) = pattern::parse(fields::get(indicator, "pattern"), &Limits::default()) else { return Vec::new() };
    let ours = |named: pattern::Named| {
        let path = part::as_ours(&named.path);
        // The reference escapes percent signs of the registry twice.
        let value = match path.starts_with("windows-registry-key:values") {
            true => named.value.replace("\\%", "%"),
            false => named.value,
        };
        (path, value)
    };
    parsed.literals().into_iter().map(ours).collect()
}

/// The values a pattern compares a part with.
pub(crate) fn compared(part: &Part, literals: &[(String, String)]) -> Vec<String> {
    let own = literals.iter().filter(|(path, _)| path == part.path);
    own.filter(|(_, value)| fits(part, value)).map(|(_, value)| spelled(part.form, value)).collect()
}

/// Addresses and names of hosts are compared under one path.
fn fits(part: &Part, value: &str) -> bool {
    match part.at {
        At::Other { of: Of::Address, .. } => crate::to_stix::build::address_kind(value).is_some(),
        At::Other { of: Of::Kind("domain-name"), .. } => crate::to_stix::build::address_kind(value).is_none(),
        _ => true,
    }
}

/// The values that stand in an object at a part; `relation` is the role, for what has no property.
pub(crate) fn standing(index: &Index<'_>, main: &Fields, part: &Part, relation: &str) -> Vec<Found> {
    let plain = |value: Option<&Value>| {
        value.and_then(|value| text(part.form, value)).map(|text| (text, None)).into_iter().collect()
    };
    match part.at {
        At::Property(name) => plain(main.get(name)),
        At::Within([first, rest @ ..]) => {
            plain(main.get(*first).and_then(|at| rest.iter().try_fold(at, |at, key| at.get(key))))
        }
        At::Within([]) => Vec::new(),
        At::Hash(name) => plain(main.get("hashes").and_then(|hashes| hashes.get(name))),
        At::Element(name) => texts(main, name).map(|text| (text.to_owned(), None)).collect(),
        At::Record(list, key) => plain(main.get(list).and_then(|list| list.get(0)).and_then(|record| record.get(key))),
        At::Other { link, of, property, .. } => {
            linked(main, link).into_iter().filter_map(|id| other(index, part, id, (of, property))).collect()
        }
        At::Attachment => {
            let parts = main.get("body_multipart").and_then(Value::as_array).into_iter().flatten();
            let ids = parts.filter_map(|part| part.get("body_raw_ref")?.as_str());
            ids.filter_map(|id| other(index, part, id, (Of::Kind("file"), "name"))).collect()
        }
        At::Custom => custom(main, relation),
        At::External(source, prefix) => references(main, source, "external_id")
            .map(|id| (id.strip_prefix(prefix).unwrap_or(id).to_owned(), None))
            .collect(),
        At::NameAndExternal(source) => {
            let mut ids = references(main, source, "external_id");
            let id = ids.next().unwrap_or_else(|| fields::get(main, "name"));
            vec![(id.to_owned(), None)]
        }
        At::Url => references(main, "url", "url").map(|url| (url.to_owned(), None)).collect(),
        At::Contact => {
            let lines = fields::get(main, "contact_information").split(" / ");
            let own = lines.filter_map(|line| line.strip_prefix(relation)?.strip_prefix(": "));
            own.map(|text| (text.to_owned(), None)).collect()
        }
        At::Protocol | At::Fixed(..) => Vec::new(),
    }
}

/// The values of the property `x_misp_ROLE`.
pub(crate) fn custom(main: &Fields, relation: &str) -> Vec<Found> {
    match main.get(&custom_name(relation)) {
        Some(Value::Array(list)) => {
            list.iter().filter_map(|value| text(Form::Text, value)).map(|text| (text, None)).collect()
        }
        Some(value) => text(Form::Text, value).map(|text| (text, None)).into_iter().collect(),
        None => Vec::new(),
    }
}

fn linked<'a>(main: &'a Fields, link: &str) -> Vec<&'a str> {
    match main.get(link) {
        Some(Value::String(id)) => vec![id],
        Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn other(index: &Index<'_>, part: &Part, id: &str, (of, property): (Of, &str)) -> Option<Found> {
    let fits = match of {
        Of::Address => id.starts_with("ipv4-addr--") || id.starts_with("ipv6-addr--"),
        Of::Kind(kind) => id.split_once("--").is_some_and(|(own, _)| own == kind),
    };
    let value = text(part.form, index.get(id)?.get(property)?)?;
    fits.then(|| (value, Some(id.to_owned())))
}

fn references<'a>(main: &'a Fields, source: &str, name: &str) -> impl Iterator<Item = &'a str> {
    let all = main.get("external_references").and_then(Value::as_array).into_iter().flatten();
    let own = all
        .filter(|reference| reference.get("source_name").and_then(Value::as_str) == Some(source))
        .collect::<Vec<_>>();
    own.into_iter().filter_map(|reference| reference.get(name)?.as_str()).collect::<Vec<_>>().into_iter()
}

/// A value as MISP writes it.
fn text(form: Form, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Bool(flag) => Some(if *flag { "1" } else { "0" }.to_owned()),
        Value::Number(number) => Some(spelled(form, &number.to_string())),
        _ => None,
    }
}

/// A constant of a pattern as MISP writes it.
fn spelled(form: Form, text: &str) -> String {
    match (form, text) {
        (Form::AutonomousSystem, number) if !number.starts_with("AS") => format!("AS{number}"),
        (Form::Flag, "True" | "true") => "1".to_owned(),
        (Form::Flag, "False" | "false") => "0".to_owned(),
        _ => text.to_owned(),
    }
}
