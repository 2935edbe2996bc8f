//! What is open to a reader of several collections, as words of SQL.

use super::numbers;
use noroshi_model::CollectionId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Terms side by side in one condition: SQLite takes a thousand, one in the other.
const SIDE_BY_SIDE: usize = 100;

/// The collections somebody reads, each with the labels that are open to them there. An object is open where one of
/// these collections has it and its label is open there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Open {
    /// Collections with the same open labels stand together.
    alike: BTreeMap<Arc<BTreeSet<i64>>, BTreeSet<CollectionId>>,
}

impl Open {
    /// Of collections with the labels open there.
    pub fn of(shelves: impl IntoIterator<Item = (CollectionId, Arc<BTreeSet<i64>>)>) -> Self {
        let mut open = Self::default();
        for (collection, labels) in shelves.into_iter().filter(|(_, labels)| !labels.is_empty()) {
            open.alike.entry(labels).or_default().insert(collection);
        }
        open
    }

    /// Whether an entry `e` opens its object `o` (the names of the two in the question).
    pub(super) fn by(&self, o: &str, e: &str) -> String {
        let terms = self.alike.iter().map(|(labels, collections)| {
            let collections: Vec<String> = collections.iter().map(|id| format!("'{id}'")).collect();
            format!("({e}.collection IN ({}) AND {o}.label IN ({}))", collections.join(", "), numbers(labels))
        });
        let terms: Vec<String> = terms.collect();
        let some: Vec<String> = terms.chunks(SIDE_BY_SIDE).map(|some| format!("({})", some.join(" OR "))).collect();
        if some.is_empty() { "1 = 0".to_owned() } else { format!("({})", some.join(" OR ")) }
    }

    /// That no later version of `o` is open: two givers of one version count once, whatever else there is.
    pub(super) fn newest(&self, o: &str) -> String {
        format!(
            "NOT EXISTS (SELECT 1 FROM intel_object p WHERE p.stix_id = {o}.stix_id
            AND (p.version > {o}.version OR (p.version = {o}.version AND p.producer < {o}.producer))
            AND EXISTS (SELECT 1 FROM intel_entry n WHERE n.object = p.added AND {}))",
            self.by("p", "n")
        )
    }
}
