//! One fixture and one snapshot for each detector of flows: self-made traffic in, the finding out.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use noroshi_detect::engine::EngineOptions;
use noroshi_detect::run::{Quiet, RunOptions, run};
use noroshi_flow::{Balance, BroadLimits, FlowRecord, FlowSink, Intake, Outcome, PseudonymKey, SinkError, Source};
use noroshi_mandate::place::to_bits;
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::{Detector, Finding, Micros, Severity};

const MANDATE: &str = r#"
version = 1
id = "fixtures"
title = "Self-made traffic"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[place]
domestic = ["192.0.2.0/24"]
elsewhere = "foreign"
"#;

const SECOND: i64 = 1_000_000;

/// Deterministic numbers in 0..1 (SplitMix64).
fn uniform(n: u64) -> f64 {
    let mixed = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

fn bits(text: &str) -> u128 {
    to_bits(text.parse().unwrap())
}

fn flow(src: u128, dst: u128, dport: u16, start_us: i64, n: u64) -> FlowRecord {
    FlowRecord {
        start: Micros(start_us),
        end: Micros(start_us + SECOND / 5),
        src,
        dst,
        sport: 40_000 + (n % 20_000) as u16,
        dport,
        protocol: 6,
        packets: 6,
        bytes: 420,
        rev_packets: 5,
        rev_bytes: 380,
        sampling: 1,
        outcome: Outcome::Answered,
        ..FlowRecord::default()
    }
}

/// A beacon every `period` seconds, ± `jitter`, for `hours`.
fn beacon(client: u128, server: u128, port: u16, period: f64, jitter: f64, hours: f64, seed: u64) -> Vec<FlowRecord> {
    let (mut records, mut at, mut n) = (Vec::new(), period * uniform(seed), seed * 10_000);
    while at < hours * 3_600.0 {
        records.push(flow(client, server, port, (at * 1e6) as i64, n));
        n += 1;
        at += period * (1.0 + jitter * (2.0 * uniform(n) - 1.0));
    }
    records
}

/// People: every client visits web servers at odd moments, sizes all over the place.
fn people(hours: f64) -> Vec<FlowRecord> {
    let mut records = Vec::new();
    for client in 1..=20u64 {
        let mut at = 0.0;
        for n in 0.. {
            let dice = |k: u64| uniform(client * 1_000_000 + n * 10 + k);
            at += -90.0 * dice(0).max(1e-9).ln();
            if at > hours * 3_600.0 {
                break;
            }
            let server = bits("198.51.100.0") + (dice(1) * dice(1) * 60.0) as u128 * 7;
            let mut record = flow(bits("192.0.2.0") + u128::from(client), server, 443, (at * 1e6) as i64, n);
            record.rev_bytes = (2_000.0 / dice(2).max(1e-4)) as u64;
            records.push(record);
        }
    }
    records
}

/// Records held in memory behind the gate.
struct Held {
    records: Vec<FlowRecord>,
    mandate: Mandate,
}

impl Source for Held {
    type Error = SinkError;

    fn pass(&mut self, sink: &mut dyn FlowSink) -> Result<Balance, SinkError> {
        let permit = authorise::<Analyze>(&self.mandate, self.mandate.term.from).unwrap();
        let mut intake = Intake::new(&permit).unwrap();
        for record in &self.records {
            intake.offer(record);
            if intake.is_full() {
                intake.drain(sink)?;
            }
        }
        intake.drain(sink)?;
        Ok(intake.balance().clone())
    }
}

fn findings(mut records: Vec<FlowRecord>) -> Vec<Finding> {
    records.sort_by_key(|record| (record.start, record.src, record.sport));
    let mandate = Mandate::parse(MANDATE, "fixture.toml").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions {
        broad: BroadLimits::default(),
        engine: EngineOptions::default(),
        key: PseudonymKey::derive(b"fixture", "fixture"),
        folder: folder.path().to_owned(),
        features: None,
    };
    let mut source = Held { records, mandate: mandate.clone() };
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
    let run = run(&permit, &mut source, &options, &Quiet).unwrap();
    assert!(run.balance.adds_up());
    run.findings
}

/// The finding of one detector, short enough to read in a snapshot.
fn shown(findings: &[Finding], detector: Detector) -> String {
    let Some(f) = findings.iter().find(|f| f.detector == detector) else { return "nothing".into() };
    let mut text = format!(
        "{} {} {}:{}/{}, {} clients, score {:.3}\n",
        f.severity, f.detector, f.server, f.port, f.protocol, f.clients, f.score
    );
    for e in &f.evidence {
        text.push_str(&format!("{:>6.2}  {} {:.2} {}\n", e.weight, e.name, e.value, e.unit));
    }
    text
}

#[test]
fn people_alone_give_nothing_above_low() {
    let loud: Vec<_> = findings(people(6.0)).into_iter().filter(|f| f.severity > Severity::Low).collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn a_beacon() {
    let mut records = people(6.0);
    records.extend(beacon(bits("192.0.2.77"), bits("203.0.113.9"), 8_531, 60.0, 0.2, 6.0, 1));
    let found = findings(records);
    assert_eq!(found[0].server, "203.0.113.9".parse::<std::net::IpAddr>().unwrap());
    insta::assert_snapshot!(shown(&found, Detector::Beacon));
}

#[test]
fn a_c2_server_of_several_clients() {
    let mut records = people(6.0);
    for client in 0..8 {
        let host = bits("192.0.2.100") + u128::from(client);
        records.extend(beacon(host, bits("203.0.113.9"), 8_531, 300.0, 0.3, 6.0, client + 1));
    }
    let found = findings(records);
    assert_eq!((found[0].detector, found[0].clients), (Detector::C2Server, 8));
    insta::assert_snapshot!(shown(&found, Detector::C2Server));
}

#[test]
fn mail_polls_and_clocks_stay_low() {
    let mut records = people(6.0);
    records.extend(beacon(bits("192.0.2.77"), bits("203.0.113.25"), 993, 300.0, 0.0, 6.0, 1));
    records.extend(beacon(bits("192.0.2.78"), bits("203.0.113.26"), 110, 600.0, 0.1, 6.0, 2));
    let mut clock = beacon(bits("192.0.2.79"), bits("203.0.113.27"), 123, 64.0, 0.0, 6.0, 3);
    clock.iter_mut().for_each(|record| record.protocol = 17);
    records.extend(clock);
    let loud: Vec<_> = findings(records).into_iter().filter(|f| f.severity > Severity::Low).collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn a_scan() {
    let mut records = people(1.0);
    for n in 0..600u64 {
        let target = bits("203.0.113.0") + u128::from(n) * 259;
        let mut record = flow(bits("192.0.2.66"), target, 23, n as i64 * 3 * SECOND, n);
        (record.rev_packets, record.rev_bytes, record.packets, record.bytes) = (0, 0, 2, 120);
        record.outcome = Outcome::Unanswered;
        records.push(record);
    }
    insta::assert_snapshot!(shown(&findings(records), Detector::Scan));
}

#[test]
fn a_peer_to_peer_host() {
    let mut records = people(3.0);
    for n in 0..900u64 {
        let peer = bits("203.0.113.7") + u128::from(n % 90) * 70_001;
        let inbound = n % 3 == 0;
        let host = bits("192.0.2.55");
        let (src, dst) = if inbound { (peer, host) } else { (host, peer) };
        let mut record = flow(src, dst, 30_001 + (n % 90) as u16, (n as i64) * 12 * SECOND, n);
        record.protocol = 17;
        records.push(record);
    }
    insta::assert_snapshot!(shown(&findings(records), Detector::PeerToPeer));
}

#[test]
fn a_flood() {
    let mut records = people(1.0);
    for n in 0..3_000u64 {
        let source = bits("203.0.113.0") + u128::from(n % 300) * 1_009;
        let at = 40 * 60 * SECOND + (n as i64 % 120) * SECOND;
        let mut record = flow(source, bits("192.0.2.5"), 80, at, n);
        (record.packets, record.bytes, record.rev_packets, record.rev_bytes) = (400, 24_000, 0, 0);
        record.outcome = Outcome::Unanswered;
        records.push(record);
    }
    // What the target usually gets.
    for n in 0..240u64 {
        records.push(flow(bits("198.51.100.77"), bits("192.0.2.5"), 80, n as i64 * 15 * SECOND, n));
    }
    insta::assert_snapshot!(shown(&findings(records), Detector::DenialOfService));
}
