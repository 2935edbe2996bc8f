//! Where batches lie: the encrypted records, and the hub's half of each key.
//!
//! A batch's plaintext is 32 bytes, the secret of its pseudonyms, and then the lake as Parquet. Whoever can read the
//! records can turn their pseudonyms back, and nobody else: when the commission destroys its half of the key, both
//! are gone, in every backup too.

use crate::opens::Opens;
use noroshi_authz::{Permit, act};
use noroshi_flow::PseudonymKey;
use noroshi_model::BatchId;
use noroshi_seal::{DataKey, Share, StreamError};
use rand_chacha::ChaCha20Rng;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Bytes of the secret that a batch's pseudonyms come from.
pub(crate) const SECRET_BYTES: usize = 32;

/// The key of a batch's pseudonyms: the same address has another pseudonym in every batch.
pub(crate) fn pseudonym_key(secret: &[u8; SECRET_BYTES], batch: BatchId) -> PseudonymKey {
    PseudonymKey::derive(secret, &batch.to_string())
}

/// Why a batch cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file or folder.
    #[error("`{path}`: {source}")]
    Io {
        /// Which.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Encrypting or decrypting.
    #[error("batch {batch}: {source}")]
    Stream {
        /// Which batch.
        batch: BatchId,
        /// Why.
        source: StreamError,
    },
    /// The hub's half of a key is not what was kept.
    #[error("`{0}` is not half of a key")]
    NotAShare(String),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> VaultError {
    move |source| VaultError::Io { path: path.display().to_string(), source }
}

/// A folder of batches, readable by its owner only. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
    clear: PathBuf,
}

impl Vault {
    /// Opens a vault in `folder`, made where there is none. Clear records lie below `memory`, a file system in memory
    /// (`/dev/shm`); what a run that ended badly left there is removed.
    ///
    /// # Errors
    /// [`VaultError::Io`] names the folder.
    pub fn open(folder: &Path, memory: &Path) -> Result<Self, VaultError> {
        let private =
            |path: &Path| std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(at(path));
        private(folder)?;
        let whole = folder.canonicalize().map_err(at(folder))?;
        let name = hex::encode(&noroshi_leaf::Digest::of(whole.as_os_str().as_encoded_bytes()).0[..8]);
        let clear = memory.join(format!("noroshi-{name}"));
        match std::fs::remove_dir_all(&clear) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&clear)(error)),
            _ => private(&clear)?,
        }
        Ok(Self { folder: whole, clear })
    }

    fn share_path(&self, batch: BatchId) -> PathBuf {
        self.folder.join(format!("{batch}.share"))
    }

    fn sealed_path(&self, batch: BatchId) -> PathBuf {
        self.folder.join(format!("{batch}.sealed"))
    }

    fn input_path(&self, batch: BatchId) -> PathBuf {
        self.folder.join(format!("{batch}.input"))
    }

    /// A folder in memory for clear records, removed when it is dropped.
    pub(crate) fn clear(&self) -> Result<TempDir, VaultError> {
        TempDir::new_in(&self.clear).map_err(at(&self.clear))
    }

    /// Keeps the hub's half of a new batch's key, durably, before anything is collected under it.
    pub(crate) fn begin(&self, batch: BatchId, own: &Share) -> Result<(), VaultError> {
        let path = self.share_path(batch);
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(own.bytes())?;
            file.sync_all()?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(at(&path))
    }

    /// The hub's half of a key.
    pub(crate) fn share(&self, batch: BatchId) -> Result<Share, VaultError> {
        let path = self.share_path(batch);
        let bytes = Zeroizing::new(std::fs::read(&path).map_err(at(&path))?);
        let half = bytes.as_slice().try_into().map_err(|_| VaultError::NotAShare(path.display().to_string()))?;
        Ok(Share::from_bytes(half))
    }

    /// Encrypts a lake and the secret of its pseudonyms as a batch, durably. What comes back is SHA-256 of the
    /// ciphertext. A full disk leaves no half batch.
    pub(crate) fn seal(
        &self,
        batch: BatchId,
        key: &DataKey,
        (secret, lake): (&[u8; SECRET_BYTES], &Path),
        dice: &mut ChaCha20Rng,
    ) -> Result<[u8; 32], VaultError> {
        let (path, partial) = (self.sealed_path(batch), self.folder.join(format!("{batch}.partial")));
        let lake = File::open(lake).map_err(at(lake))?;
        let plain = secret.as_slice().chain(io::BufReader::new(lake));
        self.written(batch, &path, &partial, |file| noroshi_seal::encrypt(key, batch.0.as_bytes(), dice, plain, file))
    }

    /// Encrypts the input of a batch's selection under a key of its own, durably. What comes back is SHA-256 of the
    /// ciphertext.
    pub(crate) fn seal_input(
        &self,
        batch: BatchId,
        key: &DataKey,
        input: &[u8],
        dice: &mut ChaCha20Rng,
    ) -> Result<[u8; 32], VaultError> {
        let (path, partial) = (self.input_path(batch), self.folder.join(format!("{batch}.partial")));
        self.written(batch, &path, &partial, |file| noroshi_seal::encrypt(key, batch.0.as_bytes(), dice, input, file))
    }

    /// The encrypted input of the selection of a batch that may be looked at.
    pub(crate) fn input(&self, permit: &Permit<'_, act::RunDetectors>) -> Result<Vec<u8>, VaultError> {
        let path = self.input_path(permit.batch());
        std::fs::read(&path).map_err(at(&path))
    }

    /// Writes a file whole and durably, or not at all.
    fn written<T>(
        &self,
        batch: BatchId,
        path: &Path,
        partial: &Path,
        write: impl FnOnce(&mut File) -> Result<T, StreamError>,
    ) -> Result<T, VaultError> {
        let written = (|| {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(partial)?;
            let done = write(&mut file)?;
            file.sync_all()?;
            std::fs::rename(partial, path)?;
            File::open(&self.folder)?.sync_all()?;
            Ok(done)
        })();
        written.map_err(|source| {
            // The error that counts is the one before; what cannot be removed is overwritten next time.
            let _ = std::fs::remove_file(partial);
            VaultError::Stream { batch, source }
        })
    }

    /// Decrypts the batch that a permit opens: the secret of its pseudonyms, and the lake written to `lake`.
    pub(crate) fn open_batch(
        &self,
        permit: &impl Opens,
        key: &DataKey,
        lake: impl Write,
    ) -> Result<Zeroizing<[u8; SECRET_BYTES]>, VaultError> {
        self.decrypted(permit.batch(), key, lake)
    }

    fn decrypted(
        &self,
        batch: BatchId,
        key: &DataKey,
        lake: impl Write,
    ) -> Result<Zeroizing<[u8; SECRET_BYTES]>, VaultError> {
        let path = self.sealed_path(batch);
        let sealed = io::BufReader::new(File::open(&path).map_err(at(&path))?);
        let mut parts = Parts { secret: Zeroizing::new([0; SECRET_BYTES]), have: 0, rest: lake };
        noroshi_seal::decrypt(key, batch.0.as_bytes(), sealed, &mut parts)
            .map_err(|source| VaultError::Stream { batch, source })?;
        Ok(parts.secret)
    }

    /// Every batch that lies here.
    pub(crate) fn batches(&self) -> Result<Vec<BatchId>, VaultError> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let name = entry.map_err(at(&self.folder))?.file_name();
            found.extend(name.to_str().and_then(|name| name.strip_suffix(".share")?.parse::<BatchId>().ok()));
        }
        Ok(found)
    }

    /// Removes what is left of a batch whose key is destroyed. Its destruction is the commission's; this is tidiness.
    pub(crate) fn forget(&self, batch: BatchId) -> Result<(), VaultError> {
        for path in [self.share_path(batch), self.sealed_path(batch), self.input_path(batch)] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path)(error)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The first bytes apart, the rest handed on.
struct Parts<W> {
    secret: Zeroizing<[u8; SECRET_BYTES]>,
    have: usize,
    rest: W,
}

impl<W: Write> Write for Parts<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let missing = SECRET_BYTES - self.have;
        if missing == 0 {
            return self.rest.write(bytes);
        }
        let take = missing.min(bytes.len());
        self.secret[self.have..self.have + take].copy_from_slice(&bytes[..take]);
        self.have += take;
        Ok(take)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.rest.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng as _;
    use uuid::Uuid;

    const BATCH: BatchId = BatchId(Uuid::from_u128(7));

    fn dice() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([5; 32])
    }

    fn vault(folder: &Path) -> Vault {
        Vault::open(&folder.join("vault"), &folder.join("memory")).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_both_halves_and_with_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, key) = (vault(folder.path()), DataKey::fresh(&mut dice()));
        let (own, theirs) = key.split(&mut dice());
        vault.begin(BATCH, &own).unwrap();
        let lake = folder.path().join("lake");
        std::fs::write(&lake, vec![9; 100_000]).unwrap();
        vault.seal(BATCH, &key, (&[3; 32], &lake), &mut dice()).unwrap();
        let joined = DataKey::joined(&vault.share(BATCH).unwrap(), &theirs);
        let mut out = Vec::new();
        assert_eq!(*vault.decrypted(BATCH, &joined, &mut out).unwrap(), [3; 32]);
        assert_eq!(out, vec![9; 100_000]);
        let alone = DataKey::joined(&own, &own);
        assert!(vault.decrypted(BATCH, &alone, io::sink()).is_err());
        let bytes = std::fs::read(vault.sealed_path(BATCH)).unwrap();
        assert!(!bytes.windows(16).any(|window| window == [9; 16]), "no record lies there in the clear");
        assert_eq!(vault.batches().unwrap(), [BATCH]);
        vault.forget(BATCH).unwrap();
        vault.forget(BATCH).unwrap();
        assert_eq!(vault.batches().unwrap(), []);
        assert!(vault.share(BATCH).is_err());
    }

    #[test]
    fn clear_records_of_a_run_that_ended_badly_are_gone_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let left = vault(folder.path()).clear().unwrap().keep();
        std::fs::write(left.join("lake.parquet"), b"records").unwrap();
        let vault = vault(folder.path());
        assert!(!left.exists());
        assert!(vault.clear().unwrap().path().exists());
    }

    #[test]
    fn a_half_is_never_replaced_and_only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (vault, key) = (vault(folder.path()), DataKey::fresh(&mut dice()));
        let (own, _) = key.split(&mut dice());
        vault.begin(BATCH, &own).unwrap();
        assert!(vault.begin(BATCH, &own).is_err());
        let mode = std::fs::metadata(vault.share_path(BATCH)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
