//! An object as it came: read, checked, and kept byte for byte. A round trip through types of ours would change it.

mod fault;
#[cfg(test)]
mod tests;

pub use fault::{Fault, Wrong};

use crate::json::{Json, compact};
use crate::limits::{ID_BYTES_MAX, MARKINGS_MAX, OBJECT_BYTES_MAX};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Types of observables (section 6): they need no `created` and no `modified`.
const OBSERVABLES: [&str; 18] = [
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

/// An object as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    id: String,
    kind: String,
    spec_version: String,
    version: Option<(i64, String)>,
    revoked: bool,
    markings: BTreeSet<String>,
    bytes: Vec<u8>,
    json: Json,
}

impl Received {
    /// Reads one object.
    ///
    /// # Errors
    /// [`Fault`], which names the object, where it has a name, and the property.
    pub fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > OBJECT_BYTES_MAX {
            return Err(Fault::of_nothing(Wrong::TooLarge { bytes: text.len() }));
        }
        let json = Json::read(text.as_bytes()).map_err(|error| Fault::of_nothing(Wrong::NotJson(error.to_string())))?;
        let named = json.get("id").and_then(Json::text).map(|id| id.chars().take(ID_BYTES_MAX).collect::<String>());
        Self::check(json, text).map_err(|wrong| Fault { id: named, wrong })
    }

    fn check(json: Json, text: &str) -> Result<Self, Wrong> {
        if !matches!(json, Json::Object(_)) {
            return Err(Wrong::NotAnObject);
        }
        let kind = required(&json, "type")?.to_owned();
        let id = required(&json, "id")?.to_owned();
        check_id("id", &id)?;
        if id.split_once("--").is_none_or(|(prefix, _)| prefix != kind) {
            return Err(Wrong::value("id", &id, "its first part is the `type` of the object"));
        }
        let spec_version = optional_text(&json, "spec_version")?;
        let observable = OBSERVABLES.contains(&kind.as_str());
        let spec_version = match spec_version {
            Some(word @ ("2.0" | "2.1")) => word.to_owned(),
            Some(other) => return Err(Wrong::value("spec_version", other, "`2.1` or `2.0`")),
            // Section 6: observables of 2.1 need not say; other objects without one are of 2.0.
            None if observable => "2.1".to_owned(),
            None => "2.0".to_owned(),
        };
        let version = version(&json, &kind, observable)?;
        check_created_by(&json)?;
        let markings = markings(&json, &id)?;
        check_relation(&json, &kind)?;
        let revoked = match json.get("revoked") {
            None => false,
            Some(Json::Bool(word)) => *word,
            Some(_) => return Err(Wrong::value("revoked", "…", "`true` or `false`")),
        };
        Ok(Self { id, kind, spec_version, version, revoked, markings, bytes: compact(text.as_bytes()), json })
    }

    /// Its identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// `2.1` or `2.0`.
    pub fn spec_version(&self) -> &str {
        &self.spec_version
    }

    /// Its version, `modified` or else `created`: microseconds since the epoch, and as it was written. `None` for what
    /// has neither: then it is when it was added (TAXII 2.1, section 3.6.1).
    pub fn version(&self) -> Option<(i64, &str)> {
        self.version.as_ref().map(|(micros, text)| (*micros, text.as_str()))
    }

    /// Whether whoever made it took it back.
    pub const fn revoked(&self) -> bool {
        self.revoked
    }

    /// Ids of every marking it carries, of the whole or of a part. Who may not see a part sees nothing of it.
    pub const fn markings(&self) -> &BTreeSet<String> {
        &self.markings
    }

    /// As it came, without white space between its parts.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says.
    pub const fn json(&self) -> &Json {
        &self.json
    }
}

fn required<'a>(json: &'a Json, name: &'static str) -> Result<&'a str, Wrong> {
    optional_text(json, name)?.ok_or(Wrong::Missing(name))
}

fn optional_text<'a>(json: &'a Json, name: &'static str) -> Result<Option<&'a str>, Wrong> {
    match json.get(name) {
        None => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Wrong::value(name, "…", "a text")),
    }
}

/// `type--UUID` (section 2.9).
fn check_id(property: &str, id: &str) -> Result<(), Wrong> {
    let wrong = || Wrong::value(property, id, "`type--UUID`, for example `indicator--` and a random UUID");
    let (kind, uuid) = id.split_once("--").ok_or_else(wrong)?;
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let plain = id.len() <= ID_BYTES_MAX && kind.len() >= 2 && kind.bytes().all(letter) && uuid.len() == 36;
    if plain && Uuid::try_parse(uuid).is_ok() { Ok(()) } else { Err(wrong()) }
}

/// `modified`, or `created`, as microseconds and as written.
fn version(json: &Json, kind: &str, observable: bool) -> Result<Option<(i64, String)>, Wrong> {
    let created = time(json, "created")?;
    let modified = time(json, "modified")?;
    if let (Some((created, _)), Some((modified, text))) = (&created, &modified)
        && modified < created
    {
        return Err(Wrong::value("modified", text, "not before `created`"));
    }
    let needs_both = !observable && kind != "marking-definition" && !kind.starts_with("x-");
    if needs_both && modified.is_none() {
        return Err(Wrong::Missing(if created.is_none() { "created" } else { "modified" }));
    }
    if kind == "marking-definition" && created.is_none() {
        return Err(Wrong::Missing("created"));
    }
    Ok(modified.or(created))
}

/// RFC 3339 in UTC with any number of digits (section 2.14).
fn time(json: &Json, name: &'static str) -> Result<Option<(i64, String)>, Wrong> {
    let Some(text) = optional_text(json, name)? else { return Ok(None) };
    let wrong = || Wrong::value(name, text, "a time in UTC, for example `2026-11-22T02:00:00.000Z`");
    let at: jiff::Timestamp = text.strip_suffix('Z').and_then(|_| text.parse().ok()).ok_or_else(wrong)?;
    Ok(Some((at.as_microsecond(), text.to_owned())))
}

fn check_created_by(json: &Json) -> Result<(), Wrong> {
    match optional_text(json, "created_by_ref")? {
        Some(id) if !id.starts_with("identity--") => Err(Wrong::value("created_by_ref", id, "the id of an identity")),
        Some(id) => check_id("created_by_ref", id),
        None => Ok(()),
    }
}

/// The markings of the whole (section 7.2.2) and of parts (section 7.2.3).
fn markings(json: &Json, own: &str) -> Result<BTreeSet<String>, Wrong> {
    let mut all = BTreeSet::new();
    if let Some(refs) = json.get("object_marking_refs") {
        for id in refs.list().ok_or_else(|| Wrong::value("object_marking_refs", "…", "a list of ids"))? {
            all.insert(marking("object_marking_refs", id.text())?);
        }
    }
    if let Some(parts) = json.get("granular_markings") {
        let wrong = || Wrong::value("granular_markings", "…", "a list of `selectors` with `marking_ref` or `lang`");
        for part in parts.list().ok_or_else(wrong)? {
            let selectors = part.get("selectors").and_then(Json::list).ok_or_else(wrong)?;
            if selectors.is_empty() || selectors.iter().any(|selector| selector.text().is_none()) {
                return Err(wrong());
            }
            match (part.get("marking_ref"), part.get("lang")) {
                (Some(id), None) => _ = all.insert(marking("granular_markings", id.text())?),
                (None, Some(Json::Text(_))) => {}
                _ => return Err(wrong()),
            }
        }
    }
    if all.len() > MARKINGS_MAX {
        return Err(Wrong::TooManyMarkings { count: all.len() });
    }
    if all.contains(own) {
        return Err(Wrong::value("object_marking_refs", own, "not the object itself: that is a loop"));
    }
    Ok(all)
}

fn marking(property: &str, id: Option<&str>) -> Result<String, Wrong> {
    let id = id.ok_or_else(|| Wrong::value(property, "…", "a list of ids"))?;
    check_id(property, id)?;
    if id.starts_with("marking-definition--") {
        Ok(id.to_owned())
    } else {
        Err(Wrong::value(property, id, "the id of a marking-definition"))
    }
}

/// What relationships and sightings cannot do without (section 5).
fn check_relation(json: &Json, kind: &str) -> Result<(), Wrong> {
    let refs: &[&'static str] = match kind {
        "relationship" => &["source_ref", "target_ref"],
        "sighting" => &["sighting_of_ref"],
        _ => return Ok(()),
    };
    if kind == "relationship" {
        required(json, "relationship_type")?;
    }
    refs.iter().try_for_each(|name| check_id(name, required(json, name)?))
}
