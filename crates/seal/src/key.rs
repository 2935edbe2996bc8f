//! Data keys: one for each mandate, day and source, split between operator and commission.

use rand::CryptoRng;
use sha2::{Digest as _, Sha256};
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The key of one batch. Lives in memory only, is wiped when dropped and never printed.
pub struct DataKey(Zeroizing<[u8; 32]>);

/// One half of a data key. Alone it says nothing: any key fits to it.
pub struct Share(Zeroizing<[u8; 32]>);

fn fill(rng: &mut impl CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *bytes);
    bytes
}

fn xor(one: &[u8; 32], other: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new(*one);
    bytes.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
    bytes
}

impl DataKey {
    /// A fresh key.
    pub fn fresh(rng: &mut impl CryptoRng) -> Self {
        Self(fill(rng))
    }

    /// Splits the key in two, both needed: the operator's share and the commission's.
    pub fn split(&self, rng: &mut impl CryptoRng) -> (Share, Share) {
        let commission = fill(rng);
        (Share(xor(&self.0, &commission)), Share(commission))
    }

    /// The key that two shares make. Shares that do not belong together make a key that opens nothing.
    pub fn joined(one: &Share, other: &Share) -> Self {
        Self(xor(&one.0, &other.0))
    }

    /// SHA-256 of the key, as the ledger registers it. The key has 256 random bits, so the digest gives nothing away.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Share {
    /// A share from its bytes, as they came out of an envelope or a file.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to seal or to keep.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of the share, as the ledger registers it.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    /// Whether this is the share with that digest; in constant time.
    pub fn is(&self, digest: &[u8; 32]) -> bool {
        self.digest().ct_eq(digest).into()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Share(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn two_shares_make_the_key_and_one_with_another_does_not() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let key = DataKey::fresh(&mut rng);
        let (operator, commission) = key.split(&mut rng);
        assert_eq!(DataKey::joined(&operator, &commission).digest(), key.digest());
        assert_eq!(DataKey::joined(&commission, &operator).digest(), key.digest());
        let (again, _) = key.split(&mut rng);
        assert_ne!(DataKey::joined(&again, &commission).digest(), key.digest());
        assert_ne!(operator.bytes(), key.bytes());
        assert_ne!(commission.bytes(), key.bytes());
        assert!(commission.is(&commission.digest()) && !commission.is(&operator.digest()));
    }

    #[test]
    fn secrets_are_not_printed() {
        let share = Share::from_bytes([0xab; 32]);
        assert_eq!(format!("{share:?} {:?}", DataKey::joined(&share, &share)), "Share(..) DataKey(..)");
    }
}
