//! From values with their places to observables and comparisons. One function for attributes and objects: an
//! attribute is an object whose roles are the pieces of its value.

use super::form::written;
use super::map;
use super::part::{At, Of, Part};
use super::pattern::{Literal, Term};
use crate::fields::Fields;
use serde_json::Value;
use std::borrow::Cow;
use std::net::IpAddr;
use uuid::Uuid;

/// One value and where it goes.
#[derive(Debug, Clone)]
pub(crate) struct Piece<'a> {
    pub(crate) part: &'a Part,
    /// Its role, for what STIX has no property for; empty where it has none.
    pub(crate) relation: &'a str,
    pub(crate) value: Cow<'a, str>,
    /// The UUID of an object made for this value alone.
    pub(crate) uuid: Uuid,
    /// Whether a pattern is to compare it.
    pub(crate) detect: bool,
}

/// What was made: the main object first, and what is compared.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) objects: Vec<Fields>,
    pub(crate) terms: Vec<Term>,
}

/// Puts every piece where it belongs. `name` is that of the template; empty for an attribute.
pub(crate) fn build(main: Fields, kind: &str, name: &str, pieces: &[Piece<'_>]) -> Built {
    let mut built = Built { objects: vec![main], terms: Vec::with_capacity(pieces.len()) };
    for piece in pieces {
        if built.place(kind, piece) {
            built.compare(kind, piece);
        } else if piece.relation.is_empty() {
            // An attribute of one value that does not fit is kept by the caller.
            built.objects.clear();
            return built;
        } else {
            built.custom(piece);
            built.compare(kind, piece);
        }
    }
    match kind {
        "network-traffic" => built.protocols(name),
        "email-message" => built.message(),
        _ => {}
    }
    built
}

impl Built {
    /// Whether STIX has room for it.
    fn place(&mut self, kind: &str, piece: &Piece<'_>) -> bool {
        let Some(value) = written(piece.part.form, &piece.value) else { return false };
        match piece.part.at {
            At::Property(name) => free(&mut self.objects[0], name, value),
            At::Fixed(name, says) => free(&mut self.objects[0], name, says.into()),
            At::Within(keys) => within(&mut self.objects[0], keys, value),
            At::Hash(name) => within(&mut self.objects[0], &["hashes", name], value),
            At::Element(name) => push(&mut self.objects[0], name, value),
            At::Protocol => push(&mut self.objects[0], "protocols", piece.value.to_lowercase().into()),
            At::Record(list, key) => self.record(list, key, value),
            At::Other { link, many, of, property } => self.other(piece, (link, many, of, property), value),
            At::Attachment => self.attachment(piece),
            At::External(source, prefix) => self.external(source, prefix, &piece.value),
            At::NameAndExternal(source) => {
                free(&mut self.objects[0], "name", value) && self.external(source, "", &piece.value)
            }
            At::Url => push(
                &mut self.objects[0],
                "external_references",
                map([("source_name", "url".into()), ("url", value)]).into(),
            ),
            At::Contact => self.contact(piece),
            At::Custom => {
                debug_assert!(!kind.is_empty());
                self.custom(piece);
                true
            }
        }
    }

    /// Adds what a pattern compares. What has no path is not compared.
    fn compare(&mut self, kind: &str, piece: &Piece<'_>) {
        if !piece.detect {
            return;
        }
        let value = written(piece.part.form, &piece.value);
        if piece.part.at == At::Custom || value.is_none() {
            let path = format!("{kind}:{}", custom_name(piece.relation));
            self.terms.push(Term::text(path, piece.value.as_ref()));
            return;
        }
        let path = piece.part.path;
        if path.is_empty() {
            return;
        }
        if let At::Other { of, .. } = piece.part.at
            && let Some(end) = path.strip_suffix(".value").filter(|path| path.starts_with("network-traffic:"))
        {
            self.terms.push(Term::text(format!("{end}.type"), of.kind(&piece.value).unwrap_or("domain-name")));
        }
        let says = match (piece.part.at, value) {
            (At::Fixed(_, says), _) => Literal::Text(says.to_owned()),
            (_, Some(Value::Number(number))) if number.is_i64() => {
                Literal::Integer(number.as_i64().unwrap_or_default())
            }
            (_, Some(Value::Bool(flag))) => Literal::Flag(flag),
            _ => Literal::Text(piece.value.to_string()),
        };
        self.terms.push(Term { path: path.into(), says });
    }

    /// A property `x_misp_ROLE`; a second value makes it a list.
    fn custom(&mut self, piece: &Piece<'_>) {
        let name = custom_name(piece.relation);
        let value = Value::from(piece.value.as_ref());
        match self.objects[0].get_mut(&name) {
            None => drop(self.objects[0].insert(name, value)),
            Some(Value::Array(list)) => list.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }

    fn record(&mut self, list: &'static str, key: &'static str, value: Value) -> bool {
        let records = self.objects[0].entry(list).or_insert_with(|| Value::Array(vec![Fields::new().into()]));
        let record = records.as_array_mut().and_then(|records| records.first_mut()).and_then(Value::as_object_mut);
        record.is_some_and(|record| free(record, key, value))
    }

    /// An object for this value alone, and the reference to it.
    fn other(
        &mut self,
        piece: &Piece<'_>,
        (link, many, of, property): (&'static str, bool, Of, &'static str),
        value: Value,
    ) -> bool {
        let Some(kind) = of.kind(&piece.value) else { return false };
        let id = format!("{kind}--{}", piece.uuid);
        let linked = match many {
            true => push(&mut self.objects[0], link, id.as_str().into()),
            false => free(&mut self.objects[0], link, id.as_str().into()),
        };
        if linked {
            let mut other = observable(kind, piece.uuid);
            other.insert(property.to_owned(), value);
            self.objects.push(other);
        }
        linked
    }

    fn attachment(&mut self, piece: &Piece<'_>) -> bool {
        let mut file = observable("file", piece.uuid);
        file.insert("name".to_owned(), piece.value.as_ref().into());
        self.objects.push(file);
        let part = map([
            ("body_raw_ref", format!("file--{}", piece.uuid).into()),
            ("content_disposition", format!("attachment; filename='{}'", piece.value).into()),
        ]);
        push(&mut self.objects[0], "body_multipart", part.into())
    }

    fn external(&mut self, source: &str, prefix: &str, value: &str) -> bool {
        // A technique of ATT&CK where a pattern of CAPEC may stand.
        let technique =
            value.strip_prefix('T').is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
        let (source, prefix) = if technique && source == "capec" { ("mitre-attack", "") } else { (source, prefix) };
        let id = if value.starts_with(prefix) { value.to_owned() } else { format!("{prefix}{value}") };
        let reference = map([("source_name", source.into()), ("external_id", id.into())]);
        push(&mut self.objects[0], "external_references", reference.into())
    }

    fn contact(&mut self, piece: &Piece<'_>) -> bool {
        let line = format!("{}: {}", piece.relation, piece.value);
        let lines = match self.objects[0].get("contact_information").and_then(Value::as_str) {
            Some(lines) => format!("{lines} / {line}"),
            None => line,
        };
        self.objects[0].insert("contact_information".to_owned(), lines.into());
        true
    }

    /// The standard wants protocols; where none are known, what the reference says.
    fn protocols(&mut self, name: &str) {
        if self.objects[0].contains_key("protocols") {
            return;
        }
        let mut known: Vec<&str> = match name {
            "http-request" => vec!["tcp", "http"],
            "ip-port" | "ip|port" => self.objects[1..]
                .iter()
                .filter_map(|other| crate::fields::get(other, "type").strip_suffix("-addr"))
                .collect(),
            _ => Vec::new(),
        };
        known.dedup();
        if known.is_empty() {
            known.push("tcp");
        }
        let known: Value = known.into();
        self.objects[0].insert("protocols".to_owned(), known);
    }

    /// A message of several parts has its text among them (STIX 2.1, section 6.6.1).
    fn message(&mut self) {
        let multipart = self.objects[0].contains_key("body_multipart");
        self.objects[0].insert("is_multipart".to_owned(), multipart.into());
        if multipart && let Some(body) = self.objects[0].remove("body") {
            push(&mut self.objects[0], "body_multipart", map([("body", body)]).into());
        }
    }
}

impl Of {
    /// The type of an object for this value; nothing where the value is none.
    fn kind(self, value: &str) -> Option<&'static str> {
        match self {
            Self::Kind(kind) => Some(kind),
            Self::Address => address_kind(value),
        }
    }
}

/// The type of an address or block; nothing for anything else.
pub(crate) fn address_kind(text: &str) -> Option<&'static str> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let (kind, bits_max) = match address.parse().ok()? {
        IpAddr::V4(_) => ("ipv4-addr", 32),
        IpAddr::V6(_) => ("ipv6-addr", 128),
    };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= bits_max)).then_some(kind)
}

/// An observable with what every one has.
pub(crate) fn observable(kind: &str, uuid: Uuid) -> Fields {
    map([("type", kind.into()), ("spec_version", "2.1".into()), ("id", format!("{kind}--{uuid}").into())])
}

/// Sets a property that is not there.
fn free(object: &mut Fields, name: &str, value: Value) -> bool {
    if object.contains_key(name) {
        return false;
    }
    object.insert(name.to_owned(), value);
    true
}

fn push(object: &mut Fields, name: &str, value: Value) -> bool {
    let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    list.as_array_mut().map(|list| list.push(value)).is_some()
}

fn within(object: &mut Fields, keys: &[&str], value: Value) -> bool {
    match keys {
        [] => false,
        [last] => free(object, last, value),
        [first, rest @ ..] => {
            let inner = object.entry(*first).or_insert_with(|| Fields::new().into());
            inner.as_object_mut().is_some_and(|inner| within(inner, rest, value))
        }
    }
}

/// The name of the property all of an origin is kept under. Not one of `x_misp_`: the reference takes those for roles
/// of the object and loses it over one that holds more than a value.
pub(crate) const ORIGIN: &str = "x_noroshi_misp";

/// `x_misp_` and the role, in the characters a property may have.
pub(crate) fn custom_name(relation: &str) -> String {
    let mut name = String::with_capacity(7 + relation.len());
    name.push_str("x_misp_");
    for character in relation.chars().take(200) {
        let small = character.to_ascii_lowercase();
        name.push(if matches!(small, 'a'..='z' | '0'..='9' | '_') { small } else { '_' });
    }
    name
}
