use super::*;

const INDICATOR: &str = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";

fn read(query: &str) -> Result<Filters, FilterFault> {
    Filters::parse(query, Endpoint::Objects, &Limits::default())
}

#[test]
fn every_filter() {
    let query = format!(
        "added_after=2026-01-01T00%3A00%3A00.000001Z&limit=100&next=a%2Bb+c&match%5Bid%5D={INDICATOR}&\
         match[type]=indicator,x-own%2Cmalware&match[version]=first,last,2026-01-01T00:00:00Z&match[spec_version]=2.0,2.1"
    );
    let filters = read(&query).unwrap();
    assert_eq!(filters.added_after.unwrap().to_string(), "2026-01-01T00:00:00.000001Z");
    assert_eq!((filters.limit, filters.next.as_deref()), (Some(100), Some("a+b c")));
    assert_eq!(filters.ids, [Id::parse(INDICATOR).unwrap()]);
    assert_eq!(filters.types, ["indicator", "x-own", "malware"]);
    let at = Version::At(Timestamp::parse("2026-01-01T00:00:00Z").unwrap());
    assert_eq!(filters.versions, [Version::First, Version::Last, at]);
    assert_eq!(filters.spec_versions, [SpecVersion::V2_0, SpecVersion::V2_1]);
    assert_eq!(read("").unwrap(), Filters::default());
    assert_eq!(read("&&limit=1&").unwrap().limit, Some(1));
    assert_eq!(read("limit=99999999999999999999999").unwrap().limit, Some(u64::MAX));
}

#[test]
fn what_is_wrong_is_named() {
    for (query, message) in [
        (
            "match[typ]=x",
            "`match[typ]` is not a parameter of this request, which takes `added_after`, `limit`, `next`, \
            `match[id]`, `match[type]`, `match[version]`, `match[spec_version]`",
        ),
        ("limit=0", "`limit`: `0` is not a whole number, 1 at least"),
        ("limit=-1", "`limit`: `-1` is not a whole number, 1 at least"),
        ("limit", "`limit`: `` is not a whole number, 1 at least"),
        ("limit=1&limit=2", "`limit` is given twice; separate several values by commas"),
        ("added_after=yesterday", "`added_after`: `yesterday` is not a timestamp like `2026-01-01T00:00:00.000Z`"),
        ("match[id]=x", "`match[id]`: `x` is not an identifier"),
        ("match[type]=indicator,", "`match[type]`: `` is not an object type"),
        ("match[type]=Indicator", "`match[type]`: `Indicator` is not an object type"),
        ("match[version]=newest", "`match[version]`: `newest` is not `first`, `last`, `all` or a timestamp"),
        ("match[spec_version]=3.0", "`match[spec_version]`: `3.0` is not `2.0` or `2.1`"),
        ("next=", "`next`: `` is not what an answer before gave as `next`"),
        ("next=%f", "the query is not encoded rightly at `%f`"),
        ("next=%zz", "the query is not encoded rightly at `%zz`"),
        ("next=%ff", "the query is not encoded rightly at `%ff`"),
    ] {
        assert_eq!(read(query).unwrap_err().to_string(), message);
    }
}

#[test]
fn each_request_takes_its_own() {
    let takes = |endpoint, name: &str| {
        let value = match name {
            "limit" => "1",
            "match[id]" => INDICATOR,
            "match[type]" => "indicator",
            "match[spec_version]" => "2.1",
            "match[version]" => "all",
            _ => "2026-01-01T00:00:00Z",
        };
        Filters::parse(&format!("{name}={value}"), endpoint, &Limits::default()).is_ok()
    };
    let all = Endpoint::Objects.takes();
    let of = |endpoint| all.iter().filter(|name| takes(endpoint, name)).count();
    let endpoints = [
        Endpoint::Objects,
        Endpoint::Manifest,
        Endpoint::Object,
        Endpoint::Versions,
        Endpoint::Delete,
        Endpoint::Other,
    ];
    assert_eq!(endpoints.map(of), [7, 7, 5, 4, 2, 0]);
}

#[test]
fn limits_hold() {
    let limits = Limits { query_bytes_max: 40, filter_values_max: 2, ..Limits::default() };
    let read = |query: &str| Filters::parse(query, Endpoint::Objects, &limits);
    assert_eq!(read("match[type]=aaa,bbb").unwrap().types.len(), 2);
    assert_eq!(
        read("match[type]=aaa,bbb,ccc").unwrap_err(),
        FilterFault::TooMany { name: "match[type]", values_max: 2 }
    );
    assert!(read(&format!("next={}", "x".repeat(35))).is_ok());
    assert!(matches!(read(&format!("next={}", "x".repeat(36))), Err(FilterFault::TooLong { bytes: 41, .. })));
}
