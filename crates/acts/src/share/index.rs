//! By what an object is found: made when it is given, and for what was given before that when the hub starts.

use crate::Acts;
use noroshi_casework::share::limits::{LINKS_MAX, NAME_CHARS_MAX, VALUES_MAX, WORDS_MAX, reading};
use noroshi_casework::share::{seen, words};
use noroshi_stix::Received;
use noroshi_store::StoreError;
use noroshi_store::intel::Index;
use std::collections::BTreeSet;

/// What names an object, the first that it has.
const NAMES: [&str; 8] = ["name", "value", "relationship_type", "subject", "abstract", "path", "key", "opinion"];

/// By what an object is found.
pub(super) fn of(read: &Received) -> Index {
    let name = NAMES.iter().find_map(|name| read.property(name)).unwrap_or_default();
    let links = read.references().filter(|(place, _)| !place.split('.').any(marks));
    let links = links.map(|(place, id)| (property(&place), id.as_str().to_owned()));
    Index {
        name: name.chars().take(NAME_CHARS_MAX).collect(),
        words: words::of_texts(read.texts(), WORDS_MAX),
        links: first(links, LINKS_MAX),
        values: pattern(read).map(|text| seen::needs(&text, VALUES_MAX).into_iter().collect()).unwrap_or_default(),
    }
}

/// Who may see it is no line to somewhere.
fn marks(step: &str) -> bool {
    matches!(step, "object_marking_refs" | "marking_ref")
}

fn first<T: Ord>(all: impl Iterator<Item = T>, count_max: usize) -> BTreeSet<T> {
    let mut kept = BTreeSet::new();
    for one in all {
        if kept.len() == count_max {
            break;
        }
        kept.insert(one);
    }
    kept
}

/// A place without its positions in lists.
fn property(place: &str) -> String {
    let steps: Vec<&str> = place.split('.').filter(|step| !step.starts_with('[')).collect();
    steps.join(".").chars().take(NAME_CHARS_MAX).collect()
}

/// The pattern of an indicator, where it is one of STIX: in 2.0 there was no other.
pub(super) fn pattern(read: &Received) -> Option<std::borrow::Cow<'_, str>> {
    let stix = read.property("pattern_type").is_none_or(|kind| kind == "stix");
    if read.kind() == "indicator" && stix { read.property("pattern") } else { None }
}

/// Indexes what came before there was an index; says how many. The hub runs it before it answers.
///
/// # Errors
/// What the database says; what was indexed stays so.
pub async fn catch_up(acts: &Acts) -> Result<u64, StoreError> {
    let (limits, mut count) = (reading(), 0);
    loop {
        let some = acts.db.intel_unindexed().await?;
        if some.is_empty() {
            return Ok(count);
        }
        // What cannot be read any more is found by nothing, and not asked about again.
        let of_bytes = |bytes: &[u8]| Received::read(bytes, &limits).map(|read| of(&read)).unwrap_or_default();
        let indices: Vec<(i64, Index)> = some.iter().map(|(object, body)| (*object, of_bytes(body))).collect();
        acts.db.index_intel(&indices).await?;
        count += indices.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(text: &str) -> Index {
        of(&Received::read(text.as_bytes(), &reading()).unwrap())
    }

    #[test]
    fn a_relationship_is_named_by_its_kind_and_points_at_both_ends() {
        let index = index(
            r#"{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000001",
            "created":"2026-11-01T00:00:00.000Z","modified":"2026-11-01T00:00:00.000Z","relationship_type":"uses",
            "source_ref":"malware--00000000-0000-4000-8000-000000000002",
            "target_ref":"tool--00000000-0000-4000-8000-000000000003",
            "object_marking_refs":["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"]}"#,
        );
        let links: Vec<_> = index.links.iter().map(|(property, id)| format!("{property} {}", &id[..4])).collect();
        assert_eq!(
            (index.name.as_str(), links),
            ("uses", vec!["source_ref malw".to_owned(), "target_ref tool".to_owned()])
        );
    }

    #[test]
    fn an_object_points_at_so_many_things_and_no_more() {
        let report = |count: usize| {
            let ids: Vec<String> =
                (0..count).map(|n| format!("\"tool--{n:08}-0000-4000-8000-000000000000\"")).collect();
            index(&format!(
                r#"{{"type":"report","spec_version":"2.1","id":"report--00000000-0000-4000-8000-000000000001","name":"r",
                "created":"2026-11-01T00:00:00.000Z","modified":"2026-11-01T00:00:00.000Z",
                "published":"2026-11-01T00:00:00.000Z","object_refs":[{}]}}"#,
                ids.join(",")
            ))
        };
        assert_eq!(report(LINKS_MAX).links.len(), LINKS_MAX);
        assert_eq!(report(LINKS_MAX + 1).links.len(), LINKS_MAX);
        assert!(report(1).links.iter().all(|(property, _)| property == "object_refs"));
    }

    #[test]
    fn a_pattern_of_another_language_is_asked_nothing() {
        let of = |kind: &str| {
            index(&format!(
                r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000001",
                "created":"2026-11-01T00:00:00.000Z","modified":"2026-11-01T00:00:00.000Z","pattern_type":"{kind}",
                "pattern":"[ipv4-addr:value = '203.0.113.7']","valid_from":"2026-11-01T00:00:00Z"}}"#
            ))
        };
        assert_eq!(of("stix").values, ["203.0.113.7".to_owned()].into());
        assert_eq!(of("yara").values, BTreeSet::new());
        assert!(of("yara").words.contains("203.0.113.7"));
    }
}
