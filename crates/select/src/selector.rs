//! What is chosen: selectors, in versions that are known by their fingerprint.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// One server that was selected mechanically, and the rule that did it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Selector {
    /// The server.
    pub server: IpAddr,
    /// Its port; `None` selects every port.
    pub port: Option<u16>,
    /// Its protocol; `None` selects every protocol.
    pub protocol: Option<u8>,
    /// The rule, for the record.
    pub rule: String,
}

/// A version of the selection: sorted, each server, port and protocol once. Version 0 is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// Counts up with every change.
    pub version: u64,
    /// What is selected.
    pub selectors: Vec<Selector>,
}

impl Selected {
    /// The next version with these selectors, sorted and without repeats.
    #[must_use]
    pub fn next(&self, mut selectors: Vec<Selector>) -> Self {
        selectors.sort();
        selectors.dedup_by(|a, b| (a.server, a.port, a.protocol) == (b.server, b.port, b.protocol));
        Self { version: self.version + 1, selectors }
    }

    /// The next version with what was chosen now. What was selected stays selected: evidence of a server that fell
    /// silent is still evidence.
    #[must_use]
    pub fn with(&self, mut chosen: Vec<Selector>) -> Self {
        chosen.extend(self.selectors.iter().cloned());
        self.next(chosen)
    }

    /// What a batch begins with: servers its mandate names, and those that were selected `before`.
    #[must_use]
    pub fn beginning(named: &[(IpAddr, Option<u16>)], before: Self) -> Self {
        if named.is_empty() {
            return before;
        }
        before.with(named.iter().flat_map(|&(server, port)| by_mandate(server, port)).collect())
    }

    /// What is committed to: BLAKE3 over the version and every selector, hexadecimal.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("noroshi 2026 selection set v1");
        hasher.update(&self.version.to_le_bytes());
        for selector in &self.selectors {
            hasher.update(&bits(selector.server).to_be_bytes());
            hasher.update(&selector.port.map_or([0; 3], |p| [1, (p >> 8) as u8, p as u8]));
            hasher.update(&selector.protocol.map_or([0; 2], |p| [1, p]));
            hasher.update(&(selector.rule.len() as u64).to_le_bytes());
            hasher.update(selector.rule.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// A server a mandate names. A port belongs to a protocol; the mandate's means that of both that have ports.
fn by_mandate(server: IpAddr, port: Option<u16>) -> Vec<Selector> {
    let one = |protocol| Selector { server, port, protocol, rule: "mandate".to_owned() };
    if port.is_some() { vec![one(Some(6)), one(Some(17))] } else { vec![one(None)] }
}

/// A selector of one server on one port.
pub fn exactly(server: u128, port: u16, protocol: u8, rule: &str) -> Selector {
    let v6 = std::net::Ipv6Addr::from(server);
    let server = v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4);
    Selector { server, port: Some(port), protocol: Some(protocol), rule: rule.to_owned() }
}

/// IPv4 mapped as in RFC 4291 §2.5.5.2.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_and_the_fingerprint_covers_the_rule() {
        let empty = Selected::default();
        let one = empty.next(vec![exactly(9 << 64, 443, 6, "beacon"), exactly(9 << 64, 443, 6, "again")]);
        assert_eq!((one.version, one.selectors.len()), (1, 1));
        let other = empty.next(vec![exactly(9 << 64, 443, 6, "c2-server")]);
        assert_ne!(one.fingerprint(), other.fingerprint());
    }

    #[test]
    fn a_mandate_that_names_nobody_changes_nothing() {
        let before = Selected::default().with(vec![exactly(9 << 64, 443, 6, "beacon")]);
        assert_eq!(Selected::beginning(&[], before.clone()), before);
        let named = Selected::beginning(&[("192.0.2.1".parse().unwrap(), Some(443))], before.clone());
        assert_eq!((named.version, named.selectors.len()), (2, 3));
    }
}
