//! STIX objects that MISP has no counterpart for, kept whole in an object of MISP.
//!
//! The object's text stands in the attributes with the role `object`, cut into pieces a column of MISP can hold.
//! Beside it stand the values it names, as attributes MISP knows, so that they are found, correlated and exported to
//! detectors. On the way back the text alone counts. The same STIX object always gives the same MISP object.

use crate::fields::{self, Fields};
use crate::limits;
use crate::object::Object;
use crate::to_stix::marks;
use crate::to_stix::{map, part, time};
use noroshi_stix::pattern::{self, Named};
use noroshi_stix::{Limits, Received, Tlp};
use serde_json::Value;
use uuid::Uuid;

/// The name of the template.
pub(crate) const NAME: &str = "stix2-object";
/// Bytes of one piece of the text: MISP's column for values holds 65,535.
const PIECE_BYTES_MAX: usize = 60_000;
/// Values named beside it.
const NAMED_MAX: usize = 256;
/// Namespace of kept objects, ours: a random value chosen once.
const KEPT: Uuid = Uuid::from_u128(0x2f5b_9c1e_5a0d_4e77_9d0a_6f4c_31b8_e2d4);

/// The MISP object a STIX object is kept in.
pub(crate) fn object(received: &Received) -> Value {
    let uuid = Uuid::new_v5(&KEPT, received.id().as_str().as_bytes());
    let mut attributes = vec![
        attribute(uuid, "id", "text", received.id().as_str(), false),
        attribute(uuid, "type", "text", received.kind(), false),
    ];
    for piece in pieces(received.text()) {
        attributes.push(attribute(uuid, "object", "text", piece, false));
    }
    let detects = detects(received);
    for (kind, value) in named(received) {
        attributes.push(attribute(uuid, kind, kind, &value, detects));
    }
    let tags: Vec<Value> =
        narrowest(received).map(|tlp| map([("name", marks::tag_of(tlp).into())]).into()).into_iter().collect();
    for attribute in &mut attributes {
        if let Some(attribute) = attribute.as_object_mut().filter(|_| !tags.is_empty()) {
            attribute.insert("Tag".to_owned(), tags.clone().into());
        }
    }
    unrepeated(&mut attributes);
    let mut object = map([
        ("uuid", uuid.to_string().into()),
        ("name", NAME.into()),
        ("meta-category", "misc".into()),
        ("description", "A STIX 2.1 object as it came, and the values it names".into()),
        ("Attribute", attributes.into()),
    ]);
    if let Some(seconds) = received.version().and_then(|time| u64::try_from(time.as_micros() / 1_000_000).ok()) {
        object.insert("timestamp".to_owned(), seconds.to_string().into());
    }
    object.into()
}

/// The STIX object a MISP object keeps; nothing where it keeps none, or the strict reader refuses it.
pub(crate) fn read(object: &Object) -> Option<Received> {
    if object.name() != NAME || object.deleted() {
        return None;
    }
    let pieces = object.attributes.iter().filter(|attribute| attribute.relation() == "object" && !attribute.deleted());
    let text: String = pieces.map(|piece| piece.value().into_owned()).collect();
    Received::read(text.as_bytes(), &limits::stix()).ok()
}

/// The STIX object with the marking of the event it stands in, where that is narrower than its own.
pub(crate) fn marked(received: Received, around: Option<Tlp>) -> Option<Received> {
    let own = narrowest(&received);
    let Some(tlp) = around.filter(|around| Some(*around) > own) else { return Some(received) };
    let Ok(Value::Object(mut object)) = serde_json::from_slice(received.bytes()) else { return None };
    let others = received.object_markings().iter().filter(|id| Tlp::with_id(id).is_none());
    let refs: Vec<Value> = others.map(|id| id.as_str().into()).chain([tlp.id().as_str().into()]).collect();
    object.insert("object_marking_refs".to_owned(), refs.into());
    Received::read(&serde_json::to_vec(&object).ok()?, &limits::stix()).ok()
}

/// The narrowest marking of TLP on an object.
pub(crate) fn narrowest(received: &Received) -> Option<Tlp> {
    received.object_markings().iter().filter_map(Tlp::with_id).max()
}

fn attribute(object: Uuid, relation: &str, kind: &str, value: &str, to_ids: bool) -> Value {
    let uuid = Uuid::new_v5(&object, format!("{relation} - {value}").as_bytes());
    let category = crate::types::of(kind).map_or("Other", |kind| kind.category);
    map([
        ("uuid", uuid.to_string().into()),
        ("object_relation", relation.into()),
        ("type", kind.into()),
        ("category", category.into()),
        ("value", value.into()),
        ("to_ids", to_ids.into()),
    ])
    .into()
}

/// Two pieces may be alike; their attributes still are two.
fn unrepeated(attributes: &mut [Value]) {
    for at in 1..attributes.len() {
        let (before, rest) = attributes.split_at_mut(at);
        let Some(Value::Object(own)) = rest.first_mut() else { continue };
        let uuid = fields::get(own, "uuid").to_owned();
        if before.iter().any(|other| other["uuid"] == uuid.as_str()) {
            let other = Uuid::new_v5(&KEPT, format!("{uuid} - {at}").as_bytes());
            own.insert("uuid".to_owned(), other.to_string().into());
        }
    }
}

fn pieces(mut text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    while text.len() > PIECE_BYTES_MAX {
        let at = (0..=PIECE_BYTES_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let (piece, rest) = text.split_at(at);
        pieces.push(piece);
        text = rest;
    }
    pieces.push(text);
    pieces
}

/// Whether what it names is for detection alone: an indicator whose pattern holds as soon as one of its values is
/// seen. `a AND b` names values that mean nothing by themselves.
fn detects(received: &Received) -> bool {
    let Some(pattern) = stix_pattern(received) else { return false };
    let Ok(parsed) = pattern::parse(&pattern, &Limits::default()) else { return false };
    let text = parsed.to_string();
    let joined = [" AND ", "FOLLOWEDBY", " NOT ", "!=", "EXISTS", "LIKE", "MATCHES"];
    !received.revoked() && text.ends_with(']') && !joined.iter().any(|word| text.contains(word))
}

fn stix_pattern(received: &Received) -> Option<String> {
    let stix = received.kind() == "indicator" && received.property("pattern_type").is_none_or(|kind| kind == "stix");
    received.property("pattern").filter(|_| stix).map(std::borrow::Cow::into_owned)
}

/// The values an object names, with the types of attributes MISP has for them.
fn named(received: &Received) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let all = match stix_pattern(received) {
        Some(text) => pattern::parse(&text, &Limits::default()).map(|parsed| parsed.literals()).unwrap_or_default(),
        None => properties(received),
    };
    for Named { path, value } in all {
        let Some(kind) = kind_of(&part::as_ours(&path)) else { continue };
        let value = if kind == "AS" { format!("AS{value}") } else { value };
        let one = (kind, value);
        if !one.1.is_empty() && one.1.len() <= PIECE_BYTES_MAX && found.len() < NAMED_MAX && !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

/// Paths of values and the types of attributes they are in MISP.
const KINDS: [(&str, &str); 31] = [
    ("autonomous-system:number", "AS"),
    ("domain-name:value", "domain"),
    ("email-addr:value", "email"),
    ("email-message:from_ref.value", "email-src"),
    ("email-message:message_id", "email-message-id"),
    ("email-message:subject", "email-subject"),
    ("email-message:to_refs[*].value", "email-dst"),
    ("file:hashes.'SHA-1'", "sha1"),
    ("file:hashes.'SHA-224'", "sha224"),
    ("file:hashes.'SHA-256'", "sha256"),
    ("file:hashes.'SHA-384'", "sha384"),
    ("file:hashes.'SHA-512'", "sha512"),
    ("file:hashes.'SHA3-256'", "sha3-256"),
    ("file:hashes.'SHA3-512'", "sha3-512"),
    ("file:hashes.MD5", "md5"),
    ("file:hashes.SSDEEP", "ssdeep"),
    ("file:hashes.TLSH", "tlsh"),
    ("file:name", "filename"),
    ("file:size", "size-in-bytes"),
    ("ipv4-addr:value", "ip-dst"),
    ("ipv6-addr:value", "ip-dst"),
    ("mac-addr:value", "mac-address"),
    ("mutex:name", "mutex"),
    ("network-traffic:dst_port", "port"),
    ("network-traffic:dst_ref.value", "ip-dst"),
    ("network-traffic:src_ref.value", "ip-src"),
    ("url:value", "url"),
    ("vulnerability:name", "vulnerability"),
    ("windows-registry-key:key", "regkey"),
    ("x509-certificate:hashes.'SHA-1'", "x509-fingerprint-sha1"),
    ("x509-certificate:hashes.'SHA-256'", "x509-fingerprint-sha256"),
];

fn kind_of(path: &str) -> Option<&'static str> {
    KINDS.iter().find(|(own, _)| *own == path).map(|(_, kind)| *kind)
}

/// The properties of an observable that name it, as a pattern would.
fn properties(received: &Received) -> Vec<Named> {
    let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(received.bytes()) else { return Vec::new() };
    let kind = received.kind();
    let mut all = Vec::new();
    for name in ["value", "name", "key", "number", "subject", "message_id"] {
        let value = match object.get(name) {
            Some(Value::String(text)) if kind != "vulnerability" || text.starts_with("CVE-") => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        all.push(Named { path: format!("{kind}:{name}"), value });
    }
    for (name, value) in object.get("hashes").and_then(Value::as_object).into_iter().flatten() {
        let name = if name.contains('-') { format!("'{name}'") } else { name.clone() };
        all.extend(value.as_str().map(|hash| Named { path: format!("{kind}:hashes.{name}"), value: hash.to_owned() }));
    }
    all
}

/// The time of an object in seconds since 1970.
pub(crate) fn seconds(object: &Fields) -> Option<u64> {
    ["modified", "created"].iter().find_map(|name| time::seconds(fields::get(object, name)))
}
