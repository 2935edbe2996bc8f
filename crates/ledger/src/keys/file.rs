//! Key files: one line of secret text, readable by their owner only.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Bytes of a key file; a key is under 400.
const KEY_FILE_BYTES_MAX: u64 = 4096;

/// Why a key file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file system said no.
    #[error("key file `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than the owner may read it.
    #[error("key file `{}` can be read by others (mode {mode:o}); run `chmod 600` on it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// Writes a secret text into a new file with mode 0600, flushed to disk. Never replaces a key that is there.
///
/// # Errors
/// [`KeyFileError::Io`], also when the file exists.
pub fn write_key_file(path: &Path, secret_text: &str) -> Result<(), KeyFileError> {
    let because = |source| KeyFileError::Io { path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(because)?;
    file.write_all(format!("{secret_text}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(because)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(because)
}

/// Reads a key file that only its owner can read.
///
/// # Errors
/// [`KeyFileError::Exposed`] when group or others have any right on it; [`KeyFileError::Io`].
pub fn read_key_file(path: &Path) -> Result<String, KeyFileError> {
    let because = |source| KeyFileError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(because)?;
    let mode = file.metadata().map_err(because)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text).map_err(because)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// The permission bits of a file.
#[cfg(test)]
pub(super) fn mode_of(path: &Path) -> u32 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode() & 0o777)
}
