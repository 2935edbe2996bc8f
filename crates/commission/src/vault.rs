//! The commission's shares of data keys: a file each, until it is destroyed.
//!
//! Destroying means: the bytes are overwritten and flushed, the file is removed, the folder is flushed. On a disk that
//! keeps old blocks (a copying file system, a worn flash block) the overwritten bytes may survive; the folder belongs
//! on a volume that is encrypted and does not snapshot. That limit is stated in `docs/adr/0011-split-keys.md`.

use noroshi_model::BatchId;
use noroshi_seal::Share;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The folder of shares.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// The vault in this folder, made if it is not there.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    fn path(&self, batch: BatchId) -> PathBuf {
        self.folder.join(batch.to_string())
    }

    fn flush_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    /// Keeps a share. Durable when this returns; whole or not at all.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&self, batch: BatchId, share: &Share) -> io::Result<()> {
        let waiting = self.folder.join(format!(".{batch}"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&waiting)?;
        file.write_all(share.bytes())?;
        file.sync_all()?;
        fs::rename(&waiting, self.path(batch))?;
        self.flush_folder()
    }

    /// The share of a batch, if it is here.
    ///
    /// # Errors
    /// What the system says, also for a file of another length.
    pub fn share(&self, batch: BatchId) -> io::Result<Option<Share>> {
        let bytes = match fs::read(self.path(batch)) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| io::Error::other("not a share of 32 bytes"))?;
        Ok(Some(Share::from_bytes(bytes)))
    }

    /// Destroys the share of a batch; `false` when there was none.
    ///
    /// # Errors
    /// What the system says. The share then counts as not destroyed.
    pub fn destroy(&self, batch: BatchId) -> io::Result<bool> {
        let path = self.path(batch);
        let mut file = match OpenOptions::new().write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        file.write_all(&[0; 32])?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        self.flush_folder()?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_share_is_kept_until_it_is_destroyed_and_its_bytes_are_gone_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        let batch = BatchId(Uuid::from_u128(7));
        assert!(vault.share(batch).unwrap().is_none());
        vault.keep(batch, &Share::from_bytes([5; 32])).unwrap();
        // A second name for the same file shows what became of its bytes.
        let other = folder.path().join("other");
        fs::hard_link(vault.path(batch), &other).unwrap();
        assert_eq!(vault.share(batch).unwrap().unwrap().bytes(), &[5; 32]);
        assert!(vault.destroy(batch).unwrap());
        assert!(vault.share(batch).unwrap().is_none());
        assert_eq!(fs::read(other).unwrap(), [0; 32]);
        assert!(!vault.destroy(batch).unwrap());
    }
}
