use super::*;
use crate::import::{self, Format, Source};
use crate::limits::SURICATA_BLOCKS_MAX;
use crate::value::tests::anything;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::net::IpAddr;

fn at() -> Timestamp {
    Timestamp::parse("2026-11-25T00:00:00.000Z").unwrap()
}

fn indicator(value: &str) -> Indicator {
    Indicator {
        id: Id::domain("indicator", value),
        value: Value::parse(value).unwrap(),
        valid_from: at(),
        valid_until: None,
        confidence: Some(50),
        label: format!("label of {value}"),
    }
}

fn some() -> Vec<Indicator> {
    let values = [
        "bad.example",
        "_x.worse.example",
        "192.0.2.0",
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
        "198.51.100.0/25",
        "198.51.100.128/25",
        "198.51.100.7",
        "2001:db8::7",
        "2001:db8:101::/48",
        "2001:db8:0:1:0:1:0:1",
        "http://bad.example/a;b?c=d",
        "https://bad.example/a;b?c=d",
        "someone@bad.example",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ];
    let mut all: Vec<_> = values.into_iter().map(indicator).collect();
    all.push(indicator(&"0".repeat(128)));
    all
}

fn zone() -> Zone {
    Zone::new("rpz.example").unwrap()
}

fn told(written: &Written) -> String {
    let mut text = String::new();
    for file in &written.files {
        let _ = writeln!(text, "== {}\n{}", file.name, String::from_utf8(file.bytes.clone()).unwrap());
    }
    for (reason, count) in &written.left_out.counts {
        let _ = writeln!(text, "left out, {reason}: {count}");
    }
    for left in &written.left_out.named {
        let _ = writeln!(text, "  {}", left.what);
    }
    text
}

fn every_form(indicators: &[Indicator]) -> [Written; 4] {
    [
        block_lists(indicators, at()),
        suricata(indicators, at(), 1_990_001),
        zeek(indicators, at()),
        rpz(indicators, at(), &zone()),
    ]
}

#[test]
fn every_form_says_what_it_said_last_time() {
    for (name, written) in ["block_lists", "suricata", "zeek", "rpz"].into_iter().zip(every_form(&some())) {
        insta::assert_snapshot!(name, told(&written));
    }
}

#[test]
fn order_does_not_matter_and_nothing_gives_nothing() {
    let (mut turned, straight) = (some(), some());
    turned.reverse();
    turned.push(turned[0].clone());
    for (one, other) in every_form(&straight).into_iter().zip(every_form(&turned)) {
        assert_eq!(one.files, other.files);
    }
    let [blocks, suricata, zeek, rpz] = every_form(&[]);
    assert!(blocks.files.is_empty() && suricata.files.is_empty() && zeek.files.is_empty());
    assert_eq!(rpz.files.len(), 1, "an empty zone takes back what stood in it");
}

#[test]
fn only_what_holds_at_the_instant() {
    let day = 86_400_000_000;
    let of = |from: i64, until: Option<i64>| Indicator {
        valid_from: Timestamp::from_micros(at().as_micros() + from),
        valid_until: until.map(|until| Timestamp::from_micros(at().as_micros() + until)),
        ..indicator("bad.example")
    };
    for (indicator, holds) in [
        (of(0, None), true),
        (of(-day, Some(1_000)), true),
        (of(1_000, None), false),
        (of(-day, Some(0)), false),
        (of(-day, Some(-1)), false),
    ] {
        let written = block_lists(std::slice::from_ref(&indicator), at());
        assert_eq!((written.files.len(), written.left_out.count()), if holds { (1, 0) } else { (0, 1) });
    }
}

#[test]
fn of_two_indicators_of_one_value_the_surer_speaks() {
    let sure = Indicator {
        confidence: Some(90),
        label: "sure".to_owned(),
        id: Id::domain("indicator", "s"),
        ..indicator("bad.example")
    };
    let unsure = Indicator { confidence: None, label: "unsure".to_owned(), ..indicator("bad.example") };
    let text = told(&zeek(&[unsure, sure], at()));
    assert!(text.contains("\tsure (") && !text.contains("unsure"), "{text}");
}

#[test]
fn names_of_zones() {
    assert!(Zone::new("rpz.example.org.").is_ok());
    assert!(Zone::new("a b").is_err() && Zone::new("").is_err() && Zone::new("x\n$INCLUDE /etc/passwd").is_err());
    let long = |length: usize| format!("{}.{}", "a".repeat(49), "b".repeat(length - 50));
    assert!(Zone::new(&long(100)).is_ok() && Zone::new(&long(101)).is_err());
}

/// A name that would be too long in the zone is named, one letter less is written.
#[test]
fn names_at_the_limit_of_a_zone_and_one_past_it() {
    // `*.`, the name, a dot, and `rpz.example`.
    let name = |length: usize| format!("{}{}", format!("{}.", "a".repeat(49)).repeat(4), "b".repeat(length - 200));
    let left = |length: usize| rpz(&[indicator(&name(length))], at(), &zone()).left_out.counts;
    assert_eq!(left(253 - 2 - 12), BTreeMap::new());
    assert_eq!(left(253 - 2 - 11), BTreeMap::from([(Reason::TooLong, 1)]));
}

/// The draft's own examples.
#[test]
fn addresses_in_a_zone() {
    let owner = |value: &str| told(&rpz(&[indicator(value)], at(), &zone())).lines().nth(6).unwrap().to_owned();
    assert_eq!(owner("192.0.2.0/24"), "24.0.2.0.192.rpz-ip CNAME .");
    assert_eq!(owner("192.0.2.7"), "32.7.2.0.192.rpz-ip CNAME .");
    assert_eq!(owner("2001:db8:101::/48"), "48.zz.101.db8.2001.rpz-ip CNAME .");
    assert_eq!(owner("2001:db8::3"), "128.3.zz.db8.2001.rpz-ip CNAME .");
    assert_eq!(owner("2001:db8:0:1:1:1:1:1"), "128.1.1.1.1.1.0.db8.2001.rpz-ip CNAME .");
    assert_eq!(owner("::1"), "128.1.zz.rpz-ip CNAME .");
}

/// What Suricata would be told reads as rules here, each with its number, and every list it loads is there.
#[test]
fn the_rules_are_rules() {
    let written = suricata(&some(), at(), 1_990_001);
    let rules = &written.files.iter().find(|file| file.name == "noroshi.rules").unwrap().bytes;
    let source = Source::new("x", at());
    let read = import::import(rules, "noroshi.rules", Some(Format::Suricata), &source).unwrap();
    assert_eq!(read.faults.count, 0, "{:?}", read.faults);
    let text = String::from_utf8(rules.clone()).unwrap();
    let mut sids: Vec<_> = text.split("sid:").skip(1).map(|rest| rest.split(';').next().unwrap()).collect();
    let count = sids.len();
    sids.dedup();
    assert_eq!((read.objects.len(), sids.len()), (count, count));
    for file in written.files.iter().filter(|file| file.name.ends_with(".lst")) {
        assert!(text.contains(&file.name), "{}", file.name);
    }
    let loads = text.matches("noroshi-").count();
    assert!(
        loads > 0
            && text.split("load ").skip(1).all(|rest| {
                let name = rest.split(';').next().unwrap();
                written.files.iter().any(|file| file.name == name)
            })
    );
}

#[test]
fn blocks_at_the_limit_of_the_rules_and_one_past_it() {
    let block = |at: usize| Indicator {
        value: Value::parse(&format!("2001:db8:{:x}:{:x}::/64", at >> 15, (at & 0x7fff) * 2)).unwrap(),
        ..indicator("bad.example")
    };
    let left = |count: usize| {
        let written = suricata(&(0..count).map(block).collect::<Vec<_>>(), at(), 1);
        let text = String::from_utf8(written.files[0].bytes.clone()).unwrap();
        assert!(text.lines().all(|line| line.len() < 8_192), "the longest rule Suricata reads");
        (text.matches("/64").count(), text.matches("sid:").count(), written.left_out.count())
    };
    assert_eq!(left(SURICATA_BLOCKS_MAX), (SURICATA_BLOCKS_MAX, SURICATA_BLOCKS_MAX / 100, 0));
    assert_eq!(left(SURICATA_BLOCKS_MAX + 1), (SURICATA_BLOCKS_MAX, SURICATA_BLOCKS_MAX / 100, 1));
}

fn any_indicator() -> impl Strategy<Value = Indicator> {
    let label = prop_oneof!["\\PC{0,20}", "([\"';#\\\\\t\n\r\u{0}\u{2028}-]|\\(empty\\)|alert|\\$INCLUDE ){0,8}"];
    (anything(), label, prop::option::of(0u8..101)).prop_map(|(value, label, confidence)| Indicator {
        value,
        label,
        confidence,
        ..indicator("x.example")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Every line of every form has exactly the shape its form allows: nothing in a value or label breaks out.
    #[test]
    fn nothing_breaks_out(indicators in prop::collection::vec(any_indicator(), 0..12)) {
        let [blocks, suricata, zeek, rpz] = every_form(&indicators);
        let text = |file: &File| String::from_utf8(file.bytes.clone()).unwrap();
        for file in &blocks.files {
            let text = text(file);
            let lines: Vec<_> = text.lines().collect();
            prop_assert!(lines[..3].iter().all(|line| line.starts_with('#')));
            for line in &lines[3..] {
                let dotted = if file.name == "domain.txt" { format!("{line}.") } else { (*line).to_owned() };
                prop_assert_eq!(Value::parse(&dotted).unwrap().to_string(), *line);
            }
        }
        for file in &suricata.files {
            let text = text(file);
            let shape = |line: &str| match file.name.as_str() {
                "noroshi.rules" => line.starts_with("# Noroshi: ") || line.starts_with("alert ") && line.ends_with("rev:1;)")
                    && line.matches("sid:").count() == 1 && line.matches('"').count() == 2,
                "noroshi-domain.lst" => line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)),
                _ => line.parse::<IpAddr>().is_ok() || line.bytes().all(|byte| byte.is_ascii_hexdigit()),
            };
            prop_assert!(text.lines().all(shape), "{}", text);
        }
        for file in &zeek.files {
            for line in text(file).split_terminator('\n') {
                prop_assert_eq!(line.split('\t').count(), if line.starts_with("#fields") { 5 } else { 4 }, "{:?}", line);
                prop_assert!(line.split('\t').all(|cell| !cell.is_empty() && cell != "-"), "{:?}", line);
                prop_assert!(!line.chars().any(|character| character != '\t' && character.is_control()));
            }
        }
        let zone = text(&rpz.files[0]);
        for line in zone.lines().skip(5) {
            let (owner, rest) = line.split_once(' ').unwrap();
            prop_assert_eq!(rest, "CNAME .");
            prop_assert!(owner.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.*".contains(&byte)));
        }
    }

    /// The lines say exactly the addresses they were made of.
    #[test]
    fn aggregation_neither_widens_nor_forgets(
        blocks in prop::collection::vec((0u32..1 << 12, 20u8..33), 1..30),
        probes in prop::collection::vec(0u32..1 << 12, 40),
    ) {
        let of = |low: u32| std::net::Ipv4Addr::from(0xc000_0000 | low);
        let indicators: Vec<_> = blocks.iter().map(|(low, bits)| indicator(&format!("{}/{bits}", of(*low)))).collect();
        let written = block_lists(&indicators, at());
        let text = String::from_utf8(written.files[0].bytes.clone()).unwrap();
        let lines: Vec<_> = text.lines().skip(3).map(|line| Value::parse(line).unwrap().block().unwrap()).collect();
        for probe in probes {
            let address = IpAddr::V4(of(probe));
            let before = indicators.iter().any(|indicator| indicator.value.block().unwrap().contains(&address));
            prop_assert_eq!(lines.iter().filter(|block| block.contains(&address)).count(), usize::from(before));
        }
    }
}
