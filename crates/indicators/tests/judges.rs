//! What is made, judged by programs of others: the validator of the standard, YARA, BIND.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says why it was skipped")]

#[path = "../../report/tests/tools/mod.rs"]
mod tools;

use noroshi_indicators::export::{Zone, rpz};
use noroshi_indicators::import::{Format, Made, Source, import};
use noroshi_indicators::object::bundle;
use noroshi_indicators::{Indicator, Value};
use noroshi_stix::{Id, Timestamp};
use proptest::prelude::*;
use std::path::Path;
use std::process::Command;

fn at() -> Timestamp {
    Timestamp::parse("2026-11-25T00:00:00.000Z").unwrap()
}

fn taken(name: &str, format: Option<Format>) -> Vec<Made> {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap();
    import(&bytes, name, format, &Source::new("example", at())).unwrap().objects
}

#[test]
fn the_validator_of_the_standard_finds_no_error() {
    let Some(validator) = tools::on_path(&["stix2_validator"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    for name in ["plain.txt", "japan-shift-jis.csv", "honeypot.csv", "rules.yar", "sigma.yml", "suricata.rules"] {
        let taken = taken(name, None);
        let bundle = bundle(taken.iter().map(|made| &made.object));
        let path = folder.path().join(format!("{name}.json"));
        std::fs::write(&path, bundle).unwrap();
        let output = Command::new(&validator).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("STIX JSON: Valid"), "{name}: {said}");
    }
}

/// A rule cut out of a file has all it needs.
#[test]
fn every_yara_rule_compiles_alone() {
    let Some(compiler) = tools::on_path(&["yarac"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (rule, compiled) = (folder.path().join("rule.yar"), folder.path().join("rule.yac"));
    let rules = taken("rules.yar", Some(Format::Yara));
    assert_eq!(rules.len(), 2);
    for made in rules {
        std::fs::write(&rule, &made.object.pattern).unwrap();
        let output = Command::new(&compiler).arg(&rule).arg(&compiled).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {said}\n{}", made.object.name, made.object.pattern);
    }
}

fn indicator(text: &str, label: &str) -> Option<Indicator> {
    let value = Value::parse(text).ok()?;
    let id = Id::domain("indicator", text);
    Some(Indicator { id, value, valid_from: at(), valid_until: None, confidence: None, label: label.to_owned() })
}

/// Loads a zone of indicators with everything BIND checks, and says what it said.
fn checked(program: &Path, indicators: &[Indicator]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rpz.zone");
    let written = rpz(indicators, at(), &Zone::new("rpz.example").unwrap());
    std::fs::write(&file, &written.files[0].bytes).unwrap();
    let output = Command::new(program).args(["-k", "fail", "rpz.example"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn bind_takes_a_zone() {
    let Some(program) = tools::on_path(&["named-checkzone"]) else { return };
    let values = ["bad.example", "_x.bad.example", "192.0.2.7", "198.51.100.0/24", "2001:db8::7", "2001:db8:101::/48"];
    let indicators: Vec<_> = values.iter().filter_map(|value| indicator(value, "a label")).collect();
    let said = checked(&program, &indicators);
    assert!(said.contains("serial 1795564800") && said.trim_end().ends_with("OK"), "{said}");
    checked(&program, &[]);
}

#[test]
fn bind_takes_any_zone() {
    let Some(program) = tools::on_path(&["named-checkzone"]) else { return };
    let text = prop_oneof![
        "[a-zA-Z0-9_-]{1,12}(\\.[a-z0-9-]{1,12}){0,3}\\.example",
        any::<std::net::IpAddr>().prop_map(|address| address.to_string()),
        (any::<std::net::Ipv6Addr>(), 19u8..129).prop_map(|(address, bits)| format!("{address}/{bits}")),
        "\\PC{1,20}\\.example",
    ];
    let label = "([\"';#\\\\\t\n\r]|\\$INCLUDE |\\PC){0,8}";
    let all = prop::collection::vec((text, label), 0..40);
    proptest!(ProptestConfig::with_cases(20), |(all in all)| {
        let indicators: Vec<_> = all.iter().filter_map(|(text, label)| indicator(text, label)).collect();
        checked(&program, &indicators);
    });
}
