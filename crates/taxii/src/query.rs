//! Filters as the query of a request (sections 3.4 and 3.5): the reverse of [`Filters::parse`].

use crate::Address;
use noroshi_stix::SpecVersion;
use noroshi_stix::taxii::{Endpoint, Filters, Version};
use url::Url;

/// The address with those filters this endpoint takes; the rest are left out.
pub(crate) fn with(at: &Address, filters: &Filters, endpoint: Endpoint) -> Url {
    let mut url = at.url().clone();
    let pairs = pairs(filters, endpoint);
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url
}

/// What of a collection a pull is of, as text: its filters without date, page and size.
pub(crate) fn scope(filters: &Filters) -> String {
    let scope = Filters { added_after: None, limit: None, next: None, ..filters.clone() };
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(&scope, Endpoint::Objects)).finish()
}

fn pairs(filters: &Filters, endpoint: Endpoint) -> Vec<(&'static str, String)> {
    let (pages, many) = (
        !matches!(endpoint, Endpoint::Delete | Endpoint::Other),
        matches!(endpoint, Endpoint::Objects | Endpoint::Manifest),
    );
    let mut pairs = Vec::new();
    let mut pair = |wanted: bool, name, value: Option<String>| {
        if let Some(value) = value.filter(|_| wanted) {
            pairs.push((name, value));
        }
    };
    pair(pages, "added_after", filters.added_after.map(|at| at.to_string()));
    pair(pages, "limit", filters.limit.map(|limit| limit.to_string()));
    pair(pages, "next", filters.next.clone());
    pair(many, "match[id]", list(&filters.ids, |id| id.as_str().to_owned()));
    pair(many, "match[type]", list(&filters.types, Clone::clone));
    let versions = !matches!(endpoint, Endpoint::Versions | Endpoint::Other);
    pair(versions, "match[version]", list(&filters.versions, version));
    let spec = endpoint != Endpoint::Other;
    pair(
        spec,
        "match[spec_version]",
        list(&filters.spec_versions, |version: &SpecVersion| version.as_str().to_owned()),
    );
    pairs
}

fn list<T>(values: &[T], text: impl Fn(&T) -> String) -> Option<String> {
    (!values.is_empty()).then(|| values.iter().map(text).collect::<Vec<_>>().join(","))
}

fn version(version: &Version) -> String {
    match version {
        Version::First => "first".to_owned(),
        Version::Last => "last".to_owned(),
        Version::All => "all".to_owned(),
        Version::At(at) => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_stix::{Id, Limits, Timestamp};
    use proptest::prelude::*;

    fn all() -> Filters {
        let at = Timestamp::parse("2026-11-01T00:00:00.000001Z").unwrap();
        Filters {
            added_after: Some(at),
            limit: Some(7),
            next: Some("a&b=c d+%é".to_owned()),
            ids: vec![Id::parse("indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f").unwrap(); 2],
            types: vec!["tool".to_owned(), "x-own".to_owned()],
            versions: vec![Version::First, Version::Last, Version::At(at)],
            spec_versions: vec![SpecVersion::V2_0, SpecVersion::V2_1],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let at = Address::parse("https://taxii.example.org/api/").unwrap();
        let written = |endpoint| with(&at, &all(), endpoint).query().unwrap_or_default().to_owned();
        let read = |endpoint| Filters::parse(&written(endpoint), endpoint, &Limits::default()).unwrap();
        assert_eq!(read(Endpoint::Objects), all());
        assert_eq!(read(Endpoint::Manifest), all());
        for endpoint in [Endpoint::Object, Endpoint::Versions, Endpoint::Delete] {
            // Whatever it does not take would be an error here.
            assert_eq!(read(endpoint).spec_versions, all().spec_versions);
        }
        assert_eq!(with(&at, &all(), Endpoint::Other).as_str(), at.as_str());
        assert_eq!(with(&at, &Filters::default(), Endpoint::Objects).as_str(), at.as_str());
        assert!(!scope(&all()).contains("next") && scope(&all()).contains("tool"));
    }

    proptest! {
        #[test]
        fn any_next_comes_back(next in "\\PC{1,40}") {
            let at = Address::parse("https://taxii.example.org/").unwrap();
            let filters = Filters { next: Some(next), ..Filters::default() };
            let url = with(&at, &filters, Endpoint::Objects);
            prop_assert_eq!(Filters::parse(url.query().unwrap(), Endpoint::Objects, &Limits::default()).unwrap(), filters);
        }
    }
}
