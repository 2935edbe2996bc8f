//! What leaves in a STIX bundle: valid for everyone's validator, and without any address that is nobody's business.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says why it was skipped")]

#[path = "../examples/sample/mod.rs"]
mod sample;
mod tools;

use noroshi_model::Severity;
use noroshi_report::stix_bundle;

#[test]
fn no_pseudonym_victim_or_unpublished_address_leaves() {
    let findings = sample::findings();
    let text = stix_bundle(&findings, &sample::context()).to_json().unwrap();
    assert!(!text.contains("198.18."), "a pseudonym or a domestic host left");
    assert!(!text.contains("2001:db8:7::1f"), "an end of a path that is no published server left");
    let weak = findings.iter().filter(|finding| finding.severity <= Severity::Low);
    for finding in weak {
        assert!(!text.contains(&finding.server.to_string()), "{} is not above low", finding.server);
    }
}

#[test]
fn published_servers_on_one_path_are_linked() {
    let text = stix_bundle(&sample::findings(), &sample::context()).to_json().unwrap();
    assert_eq!(text.matches("communicates-with").count(), 1);
}

#[test]
fn the_validator_of_the_standard_finds_no_error() {
    let Some(validator) = tools::on_path(&["stix2_validator"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, findings) in [("all", sample::findings()), ("none", Vec::new())] {
        let path = folder.path().join(format!("{name}.json"));
        let bundle = stix_bundle(&findings, &sample::context()).to_json().unwrap();
        noroshi_report::write_atomically(&path, bundle.as_bytes()).unwrap();
        let output = std::process::Command::new(&validator).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("STIX JSON: Valid"), "{name}: {said}");
    }
}
