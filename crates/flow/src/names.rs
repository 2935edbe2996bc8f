//! Names asked for, by registered domain and by host: only ever filled under the mandate's DNS switch.

use crate::broad::bounded::{Bounded, Worth};
use crate::intake::DnsQuery;
use crate::sketch::Distinct;
use foldhash::fast::FixedState;
use std::hash::BuildHasher;

/// Names kept as examples of one domain or host.
const EXAMPLES_MAX: usize = 48;

/// What is known of the names under one registered domain.
#[derive(Debug, Clone, Default)]
pub struct DomainNames {
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
    /// Bytes of the part below the registered domain.
    pub name_bytes: u64,
    /// Sum of the entropy of that part, bits per character.
    pub entropy: f64,
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
    /// A few of the missing domains, for the likelihood test.
    pub missing_examples: Vec<String>,
    /// A few of all domains.
    pub examples: Vec<String>,
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
}

/// Names by registered domain and by host, bounded.
#[derive(Debug)]
pub struct NameTable {
    /// By hash of the registered domain.
    domains: Bounded<u64, DomainNames>,
    /// By host.
    hosts: Bounded<u128, HostNames>,
    labels: hashbrown::HashMap<u64, String, FixedState>,
    labels_max: usize,
}

/// Second-level labels under which names are registered one level further down.
const SECOND_LEVEL: [&str; 11] = ["co", "com", "net", "org", "ac", "or", "ne", "go", "gov", "edu", "ad"];

/// The registered domain of a name: two labels, or three under a common second level.
pub fn registered_domain(name: &str) -> &str {
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at);
    let Some(last) = dots.next() else { return name };
    let Some(second) = dots.next() else { return name };
    let label = &name[second + 1..last];
    if name.len() - last <= 3 && SECOND_LEVEL.contains(&label) {
        return dots.next().map_or(name, |third| &name[third + 1..]);
    }
    &name[second + 1..]
}

/// Shannon entropy of a text's bytes, bits per byte; 0 if empty.
pub fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    text.bytes().for_each(|b| counts[usize::from(b)] += 1);
    let n = text.len() as f64;
    counts.iter().filter(|&&c| c > 0).map(|&c| f64::from(c) / n).map(|p| -p * p.log2()).sum()
}

impl NameTable {
    /// An empty table for at most `max` domains and as many hosts.
    pub fn new(max: usize) -> Self {
        Self {
            domains: Bounded::new(max),
            hosts: Bounded::new(max),
            labels: hashbrown::HashMap::with_hasher(FixedState::with_seed(7)),
            labels_max: max,
        }
    }

    /// Counts one query.
    pub fn add(&mut self, query: &DnsQuery) {
        let domain = registered_domain(&query.name);
        let state = FixedState::with_seed(0x6e61_6d65);
        let hash = state.hash_one(domain.as_bytes());
        let below = query.name.strip_suffix(domain).unwrap_or_default().trim_end_matches('.');
        self.add_domain(hash, domain, below, query, u128::from(state.hash_one(query.name.as_bytes())));
        self.add_host(u128::from(hash), domain, query);
    }

    fn add_domain(&mut self, hash: u64, domain: &str, below: &str, query: &DnsQuery, name: u128) {
        if self.labels.len() < self.labels_max {
            self.labels.entry(hash).or_insert_with(|| domain.to_owned());
        }
        let entry = self.domains.entry(hash);
        if entry.queries == 0 {
            (entry.first_us, entry.last_us, entry.resolver) = (query.at.0, query.at.0, query.resolver);
        }
        entry.names.insert(name);
        entry.clients.insert(query.client);
        entry.resolvers.insert(query.resolver);
        entry.queries += 1;
        entry.data_types += u64::from(matches!(query.qtype, 10 | 16 | 25 | 65_399));
        entry.name_bytes += below.len() as u64;
        entry.entropy += entropy(below);
        entry.first_us = entry.first_us.min(query.at.0);
        entry.last_us = entry.last_us.max(query.at.0);
    }

    fn add_host(&mut self, domain_hash: u128, domain: &str, query: &DnsQuery) {
        let host = self.hosts.entry(query.client);
        if host.queries == 0 {
            (host.first_us, host.last_us, host.resolver) = (query.at.0, query.at.0, query.resolver);
        }
        let (known, missed) = (host.domains.count(), host.missing.count());
        host.queries += 1;
        host.domains.insert(domain_hash);
        if host.domains.count() > known && host.examples.len() < EXAMPLES_MAX {
            host.examples.push(domain.to_owned());
        }
        if query.rcode == Some(3) {
            host.missing_queries += 1;
            host.missing.insert(domain_hash);
            if host.missing.count() > missed && host.missing_examples.len() < EXAMPLES_MAX {
                host.missing_examples.push(domain.to_owned());
            }
        }
        host.first_us = host.first_us.min(query.at.0);
        host.last_us = host.last_us.max(query.at.0);
    }

    /// Domains with their names, sorted by name; those whose name was not kept are left out.
    pub fn domains(&self) -> Vec<(&str, &DomainNames)> {
        let mut list: Vec<_> =
            self.domains.iter().filter_map(|(h, d)| self.labels.get(h).map(|l| (l.as_str(), d))).collect();
        list.sort_unstable_by_key(|(label, _)| *label);
        list
    }

    /// Hosts, sorted by address.
    pub fn hosts(&self) -> Vec<(&u128, &HostNames)> {
        self.hosts.sorted()
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
