//! Files that are there after a crash: whole or as before, and one process's at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Why a file could not be read, written or held.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system says no.
    #[error("`{}`: {source}", path.display())]
    System {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process works on it.
    #[error("`{}` is held by another process; let it finish, or use another file", path.display())]
    Held {
        /// Which file.
        path: PathBuf,
    },
    /// Longer than is read.
    #[error("`{}` is longer than {bytes_max} bytes; is it the right file?", path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// How much is read.
        bytes_max: u64,
    },
}

impl FileError {
    pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::System { path: path.clone(), source }
    }
}

/// Holds a file's lock until dropped or the process ends, however it ends. The lock is a file of its own beside it, as
/// the file itself is replaced.
pub(crate) fn hold(path: &Path) -> Result<File, FileError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let lock = append(&lock_path)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(FileError::Held { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(FileError::System { path: lock_path, source }),
    }
}

/// Opens a file to read it and add to it. A new one is its owner's alone, as what others share is nobody else's
/// business until somebody decides so.
pub(crate) fn append(path: &Path) -> Result<File, FileError> {
    let mut options = File::options();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(FileError::at(path))?;
    settle(path);
    Ok(file)
}

/// Puts bytes in place of a file: a new one beside it, flushed, renamed over it, and the folder flushed.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let because = FileError::at(path);
    let folder = folder(path);
    let mut file = tempfile::Builder::new().prefix(".noroshi-").tempfile_in(folder).map_err(&because)?;
    file.write_all(bytes).map_err(&because)?;
    file.as_file().sync_all().map_err(&because)?;
    file.persist(path).map_err(|error| because(error.error))?;
    settle(path);
    Ok(())
}

/// Makes a new name in a folder last. A file system that cannot flush a folder is no reason to fail.
fn settle(path: &Path) {
    if let Ok(folder) = File::open(folder(path)) {
        folder.sync_all().ok();
    }
}

/// The bytes of a file; nothing where there is none.
pub(crate) fn read(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileError::at(path)(error)),
    };
    let mut bytes = Vec::new();
    let read = file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(FileError::at(path))?;
    if read as u64 > bytes_max {
        return Err(FileError::TooLong { path: path.to_owned(), bytes_max });
    }
    Ok(Some(bytes))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_read_within_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert!(read(&path, 3).unwrap().is_none());
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(read(&path, 3).unwrap().unwrap(), b"new");
        assert!(matches!(read(&path, 2), Err(FileError::TooLong { bytes_max: 2, .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(replace(&folder.path().join("none/state"), b"").unwrap_err().to_string().contains("none/state"));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("objects");
        append(&path).unwrap();
        replace(&folder.path().join("state"), b"").unwrap();
        for name in ["objects", "state"] {
            assert_eq!(std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let held = hold(&path).unwrap();
        assert!(matches!(hold(&path), Err(FileError::Held { .. })));
        drop(held);
        hold(&path).unwrap();
    }
}
