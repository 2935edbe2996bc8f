//! The selection set: of which servers records may be kept from now on (自動選別).

use crate::contact::Contact;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use noroshi_mandate::place::from_bits;
use serde::Serialize;
use std::net::IpAddr;

/// One server that was selected mechanically, and the rule that did it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// A versioned set of selectors. Changing it makes a new version; versions are logged by fingerprint.
#[derive(Debug, Clone, Default)]
pub struct SelectionSet {
    version: u64,
    selectors: Vec<Selector>,
    exact: HashSet<(u128, u16, u8), FixedState>,
    hosts: HashSet<u128, FixedState>,
}

impl SelectionSet {
    /// The next version with these selectors, sorted and without repeats.
    pub fn next(&self, mut selectors: Vec<Selector>) -> Self {
        selectors.sort();
        selectors.dedup_by(|a, b| (a.server, a.port, a.protocol) == (b.server, b.port, b.protocol));
        let mut set = Self { version: self.version + 1, ..Self::default() };
        for selector in &selectors {
            let bits = noroshi_mandate::place::to_bits(selector.server);
            match (selector.port, selector.protocol) {
                (Some(port), Some(protocol)) => {
                    set.exact.insert((bits, port, protocol));
                }
                _ => {
                    set.hosts.insert(bits);
                }
            }
        }
        set.selectors = selectors;
        set
    }

    /// Whether a contact's records may be kept.
    #[inline]
    pub fn selects(&self, contact: &Contact) -> bool {
        self.exact.contains(&(contact.server, contact.server_port, contact.protocol))
            || (!self.hosts.is_empty()
                && (self.hosts.contains(&contact.server) || self.hosts.contains(&contact.client)))
    }

    /// 0 for the empty set before any selection.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The selectors, sorted.
    pub fn selectors(&self) -> &[Selector] {
        &self.selectors
    }

    /// What is logged and signed: BLAKE3 over the version and every selector, hex.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("noroshi 2026 selection set v1");
        hasher.update(&self.version.to_le_bytes());
        for selector in &self.selectors {
            hasher.update(&noroshi_mandate::place::to_bits(selector.server).to_be_bytes());
            hasher.update(&selector.port.map_or([0; 3], |p| [1, (p >> 8) as u8, p as u8]));
            hasher.update(&selector.protocol.map_or([0; 2], |p| [1, p]));
            hasher.update(&(selector.rule.len() as u64).to_le_bytes());
            hasher.update(selector.rule.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// A selector of one server on one port.
pub fn exactly(server: u128, port: u16, protocol: u8, rule: &str) -> Selector {
    Selector { server: from_bits(server), port: Some(port), protocol: Some(protocol), rule: rule.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_and_the_fingerprint_covers_the_rule() {
        let empty = SelectionSet::default();
        let one = empty.next(vec![exactly(9 << 64, 443, 6, "beacon"), exactly(9 << 64, 443, 6, "again")]);
        assert_eq!((one.version(), one.selectors().len()), (1, 1));
        let other = empty.next(vec![exactly(9 << 64, 443, 6, "c2-server")]);
        assert_ne!(one.fingerprint(), other.fingerprint());
    }
}
