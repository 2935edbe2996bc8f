//! Pseudonyms for domestic addresses: a keyed permutation that keeps common prefixes (非識別化措置).

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use ipcrypt_rs::IpcryptPfx;
use noroshi_mandate::place::{from_bits, to_bits};
use std::net::IpAddr;

/// Pseudonyms remembered, so that the same address is not encrypted again and again.
const CACHE_MAX: usize = 1 << 18;

/// The key of one mandate's pseudonyms. Destroying it makes them meaningless for good.
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey(secret)")
    }
}

impl PseudonymKey {
    /// Derives the key of one mandate from a secret, so that one secret serves many mandates
    /// and pseudonyms of different mandates cannot be joined.
    pub fn derive(secret: &[u8], mandate_fingerprint: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("noroshi 2026 pseudonyms of one mandate v1");
        hasher.update(&(secret.len() as u64).to_le_bytes());
        hasher.update(secret);
        hasher.update(mandate_fingerprint.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }
}

/// Turns domestic addresses into pseudonyms of the same family: ipcrypt-pfx
/// (draft-denis-ipcrypt), the successor of Crypto-PAn (Xu et al., ICNP 2002).
pub struct Pseudonyms {
    cipher: IpcryptPfx,
    cache: HashMap<u128, u128, FixedState>,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pseudonyms({} cached)", self.cache.len())
    }
}

impl Pseudonyms {
    /// Pseudonyms under one key.
    pub fn new(key: &PseudonymKey) -> Self {
        Self { cipher: IpcryptPfx::new(key.0), cache: HashMap::with_hasher(FixedState::with_seed(3)) }
    }

    /// The pseudonym of an address, both as bits.
    pub fn of(&mut self, address: u128) -> u128 {
        if let Some(&known) = self.cache.get(&address) {
            return known;
        }
        let pseudonym = to_bits(self.cipher.encrypt_ipaddr(from_bits(address)));
        if self.cache.len() >= CACHE_MAX {
            self.cache.clear();
        }
        self.cache.insert(address, pseudonym);
        pseudonym
    }

    /// The address behind a pseudonym. Only the opening of an approved request asks for it (仮名の開示).
    pub fn back(&self, pseudonym: IpAddr) -> IpAddr {
        self.cipher.decrypt_ipaddr(pseudonym)
    }

    /// The pseudonym of an address.
    pub fn of_ip(&mut self, address: IpAddr) -> IpAddr {
        from_bits(self.of(to_bits(address)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms() -> Pseudonyms {
        Pseudonyms::new(&PseudonymKey::derive(b"a secret", "fingerprint"))
    }

    fn common(a: u128, b: u128) -> u32 {
        (a ^ b).leading_zeros()
    }

    #[test]
    fn common_prefixes_stay_common_and_nothing_else() {
        let mut p = pseudonyms();
        let bits = |t: &str| to_bits(t.parse().unwrap());
        for (a, b) in [("192.0.2.1", "192.0.2.77"), ("192.0.2.1", "198.51.100.1"), ("2001:db8::1", "2001:db8:1::1")] {
            let (x, y) = (p.of(bits(a)), p.of(bits(b)));
            assert_eq!(common(bits(a), bits(b)), common(x, y), "{a} {b}");
            assert_ne!(x, bits(a));
        }
    }

    #[test]
    fn whoever_holds_the_key_finds_the_way_back_and_nobody_else() {
        let (mut ours, other) = (pseudonyms(), Pseudonyms::new(&PseudonymKey::derive(b"a secret", "another")));
        for text in ["192.0.2.1", "2001:db8::1"] {
            let address: IpAddr = text.parse().unwrap();
            let pseudonym = ours.of_ip(address);
            assert_eq!(ours.back(pseudonym), address);
            assert_ne!(other.back(pseudonym), address);
        }
    }

    #[test]
    fn keys_of_different_mandates_differ() {
        let mut other = Pseudonyms::new(&PseudonymKey::derive(b"a secret", "another"));
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        assert_ne!(pseudonyms().of_ip(address), other.of_ip(address));
    }

    #[test]
    fn the_key_never_shows() {
        assert_eq!(format!("{:?}", PseudonymKey::derive(b"x", "y")), "PseudonymKey(secret)");
    }
}
