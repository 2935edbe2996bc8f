//! Real captures, where they are: the counts that others published or that were counted by hand.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod support;

use noroshi_ingest::{InputReport, Inputs, NoProgress, OpenOptions};
use noroshi_mandate::DropReason;
use std::path::{Path, PathBuf};
use support::{Notes, intake};

fn captures(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/flows").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

fn pass(path: PathBuf, domestic: &str) -> (InputReport, noroshi_flow::Intake, Notes) {
    let inputs = Inputs::open(&[path], &OpenOptions::default()).unwrap();
    let (mut notes, mut intake) = (Notes { quiet: true, ..Notes::default() }, intake(domestic, true));
    let report = inputs.read(&mut intake, &mut notes, &NoProgress).unwrap();
    (report, intake, notes)
}

#[test]
fn ctu13_is_read_to_the_last_line() {
    let Some(path) = captures("ctu13") else { return };
    let (report, intake, _) = pass(path, r#""147.32.0.0/16""#);
    assert_eq!(report.damage.total(), 0, "{:?}", report.damage);
    assert_eq!(intake.balance().received, 558_919);
    assert_eq!(intake.balance().dropped(DropReason::Domestic), 289_362);
}

#[test]
fn zeek_folders_are_read_without_damage() {
    for (folder, records) in [
        ("zeek/comfoo", None),
        ("zeek/taidoor", None),
        ("zeek/001-zeek-scenario-malicious", None),
        ("zeek/002-zeek-scenario-port-scanning", None),
        ("zeek/008-zeek-mixed", None),
        ("zeek/010-zeek-mixed", None),
        ("zeek/benign-2023-02-20", None),
        ("zeek/internet-noise.tar.zst", Some(105_918)),
    ] {
        let Some(path) = captures(folder) else { return };
        let (report, intake, notes) = pass(path, r#""192.168.0.0/16", "10.0.0.0/8", "147.32.0.0/16""#);
        assert_eq!(report.damage.total(), 0, "{folder}: {:?}", report.damage);
        assert!(report.records > 500, "{folder}: {}", report.records);
        assert_eq!(report.records, intake.balance().received);
        assert!(records.is_none_or(|records| records == report.records), "{folder}: {}", report.records);
        eprintln!("{folder}: {} records, {} DNS names", report.records, notes.lines.len());
    }
}

#[test]
fn exports_and_captures_of_many_vendors_never_stop_the_reading() {
    for folder in ["netflow", "pcap"] {
        let Some(path) = captures(folder) else { return };
        let (report, intake, notes) = pass(path, r#""192.168.0.0/16", "10.0.0.0/8""#);
        assert!(intake.balance().received > 1_000, "{folder}: {}", intake.balance().received);
        eprintln!("{folder}: {} received, {} kept, damage {:?}", report.records, notes.records, report.damage.counts);
    }
}
