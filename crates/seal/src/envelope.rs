//! A share or a payload, sealed to one recipient: HPKE (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305.
//!
//! What an envelope is for (`info`) and what it belongs to (`aad`) are authenticated: a share sealed for a deposit does
//! not open as a release, and that of one batch not as another's.

use crate::limits::PAYLOAD_BYTES_MAX;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::{Kem as _, X25519HkdfSha256};
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use rand::CryptoRng;
use std::fmt;
use zeroize::Zeroizing;

type Private = <X25519HkdfSha256 as hpke::kem::Kem>::PrivateKey;
type Public = <X25519HkdfSha256 as hpke::kem::Kem>::PublicKey;
type Encapped = <X25519HkdfSha256 as hpke::kem::Kem>::EncappedKey;

const ENCAPPED_BYTES: usize = 32;

/// Whom something is sealed to: an X25519 public key.
#[derive(Clone, PartialEq, Eq)]
pub struct RecipientKey(Public);

/// Who can open it. Not printed, not cloned; wiped when dropped.
pub struct Recipient {
    private: Private,
    public: RecipientKey,
}

/// Why an envelope was not sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// Not an X25519 public key.
    #[error("not an X25519 public key")]
    NotAKey,
    /// Longer than any payload.
    #[error("a payload has at most {PAYLOAD_BYTES_MAX} bytes, not {0}")]
    TooLong(usize),
    /// It was sealed to somebody else, for something else, or changed.
    #[error("the envelope does not open: sealed to another key, for another purpose, or changed")]
    DoesNotOpen,
}

impl RecipientKey {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`NotOpened::NotAKey`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotOpened> {
        Public::from_bytes(bytes).map(Self).map_err(|_| NotOpened::NotAKey)
    }

    /// Its 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes().into()
    }

    /// Its 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        self.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Seals a payload to this recipient: 32 bytes of encapsulated key, then the ciphertext.
    ///
    /// # Errors
    /// [`NotOpened::TooLong`] beyond [`PAYLOAD_BYTES_MAX`]; [`NotOpened::NotAKey`] for a key of low order.
    pub fn seal(&self, info: &str, aad: &[u8], payload: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, NotOpened> {
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(NotOpened::TooLong(payload.len()));
        }
        let (encapped, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &self.0,
            info.as_bytes(),
            payload,
            aad,
            rng,
        )
        .map_err(|_| NotOpened::NotAKey)?;
        Ok([&encapped.to_bytes()[..], &ciphertext].concat())
    }
}

impl Recipient {
    /// A fresh key pair.
    pub fn fresh(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self::from_seed(&seed)
    }

    /// The key pair of 32 secret bytes of good randomness (RFC 9180, `DeriveKeyPair`).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let (private, public) = X25519HkdfSha256::derive_keypair(seed);
        Self { private, public: RecipientKey(public) }
    }

    /// The key others seal to.
    pub fn public(&self) -> &RecipientKey {
        &self.public
    }

    /// Opens an envelope.
    ///
    /// # Errors
    /// [`NotOpened::DoesNotOpen`].
    pub fn open(&self, info: &str, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        let (encapped, ciphertext) = sealed.split_at_checked(ENCAPPED_BYTES).ok_or(NotOpened::DoesNotOpen)?;
        let encapped = Encapped::from_bytes(encapped).map_err(|_| NotOpened::DoesNotOpen)?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapped,
            info.as_bytes(),
            ciphertext,
            aad,
        )
        .map(Zeroizing::new)
        .map_err(|_| NotOpened::DoesNotOpen)
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecipientKey({:02x?})", self.to_bytes())
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({:?}, secret)", self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn an_envelope_opens_for_its_recipient_purpose_and_thing_alone() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let (recipient, other) = (Recipient::fresh(&mut rng), Recipient::fresh(&mut rng));
        let sealed = recipient.public().seal("share", b"batch 1", b"secret", &mut rng).unwrap();
        assert_eq!(&**recipient.open("share", b"batch 1", &sealed).unwrap(), b"secret");
        assert_eq!(other.open("share", b"batch 1", &sealed), Err(NotOpened::DoesNotOpen));
        assert_eq!(recipient.open("release", b"batch 1", &sealed), Err(NotOpened::DoesNotOpen));
        assert_eq!(recipient.open("share", b"batch 2", &sealed), Err(NotOpened::DoesNotOpen));
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert!(recipient.open("share", b"batch 1", &flipped).is_err(), "byte {at}");
        }
        assert!(recipient.open("share", b"batch 1", &sealed[..20]).is_err());
    }

    #[test]
    fn a_key_reads_back_and_a_weak_one_seals_nothing() {
        let recipient = Recipient::from_seed(&[7; 32]);
        let bytes = recipient.public().to_bytes();
        assert_eq!(RecipientKey::from_bytes(&bytes).unwrap(), *recipient.public());
        assert_eq!(RecipientKey::from_bytes(&bytes[..31]), Err(NotOpened::NotAKey));
        let sealed = RecipientKey::from_bytes(&[0; 32])
            .and_then(|key| key.seal("share", b"", b"secret", &mut ChaCha20Rng::from_seed([1; 32])));
        assert_eq!(sealed, Err(NotOpened::NotAKey));
    }

    #[test]
    fn a_payload_at_the_limit_is_sealed_and_one_past_it_is_not() {
        let recipient = Recipient::from_seed(&[7; 32]);
        let seal =
            |size| recipient.public().seal("p", b"", &vec![0; size], &mut ChaCha20Rng::from_seed([1; 32])).map(|_| ());
        assert_eq!(seal(PAYLOAD_BYTES_MAX), Ok(()));
        assert_eq!(seal(PAYLOAD_BYTES_MAX + 1), Err(NotOpened::TooLong(PAYLOAD_BYTES_MAX + 1)));
    }
}
