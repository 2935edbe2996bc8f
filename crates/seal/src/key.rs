//! Data keys: one for each mandate, day and source, split between operator and commission.

use crate::envelope::{NotOpened, Recipient, RecipientKey};
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

    /// Another key that follows from this one and from a label, and from which this one does not follow: what has it
    /// opens what it is for and not the batch.
    #[must_use]
    pub fn derived(&self, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"noroshi/derived-key/v1\n");
        hash.update((label.len() as u64).to_be_bytes());
        hash.update(label);
        hash.update(*self.0);
        Self(Zeroizing::new(hash.finalize().into()))
    }

    /// The key in an envelope to somebody, as [`RecipientKey::seal`] makes one.
    ///
    /// # Errors
    /// [`NotOpened`] when the recipient's key is none.
    pub fn sealed_to(
        &self,
        to: &RecipientKey,
        info: &str,
        aad: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, NotOpened> {
        to.seal(info, aad, &*self.0, rng)
    }

    /// A key from an envelope that [`DataKey::sealed_to`] made.
    ///
    /// # Errors
    /// [`NotOpened`] when it does not open, or holds something else.
    pub fn opened(by: &Recipient, info: &str, aad: &[u8], sealed: &[u8]) -> Result<Self, NotOpened> {
        let bytes = by.open(info, aad, sealed)?;
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| NotOpened::DoesNotOpen)?;
        Ok(Self(Zeroizing::new(key)))
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
