use super::*;
use crate::context::Context;
use noroshi_flow::{Broad, BroadLimits, DnsQuery, FlowSink, PseudonymKey, Pseudonyms};
use noroshi_model::{Micros, Severity};

fn bits(text: &str) -> u128 {
    noroshi_mandate::place::to_bits(text.parse().unwrap())
}

/// One query every two seconds from one of `clients` hosts.
fn query(n: u64, clients: u64, name: String, qtype: u16) -> DnsQuery {
    DnsQuery {
        at: Micros(1_780_000_000_000_000 + n as i64 * 2_000_000),
        client: bits("192.0.2.1") + u128::from(n % clients),
        resolver: bits("198.51.100.53"),
        name,
        qtype,
        rcode: Some(0),
    }
}

/// `length` characters thrown over 32 with fixed dice, in labels of at most 60.
fn payload(seed: u64, length: usize) -> String {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for at in 0..length {
        if at > 0 && at % 60 == 0 {
            text.push('.');
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push(char::from(b"abcdefghijklmnopqrstuvwxyz234567"[(state % 32) as usize]));
    }
    text
}

fn findings(queries: impl IntoIterator<Item = DnsQuery>) -> Vec<Finding> {
    let mut broad = Broad::new(BroadLimits::default());
    queries.into_iter().for_each(|query| broad.dns(&query).unwrap());
    let context = Context::new(&broad);
    detect(&mut Scene {
        broad: &broad,
        context: &context,
        features: &[],
        pairs: &[],
        pseudonyms: Pseudonyms::new(&PseudonymKey::derive(b"a test", "fingerprint")),
        mandate: "m-1",
    })
}

fn tunnel(names: u64, qtype: u16) -> impl Iterator<Item = DnsQuery> {
    (0..names).map(move |n| query(n, 1, format!("{}.t.example.net", payload(n, 100)), qtype))
}

fn above_low(queries: impl IntoIterator<Item = DnsQuery>) -> usize {
    findings(queries).iter().filter(|f| f.severity > Severity::Low).count()
}

#[test]
fn data_in_names_is_found() {
    let found = findings(tunnel(1_500, 16));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Critical);
    insta::assert_json_snapshot!(found[0]);
}

#[test]
fn data_in_names_of_address_queries_is_found_too() {
    assert!(findings(tunnel(600, 1))[0].severity >= Severity::High);
}

#[test]
fn the_first_threshold_of_rita_is_the_floor() {
    assert_eq!(findings(tunnel(80, 16))[0].severity, Severity::Low);
    assert!(findings(tunnel(130, 16))[0].severity >= Severity::Medium);
    assert!(findings(tunnel(15, 16)).is_empty());
    assert_eq!([99, 100, 499, 500, 800, 5_000].map(rita_threshold), [0, 100, 100, 500, 800, 1_000]);
}

#[test]
fn no_name_is_in_a_finding() {
    assert!(!format!("{:?}", findings(tunnel(300, 16))).contains("example"));
}

#[test]
fn caches_and_shared_hosts_stay_low() {
    let cache =
        (0..4_000).map(|n| query(n, 20, format!("r{}---sn-{}.cache.example.net", n % 9, payload(n % 900, 8)), 1));
    assert_eq!(above_low(cache), 0);
    let shops = (0..6_000).map(|n| query(n, 300, format!("shop-{}.example.net", n % 3_000), 28));
    assert_eq!(above_low(shops), 0);
}

#[test]
fn look_ups_of_files_and_addresses_stay_low() {
    let files = (0..5_000).map(|n| query(n, 5, format!("{}.p.sophosxl.net", payload(n, 60)), 16));
    assert_eq!(above_low(files), 0);
    let lists = (0..5_000).map(|n| query(n, 1, format!("{}.{}.2.192.zen.spamhaus.org", n % 250, n / 250), 1));
    assert_eq!(above_low(lists), 0);
    let reverse = (0..5_000).map(|n| query(n, 1, format!("{}.{}.0.192.in-addr.arpa", n % 250, n / 250), 12));
    assert!(findings(reverse).is_empty());
}

#[test]
fn tunnels_under_two_domains_are_one_finding_of_their_resolver() {
    let other = tunnel(300, 16).map(|q| DnsQuery { name: q.name.replace(".t.example.net", ".t.example.org"), ..q });
    let found = findings(tunnel(300, 16).chain(other));
    assert_eq!(found.len(), 1);
    let alike = found[0].evidence.iter().find(|e| e.name == "tunnel-domains").unwrap();
    assert_eq!(alike.value, 2.0);
}

#[test]
fn no_names_no_findings() {
    assert!(findings([]).is_empty());
}
