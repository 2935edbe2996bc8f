//! A batch, encrypted: STREAM over ChaCha20-Poly1305, in chunks, from a reader to a writer.
//!
//! STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) numbers the chunks and marks the last, so that chunks cannot be
//! flipped, reordered, left out or cut off at the end without its being noticed. The id of the batch is authenticated
//! with every chunk: the records of one batch cannot be shown as those of another.
//!
//! ```text
//! "noroshi-batch/1\n" · 7 bytes of nonce · chunks of 65,536 bytes and 16 bytes of tag, the last shorter
//! ```

use crate::key::DataKey;
use crate::limits::CHUNK_BYTES;
use aead_stream::{DecryptorBE32, EncryptorBE32, NewStream as _, StreamBE32};
use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::Payload;
use rand::CryptoRng;
use sha2::{Digest as _, Sha256};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

const MAGIC: &[u8; 16] = b"noroshi-batch/1\n";
const NONCE_BYTES: usize = 7;
const TAG_BYTES: usize = 16;

/// Why a batch was not encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It does not begin as an encrypted batch does.
    #[error("not an encrypted batch")]
    NotABatch,
    /// Chunk `.0` does not open: another key or batch, or the bytes were changed, moved or cut.
    #[error("chunk {0} of the batch does not open: wrong key, another batch, or changed, moved or cut off")]
    Chunk(u64),
    /// More chunks than one nonce can number.
    #[error("the batch is too long for one key")]
    TooLong,
}

/// Reads until the buffer is full or the input ends.
fn fill(from: &mut impl Read, size: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    from.take(size as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn context(batch: &[u8; 16]) -> [u8; 32] {
    let mut context = [0; 32];
    context[..16].copy_from_slice(MAGIC);
    context[16..].copy_from_slice(batch);
    context
}

/// Encrypts everything `from` gives as the batch with this id. What comes back is SHA-256 of all that was written: the
/// `ciphertext` of the ledger's line.
///
/// # Errors
/// [`StreamError::Io`], [`StreamError::TooLong`].
pub fn encrypt(
    key: &DataKey,
    batch: &[u8; 16],
    rng: &mut impl CryptoRng,
    mut from: impl Read,
    mut to: impl Write,
) -> Result<[u8; 32], StreamError> {
    let mut nonce = [0; NONCE_BYTES];
    rng.fill_bytes(&mut nonce);
    let mut hash = Sha256::new();
    let mut put = |bytes: &[u8]| {
        hash.update(bytes);
        to.write_all(bytes)
    };
    put(MAGIC)?;
    put(&nonce)?;
    let aad = context(batch);
    let stream = StreamBE32::<ChaCha20Poly1305>::new(key.bytes().into(), (&nonce).into());
    let mut stream = EncryptorBE32::from_stream_primitive(stream);
    let mut chunk = fill(&mut from, CHUNK_BYTES)?;
    loop {
        let next = fill(&mut from, CHUNK_BYTES)?;
        let payload = Payload { msg: &chunk, aad: &aad };
        if next.is_empty() {
            put(&stream.encrypt_last(payload).map_err(|_| StreamError::TooLong)?)?;
            break;
        }
        put(&stream.encrypt_next(payload).map_err(|_| StreamError::TooLong)?)?;
        chunk = next;
    }
    to.flush()?;
    Ok(hash.finalize().into())
}

/// Decrypts the batch with this id. Only an answer without error vouches for what was written to `to`: a batch that was
/// cut off is noticed at its end.
///
/// # Errors
/// [`StreamError`], with the chunk.
pub fn decrypt(key: &DataKey, batch: &[u8; 16], mut from: impl Read, mut to: impl Write) -> Result<(), StreamError> {
    let head = fill(&mut from, MAGIC.len() + NONCE_BYTES)?;
    let nonce: &[u8; NONCE_BYTES] =
        head.strip_prefix(MAGIC).and_then(|nonce| nonce.try_into().ok()).ok_or(StreamError::NotABatch)?;
    let aad = context(batch);
    let stream = StreamBE32::<ChaCha20Poly1305>::new(key.bytes().into(), nonce.into());
    let mut stream = DecryptorBE32::from_stream_primitive(stream);
    let mut chunk = fill(&mut from, CHUNK_BYTES + TAG_BYTES)?;
    let mut number = 0;
    loop {
        let next = fill(&mut from, CHUNK_BYTES + TAG_BYTES)?;
        let payload = Payload { msg: &chunk, aad: &aad };
        if next.is_empty() {
            let last = stream.decrypt_last(payload).map_err(|_| StreamError::Chunk(number))?;
            to.write_all(&Zeroizing::new(last))?;
            break;
        }
        let opened = stream.decrypt_next(payload).map_err(|_| StreamError::Chunk(number))?;
        to.write_all(&Zeroizing::new(opened))?;
        chunk = next;
        number += 1;
    }
    Ok(to.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    const BATCH: [u8; 16] = [4; 16];
    const HEAD: usize = MAGIC.len() + NONCE_BYTES;
    const SEALED: usize = CHUNK_BYTES + TAG_BYTES;

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([2; 32])
    }

    fn sealed(plain: &[u8]) -> (DataKey, Vec<u8>) {
        let key = DataKey::fresh(&mut rng());
        let mut out = Vec::new();
        let digest = encrypt(&key, &BATCH, &mut rng(), plain, &mut out).unwrap();
        assert_eq!(digest, <[u8; 32]>::from(Sha256::digest(&out)));
        (key, out)
    }

    fn opened(key: &DataKey, sealed: &[u8]) -> Result<Vec<u8>, StreamError> {
        let mut out = Vec::new();
        decrypt(key, &BATCH, sealed, &mut out).map(|()| out)
    }

    #[test]
    fn every_length_around_a_chunk_comes_back() {
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7] {
            let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let (key, sealed) = sealed(&plain);
            assert_eq!(opened(&key, &sealed).unwrap(), plain, "{length}");
        }
    }

    #[test]
    fn cut_moved_or_doubled_chunks_are_noticed() {
        let (key, sealed) = sealed(&vec![7; 3 * CHUNK_BYTES]);
        let refused = |bytes: &[u8]| assert!(opened(&key, bytes).is_err());
        // Cut at every chunk boundary, and within.
        for end in [0, HEAD, HEAD + SEALED, HEAD + 2 * SEALED, sealed.len() - 1] {
            refused(&sealed[..end]);
        }
        let mut swapped = sealed.clone();
        let (one, two) = swapped[HEAD..].split_at_mut(SEALED);
        one.swap_with_slice(&mut two[..SEALED]);
        refused(&swapped);
        refused(&[&sealed[..HEAD + SEALED], &sealed[HEAD..]].concat());
        refused(&[&sealed[..HEAD], &sealed[HEAD + SEALED..]].concat());
        refused(&[&sealed[..], &[0; 40]].concat());
    }

    #[test]
    fn another_key_or_batch_opens_nothing() {
        let (key, sealed) = sealed(b"records");
        let other = DataKey::fresh(&mut ChaCha20Rng::from_seed([3; 32]));
        assert!(matches!(opened(&other, &sealed), Err(StreamError::Chunk(0))));
        assert!(matches!(decrypt(&key, &[5; 16], &sealed[..], io::sink()), Err(StreamError::Chunk(0))));
        assert!(matches!(opened(&key, b"something else"), Err(StreamError::NotABatch)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_flipped_bit_is_noticed(at in 0_usize..2_000_000, bit in 0_u8..8, length in 0_usize..200_000) {
            let (key, mut sealed) = sealed(&vec![9; length]);
            let at = at % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert!(opened(&key, &sealed).is_err());
        }
    }
}
