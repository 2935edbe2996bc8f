//! Puts a file in place whole or not at all: a disk that fills up leaves no half-written file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file was not written. The file that was there before, if any, is untouched.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {source}; nothing was left half-written", path.display())]
pub struct CannotWrite {
    path: PathBuf,
    source: io::Error,
}

/// Writes `bytes` to `path`: into a new file in the same folder, flushed to disk, then renamed over `path`.
///
/// # Errors
/// [`CannotWrite`] when the folder is missing, full or not writable.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), CannotWrite> {
    write_with(path, |file| file.write_all(bytes))
}

fn write_with(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CannotWrite> {
    let because = |source| CannotWrite { path: path.to_owned(), source };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Dropping the temporary file on any early return removes it.
    let mut file = tempfile::Builder::new().prefix(".noroshi-").tempfile_in(folder).map_err(because)?;
    fill(&mut file).map_err(because)?;
    file.as_file().sync_all().map_err(because)?;
    readable_as_usual(path, file.as_file()).map_err(because)?;
    file.persist(path).map_err(|error| because(error.error))?;
    // The rename itself is durable once the folder is; a file system that cannot sync a folder is no reason to fail.
    if let Ok(folder) = std::fs::File::open(folder) {
        folder.sync_all().ok();
    }
    Ok(())
}

/// Keeps the permissions of the file replaced. A new file stays readable by its owner only, as temporary files are:
/// findings are nobody else's business until somebody decides so.
fn readable_as_usual(path: &Path, file: &std::fs::File) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(before) => file.set_permissions(before.permissions()),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        write_atomically(&path, b"old").unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["report.html"]);
    }

    #[test]
    fn a_full_disk_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        write_atomically(&path, b"old").unwrap();
        let full = |file: &mut dyn Write| {
            file.write_all(b"half of it")?;
            // What the kernel answers on a full disk, from the device made to answer it.
            match std::fs::OpenOptions::new().write(true).open("/dev/full") {
                Ok(mut device) => device.write_all(b"the rest"),
                Err(_) => Err(io::ErrorKind::StorageFull.into()),
            }
        };
        let error = write_with(&path, full).unwrap_err();
        assert!(error.to_string().contains("nothing was left half-written"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["report.html"]);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_atomically(&folder.path().join("none/report.html"), b"").unwrap_err();
        assert!(error.to_string().contains("none/report.html"));
    }
}
