use super::dependencies::{self, judge, locked};
use super::source::{LINES_AIM, LINES_MAX};
use super::{Complaint, documents, source};

const TABLE: &str = "# A\n\n## Dependency direction\n\nWords.\n\n| crate | may use |\n|---|---|\n| `model`, stix | nothing of ours |\n\
                     | flow | model, `mandate` |\n| hub | all |\n\n## Next\n\n| x | y |\n|---|---|\n| z | all |\n";

fn errors(complaints: &[Complaint]) -> usize {
    complaints.iter().filter(|complaint| matches!(complaint, Complaint::Error(_))).count()
}

#[test]
fn the_table_is_read_from_its_own_section_only() {
    let table = dependencies::parse(TABLE).unwrap();
    assert_eq!(table.keys().collect::<Vec<_>>(), ["flow", "model", "noroshi", "stix"]);
    assert!(table["noroshi"].is_none());
    assert!(table["stix"].as_ref().unwrap().is_empty());
    assert!(dependencies::parse("nothing").is_err());
    assert!(dependencies::parse("## Dependency direction\nno rows\n").is_err());
}

#[test]
fn a_dependency_against_the_direction_is_an_error() {
    let table = dependencies::parse(TABLE).unwrap();
    assert!(judge(&table, "noroshi-flow", &["noroshi-model", "noroshi-mandate", "serde"]).is_empty());
    assert_eq!(errors(&judge(&table, "noroshi-flow", &["noroshi-detect"])), 1);
    assert_eq!(errors(&judge(&table, "noroshi-model", &["noroshi-flow"])), 1);
    assert!(judge(&table, "noroshi", &["noroshi-detect", "noroshi-flow"]).is_empty());
    assert_eq!(errors(&judge(&table, "noroshi-unknown", &[])), 1);
    assert!(judge(&table, "xtask", &["clap"]).is_empty());
    assert_eq!(errors(&judge(&table, "xtask", &["noroshi-model"])), 1);
}

#[test]
fn heavy_crates_stay_at_home() {
    let table = dependencies::parse(TABLE).unwrap();
    assert_eq!(errors(&judge(&table, "noroshi-model", &["datafusion", "tokio", "askama"])), 3);
    assert_eq!(errors(&judge(&table, "noroshi-flow", &["arrow", "parquet"])), 0);
    assert_eq!(errors(&judge(&table, "noroshi", &["datafusion"])), 1);
}

#[test]
fn another_tls_is_an_error_and_its_probe_is_not() {
    assert!(locked("[[package]]\nname = \"openssl-probe\"\n").is_empty());
    assert_eq!(errors(&locked("name = \"openssl\"\nname = \"native-tls\"\n")), 2);
}

#[test]
fn a_file_may_be_as_long_as_the_limit_and_no_longer() {
    let file = |lines: usize| format!("//! What for.\n{}", "\n".repeat(lines - 1));
    let check = |lines| source::check("crates/a/src/a.rs", &file(lines));
    assert!(check(LINES_AIM).is_empty());
    assert!(matches!(check(LINES_AIM + 1).as_slice(), [Complaint::Warning(_)]));
    assert!(matches!(check(LINES_MAX).as_slice(), [Complaint::Warning(_)]));
    assert!(matches!(check(LINES_MAX + 1).as_slice(), [Complaint::Error(_)]));
}

#[test]
fn a_module_says_what_it_is_for() {
    assert_eq!(errors(&source::check("crates/a/src/a.rs", "fn a() {}\n")), 1);
    assert!(source::check("crates/a/src/a/tests.rs", "fn a() {}\n").is_empty());
    assert!(source::check("README.md", "words\n").is_empty());
}

#[test]
fn paths_of_one_machine_and_leftovers_are_errors() {
    let path = format!("see /{}/elsewhere\n", "home");
    assert_eq!(errors(&source::check("README.md", &path)), 1);
    assert!(source::check("fuzz/corpus/pcap/x", &path).is_empty());
    let leftover = format!("//! For.\nfn a() {{ {}!(1) }}\n", "dbg");
    assert_eq!(errors(&source::check("crates/a/src/a.rs", &leftover)), 1);
}

#[test]
fn every_detector_has_a_page() {
    let files = ["c2_server.rs", "dns_tunnel/tests.rs", "scan.rs"].map(|f| format!("crates/detect/src/detectors/{f}"));
    let complaints = documents::detectors(&files, |page| page == "docs/detectors/scan.md");
    assert_eq!(complaints, [Complaint::Error("a detector has no page `docs/detectors/c2-server.md`".into())]);
}

#[test]
fn this_repository_keeps_the_dependency_direction() {
    assert_eq!(dependencies::check(&crate::root()).unwrap(), []);
}
