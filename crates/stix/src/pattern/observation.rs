//! What patterns are matched against: observed data with its observables.

use crate::json::Value;
use crate::{Received, Timestamp};
use std::collections::HashMap;

/// One observation: what was seen, when, and how often (section 4.14).
#[derive(Debug, Clone)]
pub struct Observation<'a> {
    pub(super) objects: Vec<&'a Received>,
    pub(super) by_id: HashMap<&'a str, usize>,
    /// First time.
    pub first: Timestamp,
    /// Last time; not before the first.
    pub last: Timestamp,
    /// How often.
    pub count: u64,
}

impl<'a> Observation<'a> {
    /// Of observables seen together `count` times between `first` and `last`.
    pub fn new(
        objects: impl IntoIterator<Item = &'a Received>,
        (first, last): (Timestamp, Timestamp),
        count: u64,
    ) -> Self {
        let objects: Vec<_> = objects.into_iter().collect();
        let by_id = objects.iter().enumerate().map(|(at, object)| (object.id().as_str(), at)).collect();
        Self { objects, by_id, first, last: last.max(first), count }
    }

    pub(super) fn referred(&self, id: &str) -> Option<Value<'a>> {
        self.by_id.get(id).map(|&at| self.objects[at].root())
    }
}

/// The observations among objects: each observed-data with those of the objects it refers to. Of what it refers to
/// and is not there, nothing is known, and nothing matches.
pub fn observations<'a>(objects: impl IntoIterator<Item = &'a Received>) -> Vec<Observation<'a>> {
    let objects: Vec<_> = objects.into_iter().collect();
    let by_id: HashMap<_, _> = objects.iter().map(|object| (object.id().as_str(), *object)).collect();
    let observed = objects.iter().filter(|object| object.kind() == "observed-data");
    observed.filter_map(|observed| observation(observed, &by_id)).collect()
}

fn observation<'a>(observed: &'a Received, by_id: &HashMap<&str, &'a Received>) -> Option<Observation<'a>> {
    let root = observed.root();
    let time = |name| Timestamp::parse(&root.get_text(name)?).ok();
    let references = root.get("object_refs").into_iter().flat_map(Value::elements);
    let objects = references.filter_map(|id| by_id.get(&*id.text()?).copied());
    let count = u64::try_from(root.get("number_observed")?.integer()?).ok()?;
    Some(Observation::new(objects, (time("first_observed")?, time("last_observed")?), count))
}
