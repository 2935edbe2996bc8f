//! Taking out of an object what a reader may not see.
//!
//! Granular markings mark parts of an object (section 7.2.3). Where markings differ, the strictest wins: a part is
//! shown only when the reader may see every marking of the object, of the part, and of all that holds the part.
//! What is left is a valid object in the same spelling, or nothing is left: where the standard wants a property that
//! must be hidden, the whole object is.
//!
//! Three more things would tell what was hidden, or lift the marking itself, and end in [`Redacted::Nothing`]: hiding
//! a property an observable's identifier is made from, as that can be guessed from the identifier; hiding markings;
//! and hiding `revoked`, which would make an object valid again.

mod without;

use crate::json::{self, Json, Value};
use crate::selector::resolve;
use crate::{Id, Limits, Received, Says, deterministic};
use std::collections::BTreeSet;

/// What a reader may see of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redacted {
    /// All of it: [`Received::bytes`].
    Whole,
    /// This, compact JSON that is a valid object.
    Partly(Vec<u8>),
    /// None of it.
    Nothing,
}

/// Properties without which an object would say something else than its producer.
const NEVER_HIDDEN_ALONE: [&str; 6] =
    ["type", "id", "spec_version", "object_marking_refs", "granular_markings", "revoked"];

/// How often what was left is mended until it is valid; then nothing is left.
const ROUNDS_MAX: usize = 64;

/// What of `object` a reader may see, of whom `may_see` tells which markings allow.
///
/// An object without markings is seen whole: what to think of that is for the caller to say.
pub fn redact(object: &Received, may_see: impl Fn(&Id) -> bool) -> Redacted {
    if !object.object_markings().iter().all(&may_see) {
        return Redacted::Nothing;
    }
    let hidden = hidden(object, may_see);
    if hidden.is_empty() {
        return Redacted::Whole;
    }
    if tells_on_itself(object, &hidden) {
        return Redacted::Nothing;
    }
    without::without(object.root(), &hidden).and_then(mended).map_or(Redacted::Nothing, Redacted::Partly)
}

/// Places of the values the reader may not see.
fn hidden(object: &Received, may_see: impl Fn(&Id) -> bool) -> BTreeSet<usize> {
    let mut places = BTreeSet::new();
    for marking in object.granular() {
        let Says::Marking(id) = &marking.says else { continue };
        if !may_see(id) {
            let selected = marking.selectors.iter().filter_map(|selector| resolve(object.root(), selector));
            places.extend(selected.map(Value::place));
        }
    }
    places
}

/// Whether hiding these places would leave a trace of them, or change who may see the rest.
fn tells_on_itself(object: &Received, hidden: &BTreeSet<usize>) -> bool {
    let names = NEVER_HIDDEN_ALONE.iter().chain(deterministic::contributing(object.kind()));
    names
        .filter_map(|name| object.root().get(name))
        .any(|value| hidden.range(value.place()..value.after()).next().is_some())
}

/// What was left, made valid: where something inside lacks a property, it goes as a whole. Whether it is valid is
/// asked of the one who decides that of everything that comes.
fn mended(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let limits = unlimited();
    for _ in 0..ROUNDS_MAX {
        let Err(fault) = Received::read(&bytes, &limits) else { return Some(bytes) };
        let (holder, _) = fault.path.rsplit_once('.')?;
        let json: Json = json::parse(&bytes, &limits).ok()?;
        let place = resolve(json.root(), holder)?.place();
        bytes = without::without(json.root(), &BTreeSet::from([place]))?;
    }
    None
}

/// What came was within limits, and what is left is less.
fn unlimited() -> Limits {
    Limits {
        object_bytes_max: usize::MAX,
        depth_max: usize::MAX,
        nodes_max: usize::MAX,
        properties_max: usize::MAX - 1,
        text_bytes_max: usize::MAX,
        name_bytes_max: usize::MAX,
        number_bytes_max: usize::MAX,
        selectors_max: usize::MAX,
        pattern_bytes_max: usize::MAX,
        ..Limits::default()
    }
}

#[cfg(test)]
mod tests;
