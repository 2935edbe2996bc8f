use super::*;
use crate::limits::{HITS_MAX, WARNING_LIST_BYTES_MAX, WARNING_LISTS_MAX, WARNING_REGEXES_MAX};
use crate::value::tests::anything;
use crate::{Kind, Value};
use ipnet::IpNet;
use noroshi_stix::Timestamp;
use proptest::prelude::*;
use std::path::Path;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-25T12:00:00Z").unwrap()
}

fn list(matching: &str, attributes: &[&str], entries: &[&str]) -> WarningList {
    let text = serde_json::json!({
        "name": format!("a {matching}"), "description": "", "version": 20_261_115, "type": matching,
        "matching_attributes": attributes, "list": entries,
    });
    WarningList::read(text.to_string().as_bytes(), &Terms::default()).unwrap()
}

fn entries(lists: &Lists, value: &str) -> Vec<String> {
    let value = Value::parse(value).unwrap();
    lists.check(&value, now()).iter().map(|hit| hit.entry.to_owned()).collect()
}

#[test]
fn every_way_to_compare() {
    let lists = Lists::new(vec![
        list("cidr", &["ip-src", "ip-dst"], &["192.0.2.0/24", "2001:db8::/32", "198.51.100.7", "broken"]),
        list(
            "hostname",
            &["hostname", "domain"],
            &["Example.org", ".dotted.example", "203.0.113.9", "sub.example.org"],
        ),
        list(
            "string",
            &["url", "md5", "ip-dst"],
            &["http://exact.example/A", "D41D8CD98F00B204E9800998ECF8427E", "203.0.113.1"],
        ),
        list("substring", &["domain"], &["track"]),
        list("regex", &["email"], &["/^(abuse|noc)\\@.*\\..*$/i", "(unclosed"]),
    ])
    .unwrap();
    for (value, hits) in [
        ("192.0.2.7", &["192.0.2.0/24"][..]),
        ("192.0.3.7", &[]),
        ("192.0.2.0/25", &["192.0.2.0/24"]),
        ("192.0.0.0/16", &["192.0.2.0/24"]),
        ("198.51.100.0/24", &["198.51.100.7"]),
        ("2001:db8:1::1", &["2001:db8::/32"]),
        ("2001:d00::/24", &["2001:db8::/32"]),
        ("http://192.0.2.7/x", &["192.0.2.0/24"]),
        ("http://[2001:db8::1]:8080/x", &["2001:db8::/32"]),
        ("example.org", &["Example.org"]),
        ("a.sub.example.org", &["Example.org", "sub.example.org"]),
        ("notexample.org", &[]),
        ("example.org.evil.example", &[]),
        ("x.dotted.example", &[".dotted.example"]),
        ("https://www.example.org/evil", &["Example.org"]),
        // A mailbox is named by its host only where the list speaks of mailboxes.
        ("x@example.org", &[]),
        ("203.0.113.1", &["203.0.113.1"]),
        ("d41d8cd98f00b204e9800998ecf8427e", &["D41D8CD98F00B204E9800998ECF8427E"]),
        ("xtrack.example", &["track"]),
        ("ABUSE@host.example", &["/^(abuse|noc)\\@.*\\..*$/i"]),
        ("person@host.example", &[]),
    ] {
        assert_eq!(entries(&lists, value), hits, "{value}");
    }
}

#[test]
fn entries_that_name_nothing_are_told() {
    for (matching, entry, what) in [
        ("cidr", "broken", "is no block"),
        ("cidr", "192.0.2.0/33", "is no block"),
        ("hostname", "a b", "is no name"),
        ("string", "  ", "is empty"),
        ("regex", "(", "is no regular expression"),
        // An expression that would take too much memory.
        ("regex", "(\\pL{1000}){1000}", "is no regular expression"),
    ] {
        let faults = list(matching, &[], &["192.0.2.1", entry]).faults();
        let kept = faults.kept.iter().find(|fault| fault.line == 2).unwrap_or_else(|| panic!("{entry}"));
        assert!(kept.what.contains(what), "{}", kept.what);
    }
}

#[test]
fn the_lists_that_come_with_the_program() {
    let own = WarningList::own().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/warninglists");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), own.len(), "a list is not compiled in");
    for list in &own {
        assert_eq!(list.faults().count, 0, "{}: {:?}", list.name, list.faults());
        assert!(list.source.is_some() && list.date.is_some() && !list.is_empty(), "{}", list.name);
    }
    let lists = Lists::new(own).unwrap();
    assert!(lists.ages(now()).all(|age| !age.stale && age.age_days == Some(0)));
    for (value, action) in [
        ("198.41.0.4", Some(Action::Refuse)),
        ("2001:dc3::35", Some(Action::Refuse)),
        ("8.8.8.8", Some(Action::Refuse)),
        ("8.8.0.0/16", Some(Action::Refuse)),
        ("www.digital.go.jp", Some(Action::Refuse)),
        ("https://www.city.example.lg.jp/x", Some(Action::Refuse)),
        ("a.dns.jp", Some(Action::Refuse)),
        ("google.com", Some(Action::Refuse)),
        ("storage.googleapis.com", Some(Action::Flag)),
        ("https://raw.githubusercontent.com/x/y", Some(Action::Flag)),
        ("10.1.2.3", Some(Action::Refuse)),
        ("fe80::1", Some(Action::Refuse)),
        ("printer.local", Some(Action::Refuse)),
        ("d41d8cd98f00b204e9800998ecf8427e", Some(Action::Refuse)),
        ("co.jp", Some(Action::Refuse)),
        ("tokyo.jp", Some(Action::Refuse)),
        ("bad-host.co.jp", None),
        ("192.1.2.3", None),
        ("bad-host.net", None),
        ("go.jp.bad-host.net", None),
    ] {
        let hits = lists.check(&Value::parse(value).unwrap(), now());
        assert_eq!(hits.first().map(|hit| hit.action), action, "{value}: {hits:?}");
    }
}

#[test]
fn sifting_loses_none() {
    let lists = Lists::new(WarningList::own().unwrap()).unwrap();
    let indicator = |value: &str| crate::Indicator {
        id: noroshi_stix::Id::domain("indicator", value),
        value: Value::parse(value).unwrap(),
        valid_from: now(),
        valid_until: None,
        confidence: None,
        label: String::new(),
    };
    let values = ["www.example.go.jp", "bad-host.net", "x.github.io", "192.1.2.3"];
    let sifted = lists.sift(values.map(indicator).to_vec(), now());
    let told =
        |indicators: Vec<&crate::Indicator>| indicators.iter().map(|one| one.value.to_string()).collect::<Vec<_>>();
    assert_eq!(told(sifted.clear.iter().collect()), ["bad-host.net", "192.1.2.3"]);
    assert_eq!(told(sifted.flagged.iter().map(|(one, _)| one).collect()), ["x.github.io"]);
    assert_eq!(told(sifted.refused.iter().map(|(one, _)| one).collect()), ["www.example.go.jp"]);
    assert_eq!(sifted.refused[0].1[0].list, "Government of Japan");
}

#[test]
fn a_list_ages_and_says_so() {
    let of = |version: u64, own: &str| {
        let text = format!(r#"{{"name":"x","version":{version},"type":"string","list":["bad.example"]{own}}}"#);
        WarningList::read(text.as_bytes(), &Terms { action: Action::Flag, days_max: 10 }).unwrap()
    };
    let own = |date: &str| format!(r#","noroshi":{{"source":"s","date":"{date}","days_max":30,"action":"refuse"}}"#);
    for (list, age_days, stale, action) in [
        (of(20_261_115, ""), Some(10), false, Action::Flag),
        (of(20_261_114, ""), Some(11), true, Action::Flag),
        (of(20_261_231, ""), Some(0), false, Action::Flag),
        (of(7, ""), None, true, Action::Flag),
        (of(20_269_999, ""), None, true, Action::Flag),
        (of(7, &own("2026-10-26")), Some(30), false, Action::Refuse),
        (of(7, &own("2026-10-25")), Some(31), true, Action::Refuse),
    ] {
        let lists = Lists::new(vec![list]).unwrap();
        let hits = lists.check(&Value::parse("bad.example").unwrap(), now());
        assert_eq!((hits[0].age_days, hits[0].stale, hits[0].action), (age_days, stale, action));
    }
    let text = format!(r#"{{"name":"x","version":1,"list":[]{}}}"#, own("someday"));
    assert!(matches!(WarningList::read(text.as_bytes(), &Terms::default()), Err(ListError::Date(_))));
}

#[test]
fn sizes_at_the_limit_and_one_past_it() {
    let mut text = br#"{"name":"x","version":1,"list":["bad.example"]}"#.to_vec();
    text.resize(WARNING_LIST_BYTES_MAX, b' ');
    assert!(WarningList::read(&text, &Terms::default()).is_ok());
    text.push(b' ');
    assert!(matches!(WarningList::read(&text, &Terms::default()), Err(ListError::TooLong(_))));
    let many = |count: usize| Lists::new(vec![list("string", &[], &["bad.example"]); count]);
    let lists = many(WARNING_LISTS_MAX).unwrap();
    assert_eq!(lists.check(&Value::parse("bad.example").unwrap(), now()).len(), HITS_MAX);
    assert_eq!(many(HITS_MAX - 1).unwrap().check(&Value::parse("bad.example").unwrap(), now()).len(), HITS_MAX - 1);
    assert!(many(WARNING_LISTS_MAX + 1).is_err());
    let two = || vec![list("string", &[], &["a.example", "b.example"]), list("string", &[], &["c.example"])];
    assert!(Lists::within(two(), 3).is_ok() && Lists::within(two(), 2).is_err());
}

#[test]
fn an_entry_said_twice_is_one() {
    let lists = Lists::new(vec![list("string", &[], &["a.example", "b.example", "a.example"])]).unwrap();
    assert_eq!(lists.ages(now()).map(|age| age.list.len()).sum::<usize>(), 2);
    assert_eq!((entries(&lists, "a.example"), entries(&lists, "b.example").len()), (vec!["a.example".to_owned()], 1));
}

#[test]
fn expressions_at_the_limit_and_one_past_it() {
    let all: Vec<_> = (0..=WARNING_REGEXES_MAX).map(|at| format!("^x{at}\\.example$")).collect();
    let lists = Lists::new(vec![list("regex", &[], &all.iter().map(String::as_str).collect::<Vec<_>>())]).unwrap();
    assert_eq!(entries(&lists, &format!("x{}.example", WARNING_REGEXES_MAX - 1)).len(), 1);
    assert_eq!(entries(&lists, &format!("x{WARNING_REGEXES_MAX}.example")).len(), 0);
}

#[test]
fn what_is_no_list_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"name":"x","version":1}"#,
        r#"{"name":"x","version":1,"list":[1]}"#,
        r#"{"name":"x","version":1,"type":"shell","list":[]}"#,
        r#"{"name":"x","version":1,"list":[],"noroshi":{"source":"s","date":"2026-11-25","days_max":1,"action":"block"}}"#,
    ] {
        assert!(matches!(WarningList::read(text.as_bytes(), &Terms::default()), Err(ListError::Json(_))), "{text}");
    }
    let deep = format!(r#"{{"name":"x","version":1,"list":[],"other":{}"#, "[".repeat(100_000));
    assert!(WarningList::read(deep.as_bytes(), &Terms::default()).is_err());
}

#[test]
fn bits_of_kinds_are_those_of_all() {
    for (at, kind) in Kind::ALL.into_iter().enumerate() {
        assert_eq!(read::bit(kind), 1 << at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// The index finds exactly what looking at every entry finds.
    #[test]
    fn blocks_are_found_as_by_looking_at_each(
        blocks in prop::collection::vec((0u32..1 << 10, 18u8..33), 1..40),
        wanted in (0u32..1 << 10, 16u8..33),
    ) {
        let of = |(low, bits): (u32, u8)| IpNet::new(std::net::Ipv4Addr::from(0xc000_0000 | low << 2).into(), bits).unwrap().trunc();
        let blocks: std::collections::BTreeSet<_> = blocks.into_iter().map(of).collect();
        let texts: Vec<_> = blocks.iter().map(ToString::to_string).collect();
        let lists = Lists::new(vec![list("cidr", &[], &texts.iter().map(String::as_str).collect::<Vec<_>>())]).unwrap();
        let wanted = of(wanted);
        let found = lists.check(&Value::parse(&wanted.to_string()).unwrap(), now()).len();
        let touches = |block: &IpNet| block.contains(&wanted) || wanted.contains(block);
        prop_assert_eq!(found, blocks.iter().filter(|block| touches(block)).count());
    }

    #[test]
    fn any_value_can_be_checked(values in prop::collection::vec(anything(), 1..100)) {
        let lists = Lists::new(WarningList::own().unwrap()).unwrap();
        prop_assert!(values.iter().all(|value| lists.check(value, now()).is_sorted()));
    }
}
