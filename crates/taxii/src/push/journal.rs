//! What was sent and what became of it, one line a step, each on the disk before the next step.

use super::input::Input;
use crate::durable::{self, FileError};
use crate::{Address, Limits};
use noroshi_stix::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The version of the file.
const VERSION: u32 = 1;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Entry {
    Begun { version: u32, collection: String, input: String, objects: usize },
    Sending { from: usize, to: usize },
    Accepted { from: usize, to: usize, status: String },
    Settled(Settled),
}

/// A batch the server has decided on: objects `from..to` of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settled {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Objects it took.
    pub(super) taken: u64,
    /// Objects it had.
    pub(super) there: u64,
    /// Objects it refused.
    pub(super) failures: Vec<Failure>,
    /// Objects it refused without naming them.
    pub(super) unnamed: u64,
}

/// An object the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Which object, as the server writes it.
    pub id: String,
    /// Which version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<Timestamp>,
    /// Why, in the server's words, fit to be shown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
}

/// A batch that was sent, or was about to be, and is not decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The status the server answered with.
    pub(super) status: Option<String>,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Not a journal of this program.
    #[error("`{}`, line {line}, is not of a journal that can be read ({why}); give another file", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// Of another push.
    #[error("`{}` is the journal of another push ({what}); give another file", path.display())]
    Other {
        /// Which file.
        path: PathBuf,
        /// What is another.
        what: &'static str,
    },
}

/// An open journal.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    open: Option<Open>,
    settled: Vec<Settled>,
    _lock: File,
}

impl Journal {
    /// Opens a journal, or begins it. Half a line at its end, left by a crash, is cut off: that step was not taken.
    pub(super) fn open(
        path: &Path,
        collection: &Address,
        input: &Input,
        limits: &Limits,
    ) -> Result<Self, JournalError> {
        let lock = durable::hold(path)?;
        let bytes = durable::read(path, limits.journal_bytes_max)?.unwrap_or_default();
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let file = durable::append(path)?;
        let mut journal = Self { path: path.to_owned(), file, open: None, settled: Vec::new(), _lock: lock };
        let begun = Entry::Begun {
            version: VERSION,
            collection: collection.as_str().to_owned(),
            input: input.digest().to_owned(),
            objects: input.len(),
        };
        let lines = bytes[..whole].split(|byte| *byte == b'\n').enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let unreadable = |why: String| JournalError::Unreadable { path: path.to_owned(), line: at + 1, why };
            let entry = serde_json::from_slice(line).map_err(|error| unreadable(error.to_string()))?;
            match at {
                0 => journal.is_of(&entry, &begun)?,
                _ => journal.replay(entry, input.len()).map_err(|why| unreadable(why.to_owned()))?,
            }
        }
        journal.cut_to(whole, &bytes, &begun)?;
        Ok(journal)
    }

    /// Cuts off half a line. A file that is no journal was refused by now; one without a whole line has to be the
    /// beginning of this one.
    fn cut_to(&mut self, whole: usize, bytes: &[u8], begun: &Entry) -> Result<(), JournalError> {
        let because = FileError::at(&self.path);
        let first = serde_json::to_vec(begun).map_err(|error| because(error.into()))?;
        if whole == 0 && !first.starts_with(bytes) {
            return Err(JournalError::Other { path: self.path.clone(), what: "it does not begin as a journal does" });
        }
        self.file.set_len(whole as u64).map_err(&because)?;
        if whole == 0 { self.write(begun) } else { Ok(()) }
    }

    fn is_of(&self, found: &Entry, wanted: &Entry) -> Result<(), JournalError> {
        let other = |what| Err(JournalError::Other { path: self.path.clone(), what });
        let (
            Entry::Begun { version, collection, input, objects },
            Entry::Begun { version: v, collection: c, input: i, objects: o },
        ) = (found, wanted)
        else {
            return other("it does not begin as a journal does");
        };
        match () {
            () if version != v => other("of another version of this program"),
            () if collection != c => other("to another collection"),
            () if (input, objects) != (i, o) => other("of other objects"),
            () => Ok(()),
        }
    }

    fn replay(&mut self, entry: Entry, objects: usize) -> Result<(), &'static str> {
        let reached = self.reached();
        let fits = |from: usize, to: usize| from == reached && from < to && to <= objects;
        match entry {
            Entry::Sending { from, to } if fits(from, to) => self.open = Some(Open { from, to, status: None }),
            Entry::Accepted { from, to, status } if fits(from, to) => {
                self.open = Some(Open { from, to, status: Some(status) });
            }
            Entry::Settled(settled) if fits(settled.from, settled.to) => {
                self.open = None;
                self.settled.push(settled);
            }
            _ => return Err("it does not follow from the lines before"),
        }
        Ok(())
    }

    /// The first object that is not settled.
    pub(super) fn reached(&self) -> usize {
        self.settled.last().map_or(0, |settled| settled.to)
    }

    pub(super) fn settled(&self) -> &[Settled] {
        &self.settled
    }

    /// The batch an earlier run left open.
    pub(super) fn take_open(&mut self) -> Option<Open> {
        self.open.take()
    }

    pub(super) fn sending(&mut self, range: &Range<usize>) -> Result<(), JournalError> {
        self.write(&Entry::Sending { from: range.start, to: range.end })
    }

    pub(super) fn accepted(&mut self, range: &Range<usize>, status: &str) -> Result<(), JournalError> {
        self.write(&Entry::Accepted { from: range.start, to: range.end, status: status.to_owned() })
    }

    pub(super) fn settle(&mut self, settled: Settled) -> Result<(), JournalError> {
        self.write(&Entry::Settled(settled.clone()))?;
        self.settled.push(settled);
        Ok(())
    }

    fn write(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let because = FileError::at(&self.path);
        let mut line = serde_json::to_vec(entry).map_err(|error| because(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(&because)?;
        self.file.sync_data().map_err(because)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::circle::Circle;

    fn input(count: usize) -> Input {
        let line = |n| format!(r#"{{"type":"x-thing","id":"x-thing--28bb3599-77cd-5a82-a950-{n:012x}"}}"#);
        let lines: Vec<_> = (0..count).map(line).collect();
        Input::read(lines.join("\n").as_bytes(), Circle::Partners, &Limits::default()).unwrap()
    }

    fn settled(from: usize, to: usize) -> Settled {
        Settled { from, to, taken: (to - from) as u64, there: 0, failures: Vec::new(), unnamed: 0 }
    }

    #[test]
    fn a_journal_cut_anywhere_goes_on_from_a_whole_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let collection = Address::parse("https://taxii.example.org/").unwrap();
        let open = || Journal::open(&path, &collection, &input(9), &Limits::default());
        let mut journal = open().unwrap();
        journal.sending(&(0..4)).unwrap();
        journal.accepted(&(0..4), "s").unwrap();
        journal.settle(settled(0, 4)).unwrap();
        journal.sending(&(4..6)).unwrap();
        drop(journal);
        let bytes = std::fs::read(&path).unwrap();
        let mut steps = Vec::new();
        for cut in 0..=bytes.len() {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let mut journal = open().unwrap();
            let step = (journal.reached(), journal.take_open().map(|open| (open.from, open.to, open.status)));
            if steps.last() != Some(&step) {
                steps.push(step);
            }
        }
        let accepted = Some((0, 4, Some("s".to_owned())));
        assert_eq!(steps, [(0, None), (0, Some((0, 4, None))), (0, accepted), (4, None), (4, Some((4, 6, None)))]);
    }

    #[test]
    fn a_journal_is_of_one_push() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let [here, there] =
            ["https://taxii.example.org/1/", "https://taxii.example.org/2/"].map(|text| Address::parse(text).unwrap());
        let open = |collection: &Address, count| Journal::open(&path, collection, &input(count), &Limits::default());
        open(&here, 3).unwrap();
        open(&here, 3).unwrap();
        for (collection, count) in [(&there, 3), (&here, 4)] {
            assert!(matches!(open(collection, count), Err(JournalError::Other { .. })));
        }
        let begun = std::fs::read_to_string(&path).unwrap();
        for line in [
            "{}",
            "{\"sending\":{\"from\":1,\"to\":2}}",
            "{\"sending\":{\"from\":0,\"to\":4}}",
            "{\"sending\":{\"from\":2,\"to\":1}}",
        ] {
            std::fs::write(&path, format!("{begun}{line}\n")).unwrap();
            assert!(matches!(open(&here, 3), Err(JournalError::Unreadable { line: 2, .. })), "{line}");
        }
        for text in ["{\"sending\":{\"from\":0,\"to\":1}}\n", "{\"type\":\"bundle\"}"] {
            std::fs::write(&path, text).unwrap();
            assert!(matches!(open(&here, 3), Err(JournalError::Other { .. })));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "left alone");
        }
    }

    #[test]
    fn a_journal_has_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let collection = Address::parse("https://taxii.example.org/").unwrap();
        let open = |journal_bytes_max| {
            Journal::open(&path, &collection, &input(1), &Limits { journal_bytes_max, ..Limits::default() })
        };
        drop(open(0).unwrap());
        let length = std::fs::metadata(&path).unwrap().len();
        drop(open(length).unwrap());
        assert!(matches!(open(length - 1), Err(JournalError::File(FileError::TooLong { .. }))));
    }
}
