//! Names asked for, by registered domain and by host: only ever filled under the mandate's DNS switch.

use crate::broad::bounded::{Bounded, Worth};
use crate::intake::DnsQuery;
use crate::sketch::Distinct;
use foldhash::fast::FixedState;
use std::hash::BuildHasher;

/// Domains kept as a sample of one host's.
pub const SAMPLE_MAX: usize = 48;
/// Bytes of a name at most, escapes included.
const DOMAIN_BYTES_MAX: usize = 1_024;
/// One hour, µs.
const HOUR_US: i64 = 3_600_000_000;

/// An even sample of different domains: those with the smallest hashes (bottom-k, Cohen and Kaspi
/// 2007), so that neither order nor how often one was asked for matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// Sorted by hash.
    kept: Vec<(u64, String)>,
}

impl Sample {
    /// The most [`Sample::bytes`] can be, with room for twice as many while it grows.
    const BYTES_MAX: usize = 2 * SAMPLE_MAX * size_of::<(u64, String)>() + SAMPLE_MAX * DOMAIN_BYTES_MAX;

    fn bytes(&self) -> usize {
        let names: usize = self.kept.iter().map(|(_, domain)| domain.capacity()).sum();
        self.kept.capacity() * size_of::<(u64, String)>() + names
    }

    fn offer(&mut self, hash: u64, domain: &str) {
        let Err(at) = self.kept.binary_search_by_key(&hash, |(h, _)| *h) else { return };
        if at < SAMPLE_MAX {
            self.kept.truncate(SAMPLE_MAX - 1);
            self.kept.insert(at, (hash, domain.to_owned()));
        }
    }

    /// The domains, in no meaningful order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.kept.iter().map(|(_, domain)| domain.as_str())
    }

    /// How many are kept, at most [`SAMPLE_MAX`].
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

/// What is known of the names under one registered domain.
#[derive(Debug, Clone, Default)]
pub struct DomainNames {
    /// The registered domain itself.
    pub domain: String,
    /// Different names.
    pub names: Distinct,
    /// Who asked.
    pub clients: Distinct,
    /// Who was asked.
    pub resolvers: Distinct,
    /// Queries.
    pub queries: u64,
    /// Queries for TXT, NULL or other types that carry data.
    pub data_types: u64,
    /// Those of them for types that no lawful use is left of.
    pub obsolete_types: u64,
    /// Queries for names with characters no host name has (RFC 952, RFC 2782).
    pub odd: u64,
    /// Characters of the part below the registered domain; each stands for a byte on the wire.
    pub name_bytes: u64,
    /// Entropy of that part of each query, bits per character, times its characters: short polls of
    /// a tunnel, which cannot have much, must not hide its long names.
    pub entropy_bits: f64,
    /// Hours with a query, while queries come in order of time.
    pub hours: u64,
    /// One resolver, for naming the finding.
    pub resolver: u128,
    /// First query.
    pub first_us: i64,
    /// Last query.
    pub last_us: i64,
}

impl Worth for DomainNames {
    fn worth(&self) -> (u64, i64) {
        (self.names.count(), self.last_us)
    }

    const OUTSIDE_BYTES_MAX: usize = 3 * Distinct::OUTSIDE_BYTES_MAX + DOMAIN_BYTES_MAX;

    fn bytes_outside(&self) -> usize {
        self.names.bytes_outside()
            + self.clients.bytes_outside()
            + self.resolvers.bytes_outside()
            + self.domain.capacity()
    }
}

/// What is known of the names one host asked for.
#[derive(Debug, Clone, Default)]
pub struct HostNames {
    /// Different registered domains.
    pub domains: Distinct,
    /// Different registered domains that do not exist.
    pub missing: Distinct,
    /// Queries answered with "no such name".
    pub missing_queries: u64,
    /// Queries.
    pub queries: u64,
    /// A sample of the missing domains, for the likelihood test.
    pub missing_sample: Sample,
    /// A sample of all domains.
    pub sample: Sample,
    /// One resolver, for naming the finding.
    pub resolver: u128,
    /// First query.
    pub first_us: i64,
    /// Last query.
    pub last_us: i64,
}

impl Worth for HostNames {
    fn worth(&self) -> (u64, i64) {
        (self.missing.count(), self.last_us)
    }

    const OUTSIDE_BYTES_MAX: usize = 2 * Distinct::OUTSIDE_BYTES_MAX + 2 * Sample::BYTES_MAX;

    fn bytes_outside(&self) -> usize {
        let sketches = self.domains.bytes_outside() + self.missing.bytes_outside();
        sketches + self.sample.bytes() + self.missing_sample.bytes()
    }
}

/// Names by registered domain and by host, bounded.
#[derive(Debug)]
pub struct NameTable {
    /// By hash of the registered domain.
    domains: Bounded<u64, DomainNames>,
    /// By host.
    hosts: Bounded<u128, HostNames>,
}

/// Second-level labels under which names are registered one level further down.
const SECOND_LEVEL: [&str; 11] = ["co", "com", "net", "org", "ac", "or", "ne", "go", "gov", "edu", "ad"];

/// Providers that give a name under theirs to anyone: one level further down, too.
const FREE_SUFFIXES: [&str; 16] = [
    "afraid.org",
    "ddns.net",
    "duckdns.org",
    "dyndns.org",
    "dynserv.com",
    "dynu.net",
    "freeddns.org",
    "hopto.org",
    "mooo.com",
    "myftp.org",
    "no-ip.biz",
    "no-ip.org",
    "servebeer.com",
    "sytes.net",
    "yi.org",
    "zapto.org",
];

/// Top labels that no registry hands out (RFC 6761, RFC 6762, RFC 8375, and common home usage).
const PRIVATE_TOPS: [&str; 17] = [
    "arpa",
    "belkin",
    "corp",
    "domain",
    "example",
    "home",
    "intern",
    "internal",
    "intra",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "test",
    "workgroup",
];

/// Whether a name belongs in the public tree: two labels at least, under a top that is registered.
fn is_public(name: &str) -> bool {
    let Some((_, top)) = name.rsplit_once('.') else { return false };
    top.len() >= 2
        && !top.bytes().any(|b| b.is_ascii_digit() && !top.starts_with("xn--"))
        && !PRIVATE_TOPS.contains(&top)
}

/// The registered domain of a name: two labels, or three under a common second level or a provider
/// of free names. A short list and not the whole Public Suffix List: what it misses is counted
/// under the suffix.
pub fn registered_domain(name: &str) -> &str {
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at);
    let Some(last) = dots.next() else { return name };
    let Some(second) = dots.next() else { return name };
    let label = &name[second + 1..last];
    let second_level = name.len() - last <= 3 && SECOND_LEVEL.contains(&label);
    if second_level || FREE_SUFFIXES.contains(&&name[second + 1..]) {
        return dots.next().map_or(name, |third| &name[third + 1..]);
    }
    &name[second + 1..]
}

/// Shannon entropy of a text's characters, bits per character, all beyond ASCII taken as one; 0 if empty.
pub fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 129];
    text.chars().for_each(|c| counts[(c as usize).min(128)] += 1);
    let n = f64::from(counts.iter().sum::<u32>());
    counts.iter().filter(|&&c| c > 0).map(|&c| f64::from(c) / n).map(|p| -p * p.log2()).sum()
}

/// Types whose answers carry data and which a program that only wants an address does not ask for:
/// CNAME, NULL, MX, TXT, KEY and the private type of a well-known tunnel.
const fn carries_data(qtype: u16) -> bool {
    is_obsolete(qtype) || matches!(qtype, 5 | 15 | 16)
}

/// NULL (experimental since RFC 1035), KEY (RFC 3445 took its last use) and the private type.
const fn is_obsolete(qtype: u16) -> bool {
    matches!(qtype, 10 | 25 | 65_399)
}

impl NameTable {
    /// An empty table for at most `max` domains and as many hosts.
    pub fn new(max: usize) -> Self {
        Self { domains: Bounded::new(max), hosts: Bounded::new(max) }
    }

    /// Counts one query.
    pub fn add(&mut self, query: &DnsQuery) {
        let domain = registered_domain(&query.name);
        let state = FixedState::with_seed(0x6e61_6d65);
        let hash = state.hash_one(domain.as_bytes());
        let below = query.name.strip_suffix(domain).unwrap_or_default().trim_end_matches('.');
        self.add_domain(hash, domain, below, query, u128::from(state.hash_one(query.name.as_bytes())));
        if is_public(&query.name) {
            self.add_host(hash, domain, query);
        }
    }

    fn add_domain(&mut self, hash: u64, domain: &str, below: &str, query: &DnsQuery, name: u128) {
        let entry = self.domains.entry(hash);
        if entry.queries == 0 {
            domain.clone_into(&mut entry.domain);
            (entry.first_us, entry.last_us, entry.resolver) = (query.at.0, query.at.0, query.resolver);
        }
        entry.names.insert(name);
        entry.clients.insert(query.client);
        entry.resolvers.insert(query.resolver);
        entry.queries += 1;
        entry.obsolete_types += u64::from(is_obsolete(query.qtype));
        entry.data_types += u64::from(carries_data(query.qtype));
        entry.odd += u64::from(!below.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
        let characters = below.chars().count();
        entry.name_bytes += characters as u64;
        entry.entropy_bits += entropy(below) * characters as f64;
        let new_hour = entry.queries == 1 || query.at.0.div_euclid(HOUR_US) > entry.last_us.div_euclid(HOUR_US);
        entry.hours += u64::from(new_hour);
        entry.first_us = entry.first_us.min(query.at.0);
        entry.last_us = entry.last_us.max(query.at.0);
    }

    fn add_host(&mut self, hash: u64, domain: &str, query: &DnsQuery) {
        let host = self.hosts.entry(query.client);
        if host.queries == 0 {
            (host.first_us, host.last_us, host.resolver) = (query.at.0, query.at.0, query.resolver);
        }
        host.queries += 1;
        host.domains.insert(u128::from(hash));
        host.sample.offer(hash, domain);
        if query.rcode == Some(3) {
            host.missing_queries += 1;
            host.missing.insert(u128::from(hash));
            host.missing_sample.offer(hash, domain);
        }
        host.first_us = host.first_us.min(query.at.0);
        host.last_us = host.last_us.max(query.at.0);
    }

    /// Domains with their names, sorted by name.
    pub fn domains(&self) -> Vec<(&str, &DomainNames)> {
        let mut list: Vec<_> = self.domains.iter().map(|(_, d)| (d.domain.as_str(), d)).collect();
        list.sort_unstable_by_key(|(domain, _)| *domain);
        list
    }

    /// Hosts, sorted by address.
    pub fn hosts(&self) -> Vec<(&u128, &HostNames)> {
        self.hosts.sorted()
    }

    /// Bytes held, and the most they can be.
    pub fn bytes(&self) -> (usize, usize) {
        (self.domains.bytes() + self.hosts.bytes(), self.domains.bytes_max() + self.hosts.bytes_max())
    }

    /// Entries forgotten to make room.
    pub fn evicted(&self) -> u64 {
        self.domains.evicted() + self.hosts.evicted()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_model::Micros;

    #[test]
    fn registered_domains() {
        assert_eq!(registered_domain("www.example.org"), "example.org");
        assert_eq!(registered_domain("a.b.example.co.jp"), "example.co.jp");
        assert_eq!(registered_domain("co.jp"), "co.jp");
        assert_eq!(registered_domain("localhost"), "localhost");
        assert_eq!(registered_domain(""), "");
        assert_eq!(registered_domain("a.b.ddns.net"), "b.ddns.net");
        assert_eq!(registered_domain("ddns.net"), "ddns.net");
    }

    fn query(name: &str, rcode: u8) -> DnsQuery {
        DnsQuery { at: Micros(0), client: 1, resolver: 2, name: name.into(), qtype: 1, rcode: Some(rcode) }
    }

    #[test]
    fn names_outside_the_public_tree_say_nothing_of_a_host() {
        let mut table = NameTable::new(10);
        let private = ["kqzvxwjy", "printer.local", "wpad.lan", "1.2.0.192.in-addr.arpa", "192.0.2.1"];
        private.iter().for_each(|name| table.add(&query(name, 3)));
        assert!(table.hosts().is_empty());
        table.add(&query("no-such-name.net", 3));
        table.add(&query("a-name.net", 0));
        let hosts = table.hosts();
        assert_eq!((hosts[0].1.missing.count(), hosts[0].1.domains.count()), (1, 2));
        assert_eq!(hosts[0].1.missing_sample.iter().collect::<Vec<_>>(), ["no-such-name.net"]);
    }

    #[test]
    fn the_sample_holds_one_past_its_limit_and_ignores_order() {
        let names: Vec<String> = (0..=SAMPLE_MAX).map(|n| format!("name-{n}.net")).collect();
        let (mut there, mut back) = (NameTable::new(10), NameTable::new(10));
        names.iter().for_each(|name| there.add(&query(name, 3)));
        names.iter().rev().chain(&names).for_each(|name| back.add(&query(name, 3)));
        assert_eq!(there.hosts()[0].1.missing_sample.len(), SAMPLE_MAX);
        assert_eq!(there.hosts()[0].1.missing_sample, back.hosts()[0].1.missing_sample);
    }

    #[test]
    fn a_full_table_of_domains_still_learns_new_ones() {
        let mut table = NameTable::new(8);
        (0..20).for_each(|n| table.add(&query(&format!("a.early-{n}.net"), 0)));
        (0..5).for_each(|n| table.add(&query(&format!("{n}.late.net"), 0)));
        assert!(table.domains().iter().any(|(domain, d)| *domain == "late.net" && d.names.count() == 5));
    }

    #[test]
    fn a_tunnel_shows_as_many_long_names_under_one_domain() {
        let mut table = NameTable::new(10);
        for n in 0..500u64 {
            table.add(&DnsQuery {
                at: Micros(n as i64),
                client: 1,
                resolver: 2,
                name: format!("{:016x}{:016x}.t.example.org", n.wrapping_mul(0x9e37_79b9_7f4a_7c15), n),
                qtype: 16,
                rcode: Some(0),
            });
        }
        let domains = table.domains();
        assert_eq!(domains.len(), 1);
        assert_eq!(domains[0].0, "example.org");
        assert!(domains[0].1.names.count() > 400);
        assert_eq!(domains[0].1.data_types, 500);
    }
}
