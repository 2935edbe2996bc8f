//! Every output for the same findings, held against what it said last time.

#![allow(clippy::unwrap_used, reason = "a test may panic, and says why it was skipped")]

#[path = "../examples/sample/mod.rs"]
mod sample;

use noroshi_model::Finding;
use noroshi_report::{Language, stix_bundle, table, write_csv, write_json_lines};

fn json_lines(findings: &[Finding]) -> String {
    let mut bytes = Vec::new();
    write_json_lines(&mut bytes, findings).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn csv(findings: &[Finding]) -> String {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, findings).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Findings with their long lists cut, so that a snapshot stays readable.
fn short() -> Vec<Finding> {
    let mut findings = sample::findings();
    for finding in &mut findings {
        finding.client_list.truncate(1);
        finding.client_list.iter_mut().for_each(|client| client.beats.truncate(3));
        finding.clients_over_time.truncate(2);
        finding.periodogram.truncate(2);
    }
    findings
}

#[test]
fn the_table_in_both_languages_narrow_and_wide() {
    for (language, name) in [(Language::En, "en"), (Language::Ja, "ja")] {
        for width in [80, 120] {
            let text = table(&sample::findings(), &sample::context(), language, width, false);
            assert!(!text.contains('\x1b'), "no colour was asked for");
            insta::assert_snapshot!(format!("table_{name}_{width}"), text);
        }
    }
}

#[test]
fn the_table_fits_its_width_whatever_the_language() {
    use unicode_width::UnicodeWidthStr;
    for language in Language::ALL {
        for width in [80, 100, 120, 160] {
            let text = table(&sample::findings(), &sample::context(), language, width, false);
            for line in text.lines() {
                // Hanging punctuation may stand two columns out.
                assert!(line.width() <= usize::from(width) + 2, "{} columns: {line}", line.width());
            }
        }
    }
}

#[test]
fn colour_is_only_used_when_asked_for() {
    let text = table(&sample::findings(), &sample::context(), Language::En, 120, true);
    assert!(text.contains("\x1b["));
}

#[test]
fn hostile_names_cannot_speak_to_the_terminal() {
    let mut context = sample::context();
    context.mandate_id = "\x1b]0;owned\x07".to_owned();
    let text = table(&sample::findings(), &context, Language::En, 80, false);
    assert!(!text.contains(['\x1b', '\x07']));
}

#[test]
fn csv_has_stable_columns() {
    insta::assert_snapshot!(csv(&short()));
}

#[test]
fn json_lines_are_what_scripts_rely_on() {
    let text = json_lines(&short());
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let names = ["detector", "severity", "confidence", "score", "server", "port", "protocol", "clients"];
        for name in names.into_iter().chain(["first_seen", "last_seen"]) {
            assert!(value.get(name).is_some(), "{name} is missing");
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn json_lines_read_back_as_the_findings_most_severe_first() {
    let text = json_lines(&short());
    let back: Vec<Finding> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut findings = short();
    findings.sort_by(Finding::rank);
    assert_eq!(back, findings);
}

#[test]
fn the_stix_bundle_says_what_it_said_last_time() {
    insta::assert_snapshot!(stix_bundle(&short(), &sample::context()).to_json().unwrap());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let mut turned = sample::findings();
    turned.reverse();
    let context = sample::context();
    for language in Language::ALL {
        let [a, b] = [&sample::findings(), &turned].map(|f| noroshi_report::html(f, &context, language).unwrap());
        assert_eq!(a, b);
    }
    let [a, b] = [&sample::findings(), &turned].map(|findings| stix_bundle(findings, &context));
    assert_eq!(a, b);
}
