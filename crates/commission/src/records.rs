//! Records as JSON lines: appended and flushed before anybody is told, never changed.

use crate::limits::{RECORD_BYTES_MAX, RECORDS_MAX};
use serde::{Serialize, de::DeserializeOwned};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file of records, and what stands in it.
#[derive(Debug)]
pub struct Records<T> {
    path: PathBuf,
    file: File,
    all: Vec<T>,
    stopped: bool,
}

/// Why records were not read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The file system said no.
    #[error("`{path}`: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not a record.
    #[error("`{path}`, line {line}: {why}; the file was changed by something else")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The file or the record is at its limit.
    #[error("`{path}` is full, or the record is too long")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// A write failed earlier: what is on the disk is uncertain.
    #[error("`{path}`: a write failed before; start the program again")]
    Stopped {
        /// The file.
        path: PathBuf,
    },
}

impl<T: Serialize + DeserializeOwned> Records<T> {
    /// Opens or makes a file of records. A last line without its line feed was never acknowledged and is cut off.
    ///
    /// # Errors
    /// [`RecordsError`], naming the file and line.
    pub fn open(path: &Path) -> Result<Self, RecordsError> {
        let because = |source| RecordsError::Io { path: path.to_owned(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(because)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(because)?;
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            file.set_len(whole as u64).map_err(because)?;
        }
        file.seek(SeekFrom::End(0)).map_err(because)?;
        file.sync_all().map_err(because)?;
        let mut all = Vec::new();
        for (number, line) in text[..whole].split(|&byte| byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            all.push(serde_json::from_slice(line).map_err(|error| RecordsError::Damaged {
                path: path.to_owned(),
                line: number + 1,
                why: error.to_string(),
            })?);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(because)?;
        Ok(Self { path: path.to_owned(), file, all, stopped: false })
    }

    /// Appends a record. It is durable when this returns.
    ///
    /// # Errors
    /// [`RecordsError`]; after a failed write nothing more is written.
    pub fn add(&mut self, record: T) -> Result<(), RecordsError> {
        if self.stopped {
            return Err(RecordsError::Stopped { path: self.path.clone() });
        }
        let mut line = serde_json::to_vec(&record)
            .map_err(|error| RecordsError::Io { path: self.path.clone(), source: error.into() })?;
        line.push(b'\n');
        if line.len() > RECORD_BYTES_MAX || self.all.len() >= RECORDS_MAX {
            return Err(RecordsError::Full { path: self.path.clone() });
        }
        if let Err(source) = self.file.write_all(&line).and_then(|()| self.file.sync_data()) {
            self.stopped = true;
            return Err(RecordsError::Io { path: self.path.clone(), source });
        }
        self.all.push(record);
        Ok(())
    }

    /// Every record, oldest first.
    pub fn all(&self) -> &[T] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_and_a_torn_last_line_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let mut records = Records::open(&path).unwrap();
        records.add("one".to_owned()).unwrap();
        records.add("two\nlines".to_owned()).unwrap();
        drop(records);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"\"torn").unwrap();
        let mut records: Records<String> = Records::open(&path).unwrap();
        assert_eq!(records.all(), ["one", "two\nlines"]);
        records.add("three".to_owned()).unwrap();
        let records: Records<String> = Records::open(&path).unwrap();
        assert_eq!(records.all().len(), 3);
    }

    #[test]
    fn a_changed_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        std::fs::write(&path, "\"one\"\nnot json\n").unwrap();
        assert!(matches!(Records::<String>::open(&path), Err(RecordsError::Damaged { line: 2, .. })));
    }

    #[test]
    fn a_record_past_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut records = Records::open(&folder.path().join("r.jsonl")).unwrap();
        assert!(records.add("x".repeat(RECORD_BYTES_MAX - 3)).is_ok());
        assert!(matches!(records.add("x".repeat(RECORD_BYTES_MAX - 2)), Err(RecordsError::Full { .. })));
    }
}
