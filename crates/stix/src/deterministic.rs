//! The identifier everybody gives an observable (section 2.9): UUIDv5 over the canonical JSON (RFC 8785) of its ID
//! contributing properties, which section 6 lists for each type.
//!
//! Values contribute as they are written: a time with other digits is another identifier.

use crate::json::Value;
use crate::{Id, Received, rules};

/// Hash algorithms in the order they are preferred; of several hashes one contributes (section 2.9).
const HASHES: [&str; 4] = ["MD5", "SHA-1", "SHA-256", "SHA-512"];

/// The identifier made from what an observable says; nothing for other objects, and for observables without any of
/// their contributing properties, whose identifiers are random.
pub fn id(object: &Received) -> Option<Id> {
    let of = rules::type_of(object.kind()).filter(|of| !of.contributing.is_empty())?;
    let root = object.root();
    let contributing: serde_json::Map<_, _> =
        of.contributing.iter().filter_map(|&name| Some((name.to_owned(), value(name, root.get(name)?)?))).collect();
    if contributing.is_empty() {
        return None;
    }
    let canonical = serde_json_canonicalizer::to_vec(&contributing).ok()?;
    Some(Id::of_observable(of.name, &canonical))
}

/// Names of the properties an observable's identifier is made from; empty for other objects.
pub(crate) fn contributing(kind: &str) -> &'static [&'static str] {
    rules::type_of(kind).map_or(&[], |of| of.contributing)
}

fn value(name: &str, value: Value<'_>) -> Option<serde_json::Value> {
    if name != "hashes" {
        return Some(value.to_serde());
    }
    let preferred = HASHES.iter().find_map(|&name| Some((name.to_owned(), value.get(name)?)));
    let first = || value.members().next().map(|(name, hash)| (name.text().unwrap_or_default().into_owned(), hash));
    let (algorithm, hash) = preferred.or_else(first)?;
    Some(serde_json::Map::from_iter([(algorithm, hash.to_serde())]).into())
}
