//! Against simulated nations, where the truth is known, and a real capture without relays.

use super::look;
use noroshi_flow::{Broad, BroadLimits, Intake, SinkError};
use noroshi_ingest::{Inputs, NoProgress, OpenOptions};
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::{Finding, Severity};
use noroshi_simulate::{Nation, Plan, ServerRole, Truth};
use std::net::IpAddr;
use std::path::Path;

fn intake(text: &str) -> Intake {
    let mandate = Mandate::parse(text, "m.toml").unwrap();
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
    Intake::new(&permit).unwrap()
}

fn broad_of(nation: &Nation) -> Result<Broad, SinkError> {
    let mut intake = intake(&nation.mandate_toml());
    let mut broad = Broad::new(BroadLimits::default());
    for record in nation.records() {
        intake.offer(&record);
        if intake.is_full() {
            intake.drain(&mut broad)?;
        }
    }
    intake.drain(&mut broad)?;
    Ok(broad)
}

/// Relays found, upstreams found, and wrong findings, at medium or more.
fn judge(truth: &Truth, found: &[Finding]) -> (usize, usize, usize) {
    let key = noroshi_flow::PseudonymKey::derive(b"a test", "fingerprint");
    let mut pseudonyms = noroshi_flow::Pseudonyms::new(&key);
    let relays: Vec<IpAddr> =
        truth.relays.iter().map(|r| if r.domestic { pseudonyms.of_ip(r.address) } else { r.address }).collect();
    let upstream = |a: &IpAddr| truth.servers.iter().any(|s| s.role == ServerRole::Upstream && s.address == *a);
    let loud: Vec<IpAddr> = found.iter().filter(|f| f.severity >= Severity::Medium).map(|f| f.server).collect();
    let right = loud.iter().filter(|a| relays.contains(a)).count();
    let behind = loud.iter().filter(|a| upstream(a)).count();
    (right, behind, loud.len() - right - behind)
}

fn measure(seed: u64) -> (usize, usize, usize) {
    let nation = Nation::new(&Plan { seed, ..Plan::demo() }).unwrap();
    let found = look(&broad_of(&nation).unwrap());
    for f in &found {
        println!("{seed} {} {} {} {} {:?}", f.server, f.domestic, f.port, f.severity, f.evidence);
    }
    let result = judge(nation.truth(), &found);
    println!("seed {seed}: of {} relays {result:?} (relays, upstreams, wrong)", nation.truth().relays.len());
    result
}

#[test]
fn most_relays_of_the_demo_are_found_and_nothing_else() {
    let (relays, upstreams, wrong) = measure(1);
    assert!(relays >= 4 && upstreams >= 1, "{relays} {upstreams}");
    assert_eq!(wrong, 0);
}

#[test]
#[ignore = "takes a minute; figures for docs/detectors/relay.md"]
fn more_seeds() {
    assert!((2..=3).all(|seed| measure(seed).2 == 0));
}

#[test]
fn a_real_capture_without_relays_has_none() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/flows/ctu13/capture20110816.binetflow.zst");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let text = r#"
version = 1
id = "m-1"
title = "t"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in"]
purposes = ["find-attack-servers"]
[term]
from = 2011-01-01
until = 2012-01-01
[place]
domestic = ["147.32.0.0/16"]
elsewhere = "foreign"
[scope]
dns_names = false
[limits]
records_max = 10000000
"#;
    let inputs = Inputs::open(&[path], &OpenOptions::default()).unwrap();
    let mut broad = Broad::new(BroadLimits::default());
    inputs.read(&mut intake(text), &mut broad, &NoProgress).unwrap();
    let found = look(&broad);
    for f in &found {
        println!("{} {} {} {:?} {:?}", f.server, f.port, f.severity, f.evidence, f.path);
    }
    println!("{} hosts, {} findings", broad.relays.table().len(), found.len());
    assert!(found.iter().all(|f| f.severity <= Severity::Low));
}
