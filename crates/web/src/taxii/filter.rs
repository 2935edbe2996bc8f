//! What narrows an answer (section 3.4) and where a page begins (section 3.5). What is unknown is an error, never ignored.

use noroshi_model::{CollectionId, Micros};
use noroshi_store::intel::{Cut, Versions};
use sha2::{Digest, Sha256};

/// Rows of a page where the client says nothing.
pub(super) const LIMIT_DEFAULT: u32 = 1_000;
/// Rows of a page at most; a client that asks for more gets so many and the rest after.
pub(super) const LIMIT_MAX: u32 = 5_000;
/// Values of one list.
const VALUES_MAX: usize = 100;

/// Which of the parameters a resource knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knows {
    /// All of them: objects and manifest.
    Everything,
    /// All but ids and types: one object.
    OneObject,
    /// Pages and versions of the standard: the versions of one object.
    VersionsOfOne,
    /// Versions alone: deletion.
    Deletion,
}

/// A query as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) cut: Cut,
    pub(super) limit: u32,
    stamp: [u8; 8],
}

impl Knows {
    fn has(self, name: &str) -> bool {
        match name {
            "match[spec_version]" => true,
            "match[version]" => self != Self::VersionsOfOne,
            "added_after" | "limit" | "next" => self != Self::Deletion,
            "match[id]" | "match[type]" => self == Self::Everything,
            _ => false,
        }
    }
}

/// Reads the query of a request to `collection`.
///
/// The error says which parameter is wrong and what to write.
pub(super) fn read(text: &str, collection: CollectionId, knows: Knows) -> Result<Query, String> {
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    pairs.sort();
    if let Some(twice) = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("`{}` is said twice; several values go into one, with commas between", twice[0].0));
    }
    let stamp = stamp(&pairs, collection);
    let (mut cut, mut limit, mut from) = (Cut::default(), LIMIT_DEFAULT, None);
    for (name, value) in &pairs {
        if !knows.has(name) {
            return Err(format!("`{name}` is not a parameter of this resource"));
        }
        let wrong = |expected: &str| format!("`{name}` is `{value}`; write {expected}");
        match name.as_str() {
            "added_after" => cut.after = Some(time(value).ok_or_else(|| wrong("a time like 2026-11-25T00:00:00Z"))?),
            "limit" => {
                let rows =
                    value.parse::<u64>().ok().filter(|rows| *rows > 0).ok_or_else(|| wrong("a number above 0"))?;
                limit = u32::try_from(rows).unwrap_or(LIMIT_MAX).min(LIMIT_MAX);
            }
            "next" => {
                from = Some(read_next(value, stamp).ok_or_else(|| wrong("the `next` of an answer to this query"))?)
            }
            "match[id]" => cut.ids = list(value).ok_or_else(|| wrong("1 to 100 ids, with commas between"))?,
            "match[type]" => cut.kinds = list(value).ok_or_else(|| wrong("1 to 100 types, with commas between"))?,
            "match[spec_version]" => {
                let words = list(value).filter(|words| words.iter().all(|word| matches!(word.as_str(), "2.0" | "2.1")));
                cut.spec_versions = words.ok_or_else(|| wrong("`2.1`, `2.0` or both with a comma between"))?;
            }
            _ => cut.versions = versions(value).ok_or_else(|| wrong("`first`, `last`, `all` or times"))?,
        }
    }
    cut.after = cut.after.max(from);
    Ok(Query { cut, limit, stamp })
}

impl Query {
    /// What to say to go on after this moment. It holds for this query alone.
    pub(super) fn next(&self, after: Micros) -> String {
        format!("{}{}", hex::encode(after.0.to_be_bytes()), hex::encode(self.stamp))
    }
}

fn read_next(text: &str, stamp: [u8; 8]) -> Option<Micros> {
    let bytes: [u8; 16] = hex::decode(text).ok()?.try_into().ok()?;
    let (at, seal) = bytes.split_first_chunk::<8>()?;
    (seal == stamp).then(|| Micros(i64::from_be_bytes(*at)))
}

/// Of collection and filters; how long pages are may change between them.
fn stamp(pairs: &[(String, String)], collection: CollectionId) -> [u8; 8] {
    let mut hash = Sha256::new().chain_update("noroshi/taxii-next/v1\n").chain_update(collection.to_string());
    for (name, value) in pairs.iter().filter(|(name, _)| name != "next" && name != "limit") {
        hash.update(format!("\n{name}={value}"));
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk().copied().unwrap_or_default()
}

fn time(text: &str) -> Option<Micros> {
    Micros::parse(text).ok().filter(|_| text.contains('T') && text.ends_with('Z'))
}

fn list(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = text.split(',').map(str::to_owned).collect();
    let fits = words.len() <= VALUES_MAX && words.iter().all(|word| !word.is_empty() && word.len() <= 300);
    fits.then_some(words)
}

fn versions(text: &str) -> Option<Versions> {
    let mut versions = Versions::default();
    for word in list(text)? {
        match word.as_str() {
            "first" => versions.first = true,
            "last" => versions.last = true,
            "all" => versions.all = true,
            at => _ = versions.exactly.insert(time(at)?.0),
        }
    }
    Some(versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLLECTION: CollectionId = CollectionId(uuid::Uuid::nil());

    fn query(text: &str) -> Result<Query, String> {
        read(text, COLLECTION, Knows::Everything)
    }

    #[test]
    fn every_filter_of_the_standard_is_read() {
        let read = query(
            "added_after=2026-11-25T00:00:00.000001Z&limit=20&match[id]=a--1,b--2&match%5Btype%5D=indicator\
             &match[spec_version]=2.1&match[version]=first,2016-01-01T00:00:00.000Z",
        )
        .unwrap();
        assert_eq!((read.limit, read.cut.ids.len(), read.cut.kinds.len()), (20, 2, 1));
        assert!(read.cut.versions.first && read.cut.versions.exactly.len() == 1 && !read.cut.versions.last);
        assert_eq!(query("limit=999999999999").unwrap().limit, LIMIT_MAX);
    }

    #[test]
    fn what_is_unknown_or_malformed_is_named() {
        for wrong in [
            "match[name]=x",
            "added_after=yesterday",
            "added_after=2026-11-25",
            "limit=0",
            "limit=-1",
            "limit=x",
            "next=00",
            "match[id]=",
            "match[version]=newest",
            "match[spec_version]=3",
            "limit=1&limit=2",
        ] {
            let name = wrong.split('=').next().unwrap();
            assert!(query(wrong).unwrap_err().contains(&format!("`{name}`")), "{wrong}");
        }
        assert!(read("match[id]=a", COLLECTION, Knows::OneObject).is_err());
        assert!(read("match[version]=all", COLLECTION, Knows::VersionsOfOne).is_err());
        assert!(read("limit=1", COLLECTION, Knows::Deletion).is_err());
    }

    #[test]
    fn a_next_goes_on_for_its_own_query_alone() {
        let first = query("match[type]=indicator&limit=3").unwrap();
        let next = first.next(Micros(1_790_000_000_000_001));
        let on = query(&format!("match[type]=indicator&limit=9&next={next}")).unwrap();
        assert_eq!(on.cut.after, Some(Micros(1_790_000_000_000_001)));
        assert!(query(&format!("match[type]=malware&next={next}")).is_err());
        let other = CollectionId(uuid::Uuid::from_u128(1));
        assert!(read(&format!("match[type]=indicator&next={next}"), other, Knows::Everything).is_err());
    }
}
