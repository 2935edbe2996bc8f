use super::*;
use crate::context::Context;
use noroshi_flow::{Broad, BroadLimits, FlowColumns, FlowRecord, FlowSink, Outcome, PseudonymKey, Pseudonyms};

mod nation;

const START_US: i64 = 1_780_000_000_000_000;
/// Documentation addresses (RFC 5737): the country is 192.0.2.0/24.
const RELAY: &str = "192.0.2.7";
const UPSTREAM: &str = "203.0.113.9";

fn bits(text: &str) -> u128 {
    noroshi_mandate::place::to_bits(text.parse().unwrap())
}

fn is_domestic(address: u128) -> bool {
    address >> 8 == bits("192.0.2.0") >> 8
}

#[derive(Default)]
struct Traffic(Vec<(FlowRecord, Direction)>, u64);

impl Traffic {
    fn dice(&mut self) -> u64 {
        self.1 = self.1.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.1 >> 33
    }

    fn flow(&mut self, from: &str, to: &str, port: u16, at_ms: i64, bytes: u64) {
        let sport = 40_000 + (self.dice() % 20_000) as u16;
        let (src, dst) = (bits(from), bits(to));
        let record = FlowRecord {
            start: Micros(START_US + at_ms * 1_000),
            end: Micros(START_US + at_ms * 1_000 + 300_000),
            src,
            dst,
            sport,
            dport: port,
            protocol: 6,
            packets: 8,
            bytes,
            rev_packets: 7,
            rev_bytes: 900,
            sampling: 1,
            outcome: Outcome::Answered,
            ..FlowRecord::default()
        };
        let direction = match (is_domestic(src), is_domestic(dst)) {
            (true, _) => Direction::OutForeign,
            (_, true) => Direction::ForeignIn,
            _ => Direction::ForeignForeign,
        };
        self.0.push((record, direction));
    }

    /// Calls at `port`, each passed on after a moment to `upstream`.
    fn relayed(&mut self, relay: &str, port: u16, upstream: (&str, u16), calls: i64) {
        for n in 0..calls {
            let (at, bytes) = (n * 95_000 + (self.dice() % 40_000) as i64, 700 + self.dice() % 3_000);
            let caller = format!("198.51.100.{}", 1 + n % 6);
            self.flow(&caller, relay, port, at, bytes);
            self.flow(relay, upstream.0, upstream.1, at + 150 + (n % 40), bytes + 96);
        }
    }

    /// What else people at a line do.
    fn browsing(&mut self, host: &str, flows: i64) {
        for n in 0..flows {
            let server = format!("203.0.113.{}", 20 + self.dice() % 40);
            let (at, bytes) = ((self.dice() % 10_000_000) as i64 + n, 500 + self.dice() % 4_000);
            self.flow(host, &server, 443, at, bytes);
        }
    }

    fn findings(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|(record, _)| record.end.0);
        let mut columns = FlowColumns::default();
        for (record, direction) in &self.0 {
            columns.push(record);
            columns.direction.push(*direction);
        }
        let mut broad = Broad::new(BroadLimits::default());
        broad.flows(&columns).unwrap();
        look(&broad)
    }
}

fn look(broad: &Broad) -> Vec<Finding> {
    let context = Context::new(broad);
    let pseudonyms = Pseudonyms::new(&PseudonymKey::derive(b"a test", "fingerprint"));
    detect(&mut Scene { broad, context: &context, features: &[], pairs: &[], pseudonyms, mandate: "m-1" }, &[])
}

fn innocents() -> Traffic {
    let mut traffic = Traffic::default();
    (10..40).for_each(|n| traffic.browsing(&format!("192.0.2.{n}"), 60));
    traffic
}

#[test]
fn a_relay_among_innocents_is_found_and_shown_by_pseudonym() {
    let mut traffic = innocents();
    traffic.browsing(RELAY, 400);
    traffic.relayed(RELAY, 8_081, (UPSTREAM, 4_444), 100);
    let found = traffic.findings();
    assert_eq!(found.len(), 1);
    assert!(found[0].severity >= Severity::High && found[0].domestic);
    assert!(!format!("{found:?}").contains("192.0.2."));
    insta::assert_json_snapshot!(found[0]);
}

#[test]
fn two_calls_in_a_minute_or_five_in_all_say_nothing() {
    let mut traffic = innocents();
    traffic.relayed(RELAY, 8_081, (UPSTREAM, 4_444), 5);
    assert!(traffic.findings().is_empty());
}

#[test]
fn a_busy_server_that_calls_elsewhere_is_none() {
    let mut traffic = innocents();
    for n in 0..3_000i64 {
        let (at, bytes) = ((traffic.dice() % 10_000_000) as i64, 500 + traffic.dice() % 2_000);
        traffic.flow(&format!("198.51.100.{}", n % 250), RELAY, 443, at, bytes);
        if n % 5 == 0 {
            let (at, bytes) = ((traffic.dice() % 10_000_000) as i64, 500 + traffic.dice() % 2_000);
            traffic.flow(RELAY, UPSTREAM, 4_444, at, bytes);
        }
    }
    assert!(traffic.findings().iter().all(|f| f.severity <= Severity::Low));
}

#[test]
fn mail_hosts_and_web_servers_with_a_back_end_stay_low() {
    for (port, behind) in [(25, 25), (443, 443), (8_081, 443), (1_194, 1_194), (53, 853)] {
        let mut traffic = innocents();
        traffic.relayed(RELAY, port, (UPSTREAM, behind), 100);
        assert!(traffic.findings().iter().all(|f| f.severity <= Severity::Low), "{port}");
    }
}

#[test]
fn a_peer_among_peers_is_none() {
    let mut traffic = innocents();
    for n in 0..2_000 {
        let peer = format!("198.51.100.{}", traffic.dice() % 60);
        let (at, bytes) = ((traffic.dice() % 10_000_000) as i64, 180 + traffic.dice() % 30);
        let (from, to) = if n % 2 == 0 { (peer.as_str(), RELAY) } else { (RELAY, peer.as_str()) };
        traffic.flow(from, to, 16_464, at, bytes);
    }
    assert!(traffic.findings().is_empty());
}

#[test]
fn a_shared_upstream_and_its_keeper_are_named() {
    let mut traffic = innocents();
    for host in ["192.0.2.7", "192.0.2.8", "192.0.2.9"] {
        traffic.browsing(host, 100);
        traffic.relayed(host, 8_081, (UPSTREAM, 4_433), 60);
    }
    traffic.flow("198.51.100.200", UPSTREAM, 22, 60_000, 90_000);
    if let Some((record, _)) = traffic.0.last_mut() {
        record.end.0 += 3_000_000_000;
    }
    let found = traffic.findings();
    let upstream = found.iter().find(|f| f.server.to_string() == UPSTREAM).unwrap();
    assert!(upstream.severity >= Severity::Medium, "{upstream:?}");
    assert_eq!(upstream.clients, 3);
    assert!(upstream.path.iter().any(|hop| hop.from_role == Role::Controller && hop.port == 22));
    assert_eq!(found.iter().filter(|f| f.domestic && f.severity >= Severity::Medium).count(), 3);
}

#[test]
fn chance_of_meeting() {
    assert!(tiers::surprise(1_000, 3, 3, 3) > 15.0);
    assert!(tiers::surprise(1_000, 500, 10, 5) < 1.0);
    assert!(tiers::surprise(2, 5, 9, 9) >= 0.0 && tiers::surprise(0, 0, 0, 0) == 0.0);
}

#[test]
fn nothing_comes_of_nothing() {
    assert!(Traffic::default().findings().is_empty());
}
