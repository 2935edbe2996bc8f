//! How far a pull has come, in a file.
//!
//! The truth is the date the server added the last object that was taken, with the objects of that instant: whoever
//! asks for what was added after the moment before it, and leaves out what it has, loses nothing. The server's `next`
//! is a convenience within one unbroken walk: some servers hand out pages from a queue under one and the same `next`,
//! so that asking twice skips a page.

use crate::durable::{self, FileError};
use crate::key::ObjectKey;
use crate::{Address, Limits};
use noroshi_stix::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The version of the file.
const VERSION: u32 = 1;

/// How far a pull has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    version: u32,
    collection: String,
    /// What of the collection, as the query of a request.
    scope: String,
    /// The walk asks for what was added after this.
    pub(crate) after: Option<Timestamp>,
    /// Where the next page begins, as the server said.
    pub(crate) next: Option<String>,
    /// The server gave another `next` for each page: asking twice with one gives the same page twice.
    pub(crate) next_moves: bool,
    /// When the server added the last object that was taken.
    pub(crate) last: Option<Timestamp>,
    /// What was taken last, by the date of the last object of its page.
    recent: Vec<Recent>,
    /// Nothing more was there.
    pub(crate) done: bool,
    /// Pages taken, all runs together.
    pub(crate) pages: u64,
    /// Objects taken, all runs together, those that came again not counted.
    pub(crate) objects: u64,
    #[serde(skip)]
    known: HashSet<ObjectKey>,
}

/// Objects of pages that ended with the same date.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recent {
    at: Timestamp,
    keys: Vec<ObjectKey>,
}

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CursorError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Not a state of this program.
    #[error("`{}` is not a state of a pull that can be read ({why}); give another file, or remove it to begin from the start", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Of something else.
    #[error("`{}` is the state of a pull of {was}, not of {is}; give another file", path.display())]
    Other {
        /// Which file.
        path: PathBuf,
        /// Of what it is.
        was: String,
        /// Of what it had to be.
        is: String,
    },
}

impl Cursor {
    /// At the beginning.
    pub(crate) fn new(collection: &Address, scope: &str, after: Option<Timestamp>) -> Self {
        Self {
            version: VERSION,
            collection: collection.as_str().to_owned(),
            scope: scope.to_owned(),
            after,
            next: None,
            next_moves: false,
            last: None,
            recent: Vec::new(),
            done: false,
            pages: 0,
            objects: 0,
            known: HashSet::new(),
        }
    }

    /// As the file has it; nothing where there is none.
    pub(crate) fn load(
        path: &Path,
        collection: &Address,
        scope: &str,
        limits: &Limits,
    ) -> Result<Option<Self>, CursorError> {
        let Some(bytes) = durable::read(path, limits.state_bytes_max)? else { return Ok(None) };
        let unreadable = |why: String| CursorError::Unreadable { path: path.to_owned(), why };
        let mut cursor: Self = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if cursor.version != VERSION {
            return Err(unreadable(format!("version {}, of which only {VERSION} is known", cursor.version)));
        }
        let what = |collection: &str, scope: &str| match scope {
            "" => format!("`{collection}`"),
            scope => format!("`{collection}` with `{scope}`"),
        };
        let (was, is) = (what(&cursor.collection, &cursor.scope), what(collection.as_str(), scope));
        if was != is {
            return Err(CursorError::Other { path: path.to_owned(), was, is });
        }
        cursor.known = cursor.recent.iter().flat_map(|recent| recent.keys.iter().copied()).collect();
        Ok(Some(cursor))
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), CursorError> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| CursorError::Unreadable { path: path.to_owned(), why: error.to_string() })?;
        Ok(durable::replace(path, &bytes)?)
    }

    /// Whether an object was taken a short while ago.
    pub(crate) fn knows(&self, key: &ObjectKey) -> bool {
        self.known.contains(key)
    }

    /// Begins a new walk from the last date, less an overlap; from where the walk began if there is no date.
    pub(crate) fn go_back(&mut self, overlap_micros: i64) {
        (self.next, self.next_moves, self.done) = (None, false, false);
        if let Some(last) = self.last {
            self.after = Some(before(last, overlap_micros));
        }
    }

    /// Notes the objects of a page; forgets what lies further back than the overlap, and what is too much.
    pub(crate) fn note(&mut self, last: Option<Timestamp>, keys: Vec<ObjectKey>, overlap_micros: i64, limits: &Limits) {
        let newest = last.into_iter().chain(self.last).max();
        self.last = newest;
        let Some(newest) = newest else { return };
        match self.recent.iter_mut().find(|recent| recent.at == newest) {
            Some(recent) => recent.keys.extend(&keys),
            None => self.recent.push(Recent { at: newest, keys: keys.clone() }),
        }
        self.known.extend(keys);
        // One instant less than asked for again: what lies between cannot be told apart by dates.
        let edge = before(newest, overlap_micros);
        let known = &mut self.known;
        self.recent.retain(|recent| {
            let near = recent.at > edge;
            if !near {
                recent.keys.iter().for_each(|key| _ = known.remove(key));
            }
            near
        });
        self.forget(limits.recent_max);
    }

    fn forget(&mut self, most: usize) {
        let mut surplus = self.known.len().saturating_sub(most);
        for recent in &mut self.recent {
            let forgotten = recent.keys.drain(..surplus.min(recent.keys.len()));
            surplus -= forgotten.len();
            for key in forgotten {
                self.known.remove(&key);
            }
        }
        self.recent.retain(|recent| !recent.keys.is_empty());
    }
}

/// So much before a time, a microsecond at least: `added_after` takes only what is later.
pub(crate) fn before(at: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros_exactly(at.as_micros().saturating_sub(micros.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Option<Timestamp> {
        Some(Timestamp::from_micros_exactly(micros))
    }

    fn keys(range: std::ops::Range<u32>) -> Vec<ObjectKey> {
        range.map(|number| ObjectKey::of_bytes(&number.to_be_bytes())).collect()
    }

    fn knows(cursor: &Cursor) -> usize {
        keys(0..100).iter().filter(|key| cursor.knows(key)).count()
    }

    #[test]
    fn the_last_instant_is_remembered_and_no_more() {
        let address = Address::parse("https://taxii.example.org/").unwrap();
        let limits = Limits { recent_max: 10, ..Limits::default() };
        let mut cursor = Cursor::new(&address, "", None);
        cursor.note(None, keys(0..2), 0, &limits);
        assert_eq!((knows(&cursor), cursor.last), (0, None));
        cursor.note(at(5), keys(0..2), 0, &limits);
        cursor.note(at(5), keys(2..4), 0, &limits);
        assert_eq!(knows(&cursor), 4);
        cursor.note(at(6), keys(4..5), 0, &limits);
        assert_eq!(knows(&cursor), 1);
        cursor.note(at(8), keys(5..6), 2, &limits);
        assert_eq!(knows(&cursor), 1);
        cursor.note(at(9), keys(6..7), 2, &limits);
        assert_eq!(knows(&cursor), 2);
        cursor.note(at(9), keys(10..18), 2, &limits);
        assert_eq!(knows(&cursor), 10, "at the limit");
        cursor.note(at(9), keys(18..19), 2, &limits);
        assert_eq!(knows(&cursor), 10, "one past it");
        assert!(!cursor.knows(&keys(5..6)[0]) && cursor.knows(&keys(18..19)[0]));
        cursor.go_back(0);
        assert_eq!(cursor.after, at(8));
        cursor.go_back(4);
        assert_eq!(cursor.after, at(5));
    }

    #[test]
    fn a_state_is_of_one_pull_and_of_one_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let address = Address::parse("https://taxii.example.org/").unwrap();
        let limits = Limits::default();
        let load = |scope: &str| Cursor::load(&path, &address, scope, &limits);
        assert!(load("").unwrap().is_none());
        let mut cursor = Cursor::new(&address, "", at(1));
        cursor.note(at(5), keys(0..2), 0, &limits);
        cursor.save(&path).unwrap();
        assert_eq!(knows(&load("").unwrap().unwrap()), 2);
        let error = load("match%5Btype%5D=tool").unwrap_err();
        assert!(matches!(error, CursorError::Other { .. }), "{error}");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"version\":1", "\"version\":2")).unwrap();
        assert!(load("").unwrap_err().to_string().contains("version 2"));
        std::fs::write(&path, &text[..text.len() - 1]).unwrap();
        assert!(load("").unwrap_err().to_string().contains("begin from the start"));
        let short = Limits { state_bytes_max: text.len() as u64 - 2, ..Limits::default() };
        assert!(Cursor::load(&path, &address, "", &short).unwrap_err().to_string().contains("longer"));
    }
}
