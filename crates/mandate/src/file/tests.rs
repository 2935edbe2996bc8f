//! What a mandate file may say, and what each mistake is told.

use super::*;

pub(crate) const LAB: &str = r#"
version = 1
id = "lab"
title = "A laboratory network, by agreement with its owner"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in"]
purposes = ["find-attack-servers"]

[term]
from = 2026-01-01
until = 2036-01-01

[place]
domestic = ["192.168.0.0/16", "10.0.0.0/8"]
elsewhere = "foreign"
"#;

fn refused(text: &str) -> String {
    Mandate::parse(text, "m.toml").unwrap_err().to_string()
}

#[test]
fn the_shortest_mandate_has_safe_defaults() {
    let mandate = Mandate::parse(LAB, "lab.toml").unwrap();
    assert!(!mandate.dns_names);
    assert_eq!(mandate.deidentification, Deidentification::PrefixPreserving);
    assert_eq!(mandate.selected_days_max, 30);
    assert_eq!(mandate.fingerprint.len(), 64);
}

#[test]
fn faults_name_their_line_and_all_are_shown() {
    let text = LAB.replace("192.168.0.0/16", "192.168.0.1/16").replace("10.0.0.0/8", "ten").replace("= 1\n", "= 9\n");
    insta::assert_snapshot!(refused(&text), @r"
    m.toml:2:11: `version` must be 1, the format this program reads
    m.toml:14:13: `192.168.0.1/16` has bits set beyond its length; did you mean `192.168.0.0/16`?
    m.toml:14:31: `ten` is not a prefix; write for example `192.0.2.0/24`
    ");
}

#[test]
fn unknown_keys_are_refused() {
    assert!(refused(&LAB.replace("title", "tilte")).contains("unknown field `tilte`"));
    assert!(refused(&format!("{LAB}\n[retention]\ndays = 3\n")).contains("m.toml:18"));
}

#[test]
fn domestic_traffic_cannot_be_asked_for() {
    let text = LAB.replace("\"out-foreign\", \"foreign-in\"", "\"domestic\"");
    assert!(refused(&text).contains("never collected"));
}

#[test]
fn a_basis_covers_its_own_direction_only() {
    let text = LAB.replace("party-agreement", "foreign-foreign");
    let message = refused(&text);
    assert_eq!(message.matches("covers only the direction").count(), 2, "{message}");
}

#[test]
fn a_term_has_a_length() {
    assert!(refused(&LAB.replace("2036", "2026")).contains("`until` is not after `from`"));
    assert!(refused(&LAB.replace("2036-01-01", "\"soon\"")).contains("`soon` is not a time"));
}

#[test]
fn elsewhere_must_be_said() {
    assert!(refused(&LAB.replace("elsewhere = \"foreign\"", "")).contains("say where other addresses stand"));
}

#[test]
fn special_ranges_are_unknown_unless_listed() {
    let scope = Mandate::parse(LAB, "lab.toml").unwrap().compile().unwrap();
    let place = |text: &str| scope.places().place(crate::place::to_bits(text.parse().unwrap()));
    assert_eq!(place("192.168.3.4"), Place::Domestic);
    assert_eq!(place("172.16.0.1"), Place::Unknown);
    assert_eq!(place("224.0.0.251"), Place::Unknown);
    assert_eq!(place("ff02::fb"), Place::Unknown);
    assert_eq!(place("8.8.8.8"), Place::Foreign);
}

#[test]
fn a_registration_table_comes_after_the_lists() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("ranges.csv");
    std::fs::write(&table, "203.0.113.0,203.0.113.255,JP\n198.51.100.0,198.51.100.255,FR\n").unwrap();
    let text = LAB.replace("elsewhere = \"foreign\"", "registry = [\"ranges.csv\"]\ncountry = \"JP\"\n");
    let file = folder.path().join("m.toml");
    std::fs::write(&file, text).unwrap();
    let scope = Mandate::read(&file).unwrap().compile().unwrap();
    let place = |text: &str| scope.places().place(crate::place::to_bits(text.parse().unwrap()));
    assert_eq!(place("203.0.113.9"), Place::Domestic);
    assert_eq!(place("198.51.100.9"), Place::Foreign);
    assert_eq!(place("192.0.2.1"), Place::Unknown);
    let countries = Mandate::read(&file).unwrap().countries().unwrap().unwrap();
    let country = |text: &str| countries.country(crate::place::to_bits(text.parse().unwrap()));
    assert_eq!(country("198.51.100.255").as_deref(), Some("FR"));
    assert_eq!(country("198.51.101.0"), None);
}
