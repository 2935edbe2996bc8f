//! Every text format, from file to record, as snapshots.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod support;

use std::io::Write;
use support::{fixture, read};

fn snapshot(name: &str, dns: bool) -> String {
    let (notes, report, intake) = read(&[fixture(name)], dns).unwrap();
    let mut report = serde_json::to_value(&report).unwrap();
    report["inputs"][0]["name"] = name.into();
    // Whether keys come sorted depends on what else is built.
    report.sort_all_objects();
    let text = serde_json::to_string_pretty(&report).unwrap();
    let text = text.replace(&fixture(name).display().to_string(), name);
    let balance = serde_json::to_string(intake.balance()).unwrap();
    assert!(!text.contains("secret") && !notes.lines.concat().contains("secret"), "content was read");
    format!("{}\n{text}\n{balance}", notes.lines.join("\n"))
}

#[test]
fn argus() {
    insta::assert_snapshot!(snapshot("small.binetflow", false));
}

#[test]
fn argus_with_payload() {
    insta::assert_snapshot!(snapshot("payload.binetflow", false));
}

#[test]
fn zeek_conn() {
    insta::assert_snapshot!(snapshot("conn.log", false));
}

#[test]
fn zeek_dns() {
    insta::assert_snapshot!(snapshot("dns.log", true));
}

#[test]
fn zeek_dns_without_the_switch() {
    insta::assert_snapshot!(snapshot("dns.log", false));
}

#[test]
fn zeek_json() {
    insta::assert_snapshot!(snapshot("conn.json", false));
}

#[test]
fn suricata() {
    insta::assert_snapshot!(snapshot("eve.json", true));
}

#[test]
fn compression_does_not_change_what_is_read() {
    let plain = std::fs::read(fixture("small.binetflow")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&plain).unwrap();
    // Neither name says what is inside.
    let paths = [folder.path().join("a"), folder.path().join("b.txt")];
    std::fs::write(&paths[0], gz.finish().unwrap()).unwrap();
    std::fs::write(&paths[1], zstd::encode_all(plain.as_slice(), 1).unwrap()).unwrap();
    let expected = read(&[fixture("small.binetflow")], false).unwrap().0.lines;
    for path in paths {
        assert_eq!(read(&[path], false).unwrap().0.lines, expected);
    }
}
