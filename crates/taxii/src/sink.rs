//! Where a pull puts what it gets.

use crate::durable::{self, FileError};
use crate::key::ObjectKey;
use noroshi_stix::{Fault, Received, Timestamp};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// One page of objects.
#[derive(Debug)]
pub struct Page<'a> {
    /// Which page of its pull, counted over all runs, from 1.
    pub number: u64,
    /// What the server gave, byte for byte, unpacked.
    pub bytes: &'a [u8],
    /// Its objects in their order, each judged by the strict reader.
    pub objects: Vec<PageObject<'a>>,
    /// The date the server added the first one.
    pub first: Option<Timestamp>,
    /// The date the server added the last one.
    pub last: Option<Timestamp>,
}

/// One object of a page.
#[derive(Debug)]
pub struct PageObject<'a> {
    /// Its bytes as the server gave them.
    pub bytes: &'a [u8],
    /// The object, or what is wrong with it.
    pub read: Result<Received, Fault>,
    /// Which object in which version.
    pub key: ObjectKey,
    /// This pull has handed it over before: the server was asked again for what lies at the edge.
    pub known: bool,
}

/// Takes pages. Once it has taken one, the pull goes on behind it, so the page must be there after a crash.
///
/// A pull that is killed between a page and the note of it hands over the same objects again. What is one object is
/// told by [`PageObject::key`]; [`JsonLines`] leaves out what it has.
pub trait Sink {
    /// Takes a page.
    ///
    /// # Errors
    /// Any; the pull ends with it, and the next one begins with this page.
    fn take(&mut self, page: &Page<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// A file with one object a line, each version of each object once. What the strict reader refuses is left out.
#[derive(Debug)]
pub struct JsonLines {
    path: PathBuf,
    file: File,
    keys: HashSet<ObjectKey>,
    lines_max: usize,
    _lock: File,
}

/// Why a file of lines cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A line is no object.
    #[error("`{}`, line {line}: {fault}; is it a file of objects, one a line?", path.display())]
    NotAnObject {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        fault: Box<Fault>,
    },
    /// More lines than allowed.
    #[error("`{}` has {lines_max} objects, which is the most; begin another file", path.display())]
    Full {
        /// Which file.
        path: PathBuf,
        /// How many it may have.
        lines_max: usize,
    },
}

impl JsonLines {
    /// Opens a file, or begins it. Half a line at its end, left by a crash, is cut off: its page comes again.
    ///
    /// # Errors
    /// [`LinesError`] where it is not such a file.
    pub fn open(path: &Path, limits: &crate::Limits) -> Result<Self, LinesError> {
        let lock = durable::hold(path)?;
        let because = FileError::at(path);
        let file = durable::append(path)?;
        let mut lines =
            Self { path: path.to_owned(), file, keys: HashSet::new(), lines_max: limits.lines_max, _lock: lock };
        let (whole, tail) = lines.read(limits)?;
        lines.mend(whole, &tail, limits)?;
        lines.file.sync_all().map_err(&because)?;
        Ok(lines)
    }

    /// Learns what the file has; gives how many of its bytes are whole lines, and what follows them.
    fn read(&mut self, limits: &crate::Limits) -> Result<(u64, Vec<u8>), LinesError> {
        let because = FileError::at(&self.path);
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        reader.seek(SeekFrom::Start(0)).map_err(&because)?;
        let (mut whole, mut line, mut number) = (0, Vec::new(), 0);
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line).map_err(&because)?;
            if line.last() != Some(&b'\n') {
                return Ok((whole, line));
            }
            number += 1;
            whole += read as u64;
            if number > self.lines_max {
                return Err(LinesError::Full { path: self.path.clone(), lines_max: self.lines_max });
            }
            let key = key(&line, limits).map_err(|fault| self.not_an_object(number, fault))?;
            self.keys.insert(key);
        }
    }

    fn not_an_object(&self, line: usize, fault: Fault) -> LinesError {
        LinesError::NotAnObject { path: self.path.clone(), line, fault: Box::new(fault) }
    }

    /// Ends a last line that only lacks its end, and cuts off one that is the beginning of an object. Anything else is
    /// somebody's, and left alone.
    fn mend(&mut self, whole: u64, tail: &[u8], limits: &crate::Limits) -> Result<(), LinesError> {
        let because = FileError::at(&self.path);
        if tail.is_empty() {
            return Ok(());
        }
        match key(tail, limits) {
            Ok(key) => {
                self.keys.insert(key);
                self.file.write_all(b"\n").map_err(because)?;
            }
            Err(_) if is_torn(tail) => self.file.set_len(whole).map_err(because)?,
            Err(fault) => return Err(self.not_an_object(self.keys.len() + 1, fault)),
        }
        Ok(())
    }

    /// Whether the file has this version of this object.
    pub fn has(&self, key: &ObjectKey) -> bool {
        self.keys.contains(key)
    }

    /// How many objects the file has.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the file has none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn append(&mut self, page: &Page<'_>) -> Result<(), LinesError> {
        let mut bytes = Vec::new();
        for object in &page.objects {
            let Ok(read) = &object.read else { continue };
            if !self.keys.contains(&object.key) {
                if self.keys.len() >= self.lines_max {
                    return Err(LinesError::Full { path: self.path.clone(), lines_max: self.lines_max });
                }
                self.keys.insert(object.key);
                bytes.extend_from_slice(read.bytes());
                bytes.push(b'\n');
            }
        }
        let because = FileError::at(&self.path);
        self.file.write_all(&bytes).map_err(&because)?;
        self.file.sync_data().map_err(because)?;
        Ok(())
    }
}

fn key(line: &[u8], limits: &crate::Limits) -> Result<ObjectKey, Fault> {
    Received::read(line, &limits.stix).map(|object| ObjectKey::of(&object))
}

/// Whether bytes are an object that breaks off.
fn is_torn(bytes: &[u8]) -> bool {
    let read = serde_json::from_slice::<serde::de::IgnoredAny>(bytes);
    bytes.starts_with(b"{") && read.is_err_and(|error| error.is_eof())
}

impl Sink for JsonLines {
    fn take(&mut self, page: &Page<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.append(page).map_err(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn address(value: &str) -> String {
        format!(r#"{{"type":"x-address","id":"x-address--28bb3599-77cd-5a82-a950-b5bc3caf07c4","x_value":"{value}"}}"#)
    }

    fn page(objects: &[String]) -> Page<'_> {
        let objects = objects.iter().map(|text| {
            let read = Received::read(text.as_bytes(), &Limits::default().stix);
            let key = read.as_ref().map_or_else(|_| ObjectKey::of_bytes(text.as_bytes()), ObjectKey::of);
            PageObject { bytes: text.as_bytes(), read, key, known: false }
        });
        Page { number: 1, bytes: b"", objects: objects.collect(), first: None, last: None }
    }

    #[test]
    fn half_a_line_is_cut_off_and_nothing_stands_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("objects.jsonl");
        let [a, b] = [address("a"), address("日本 \\u00e9 \\\\ \\\" 🏯")];
        let mut lines = JsonLines::open(&path, &Limits::default()).unwrap();
        lines.take(&page(&[a.clone(), a.clone(), "{}".to_owned()])).unwrap();
        assert!(matches!(JsonLines::open(&path, &Limits::default()), Err(LinesError::File(FileError::Held { .. }))));
        drop(lines);
        let whole = format!("{a}\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
        for cut in 0..=b.len() {
            std::fs::write(&path, [whole.as_bytes(), &b.as_bytes()[..cut]].concat()).unwrap();
            let mut lines = JsonLines::open(&path, &Limits::default()).unwrap();
            assert_eq!(lines.len(), if cut == b.len() { 2 } else { 1 });
            lines.take(&page(&[a.clone(), b.clone()])).unwrap();
            drop(lines);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{a}\n{b}\n"), "{cut}");
        }
    }

    #[test]
    fn a_file_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter");
        for text in ["Dear editor,\n", "Dear editor,", "{\"type\":\"bundle\",\"objects\":[]}", "[1,"] {
            std::fs::write(&path, text).unwrap();
            let error = JsonLines::open(&path, &Limits::default()).unwrap_err();
            assert!(error.to_string().contains("line 1"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_file_is_full_at_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("objects.jsonl");
        let limits = Limits { lines_max: 2, ..Limits::default() };
        let [a, b, c] = [address("a"), address("b"), address("c")];
        let mut lines = JsonLines::open(&path, &limits).unwrap();
        lines.take(&page(&[a, b.clone()])).unwrap();
        lines.take(&page(&[b])).unwrap();
        assert!(lines.take(&page(&[c])).unwrap_err().to_string().contains("begin another"));
        drop(lines);
        assert_eq!(JsonLines::open(&path, &limits).unwrap().len(), 2);
        let fewer = Limits { lines_max: 1, ..Limits::default() };
        assert!(matches!(JsonLines::open(&path, &fewer), Err(LinesError::Full { .. })));
    }
}
