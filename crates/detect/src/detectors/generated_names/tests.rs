use super::*;
use crate::context::Context;
use noroshi_flow::{Broad, BroadLimits, DnsQuery, FlowSink, PseudonymKey, Pseudonyms};

/// The resolver asked: a documentation address (RFC 5737).
const RESOLVER: &str = "198.51.100.53";

fn bits(text: &str) -> u128 {
    noroshi_mandate::place::to_bits(text.parse().unwrap())
}

fn query(client: &str, name: &str, second: i64, rcode: u8) -> DnsQuery {
    let at = Micros(1_780_000_000_000_000 + second * 1_000_000);
    DnsQuery { at, client: bits(client), resolver: bits(RESOLVER), name: name.into(), qtype: 1, rcode: Some(rcode) }
}

/// A made-up name: twelve letters thrown with fixed dice.
fn thrown(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + (state % 26) as u8)
    };
    (0..12).map(letter).collect()
}

/// Names a person might have chosen, none of which is registered here.
fn chosen() -> Vec<String> {
    let first = ["blue", "hello", "travel", "market", "kitchen", "sun", "school", "music", "garden", "tokyo"];
    let second = ["house", "news", "shop", "online"];
    second
        .iter()
        .enumerate()
        .flat_map(|(n, s)| first.iter().skip(n).step_by(3).map(move |f| format!("{f}{s}.com")))
        .collect()
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

fn infected(client: &str, names: u64) -> impl Iterator<Item = DnsQuery> {
    let client = client.to_owned();
    (0..names).map(move |n| query(&client, &format!("{}.com", thrown(n + 1)), n as i64 * 60, 3))
}

#[test]
fn a_host_with_many_missing_dice_is_found() {
    let found = findings(infected("192.0.2.7", 40).chain(infected("192.0.2.8", 30)));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].clients, found[0].client_list.len()), (2, 2));
    insta::assert_json_snapshot!(found[0]);
}

#[test]
fn no_client_is_named_by_its_address() {
    let text = format!("{:?}", findings(infected("192.0.2.7", 40)));
    assert!(!text.contains("192.0.2.7") && !text.contains(&thrown(1)));
}

#[test]
fn below_ten_missing_domains_nothing_is_said() {
    assert!(findings(infected("192.0.2.7", 9)).is_empty());
    assert_eq!(findings(infected("192.0.2.7", 10)).len(), 1);
}

#[test]
fn chosen_names_asked_in_vain_stay_below_medium() {
    let queries = chosen().into_iter().enumerate().map(|(n, name)| query("192.0.2.7", &name, n as i64, 3));
    assert!(findings(queries).iter().all(|f| f.severity <= Severity::Low));
}

#[test]
fn names_in_punycode_are_not_taken_for_dice() {
    let queries = (0..40).map(|n| query("192.0.2.7", &format!("xn--{}.jp", thrown(n + 1)), n as i64, 3));
    assert!(findings(queries).is_empty());
}

#[test]
fn dice_that_resolve_are_found_too() {
    let queries = infected("192.0.2.7", 40).map(|query| DnsQuery { rcode: None, ..query });
    assert_eq!(findings(queries).len(), 1);
}

#[test]
fn one_strange_name_asked_a_thousand_times_says_nothing() {
    let queries = (0..1_000).map(|n| query("192.0.2.7", "xkqzjwvpbd.com", n, 3));
    assert!(findings(queries).is_empty());
}

#[test]
fn no_names_no_findings() {
    assert!(findings([]).is_empty());
}

#[test]
fn parts_and_lengths() {
    assert!(shared_parts(&["bluehouse", "bluemarket", "greentree", "x"]) == 0.5);
    assert!(length_spread(&["abcd", "efgh"]) == 0.0);
    assert!(shared_parts(&[]) == 0.0 && length_spread(&[]) == 0.0);
}
