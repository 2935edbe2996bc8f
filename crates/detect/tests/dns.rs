//! Both detectors of names against real captures, and against the mandate's switch.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests may fail loudly and say what they saw")]

use noroshi_detect::context::Context;
use noroshi_detect::detectors::{Scene, dns_tunnel, generated_names};
use noroshi_flow::{Broad, BroadLimits, Intake, PseudonymKey, Pseudonyms};
use noroshi_ingest::{Inputs, NoProgress, OpenOptions};
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::{Finding, Severity};
use std::path::{Path, PathBuf};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn intake(domestic: &str, dns: bool) -> Intake {
    let text = format!(
        r#"
version = 1
id = "m-1"
title = "t"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[place]
domestic = ["{domestic}"]
# The resolvers of two captures have private addresses, which are nowhere unless listed.
foreign = ["10.0.2.20/32", "192.168.2.134/32"]
elsewhere = "foreign"
[scope]
dns_names = {dns}
[limits]
records_max = 10000000
"#
    );
    let mandate = Mandate::parse(&text, "m.toml").unwrap();
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
    Intake::new(&permit).unwrap()
}

/// Findings of both detectors, and how many domains were seen.
fn findings(path: &Path, domestic: &str, dns: bool) -> (Vec<Finding>, usize) {
    let inputs = Inputs::open(&[path.to_owned()], &OpenOptions::default()).unwrap();
    let mut broad = Broad::new(BroadLimits::default());
    inputs.read(&mut intake(domestic, dns), &mut broad, &NoProgress).unwrap();
    let context = Context::new(&broad);
    let pseudonyms = Pseudonyms::new(&PseudonymKey::derive(b"a test", "fingerprint"));
    let mut scene = Scene { broad: &broad, context: &context, features: &[], pairs: &[], pseudonyms, mandate: "m-1" };
    let mut found = generated_names::detect(&mut scene);
    found.extend(dns_tunnel::detect(&mut scene));
    for finding in &found {
        println!("{}: {} {} {:?}", path.display(), finding.detector, finding.severity, finding.evidence);
    }
    (found, broad.names.domains().len())
}

const IODINE: &str = "flows/pcap/dns/dns-tunnel-iodine.pcap";

#[test]
fn a_real_tunnel_is_found() {
    let Some(path) = shared(IODINE) else { return };
    let (found, _) = findings(&path, "10.0.2.30/32", true);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].detector.word(), "dns-tunnel");
    assert_eq!((found[0].server.to_string().as_str(), found[0].clients), ("10.0.2.20", 1));
    assert!(found[0].severity >= Severity::Medium);
}

#[test]
fn without_the_switch_there_is_nothing_to_look_at() {
    let Some(path) = shared(IODINE) else { return };
    let (found, domains) = findings(&path, "10.0.2.30/32", false);
    assert!(found.is_empty());
    assert_eq!(domains, 0);
}

#[test]
fn a_single_query_and_a_tunnel_over_tcp_are_not_seen() {
    let Some(folder) = shared("flows/pcap/dns") else { return };
    let (single, domains) = findings(&folder.join("dns-exf.pcap"), "192.168.2.225/32", true);
    assert_eq!((single.len(), domains), (0, 1));
    let (tcp, domains) = findings(&folder.join("dns2tcp_tunnel.pcap"), "192.168.20.211/32", true);
    assert_eq!((tcp.len(), domains), (0, 0));
}

#[test]
fn nothing_above_low_in_days_without_either() {
    for folder in ["benign-2023-02-20", "comfoo", "taidoor"] {
        let Some(path) = shared(&format!("flows/zeek/{folder}")) else { return };
        let log = ["dns.log.gz", "dns.log.labeled.gz"].map(|name| path.join(name)).into_iter().find(|p| p.exists());
        let (found, domains) = findings(&log.unwrap(), "192.168.0.0/16", true);
        println!("{folder}: {domains} domains, {} findings", found.len());
        assert!(domains > 3);
        assert!(found.iter().all(|f| f.severity <= Severity::Low));
    }
}
