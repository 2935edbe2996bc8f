//! Opening a log after whatever happened to it.
//!
//! What the log signed is believed after the files were held against it. What lies behind that is never believed: whole
//! bundles are read, and they and the tiles over them are written anew, because a page that can be read may never have
//! reached the disk.

use std::io;
use std::sync::Arc;

use super::{Log, PUBLISHED, SIGNED, Standing, io_error};
use crate::disk::{Disk, Placer};
use crate::head::{Hash, Head};
use crate::keys::LogKey;
use crate::limits::BATCH_ENTRIES_MAX;
use crate::note::Note;
use crate::reader::{ReadError, read_file};
use crate::tree::Tree;

/// Why a log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another process is writing this log")]
    Locked,
    /// The disk cannot be read or written, or a file is damaged.
    #[error("cannot open the log: {0}")]
    Read(#[from] ReadError),
    /// There are tiles, but no checkpoint this log signed: part of it is gone.
    #[error("there are tiles, but `{SIGNED}` is missing: restore it, or start a new log in an empty folder")]
    NoState,
    /// The checkpoint is not signed by this key under this origin.
    #[error("`{path}` is not a checkpoint signed by `{origin}`: wrong key, wrong folder, or a damaged file")]
    NotOurs {
        /// The file.
        path: &'static str,
        /// The origin of the key.
        origin: String,
    },
    /// The files do not hash to the signed root.
    #[error(
        "the files hash to {found}, but {signed} was signed for {size} entries: run an audit to find which is damaged"
    )]
    WrongRoot {
        /// Entries signed for.
        size: u64,
        /// The root signed.
        signed: Hash,
        /// The root of the files.
        found: Hash,
    },
    /// The published checkpoint is larger than the signed one.
    #[error(
        "`{PUBLISHED}` has {published} entries, `{SIGNED}` only {signed}: part of an old backup; restore all of it"
    )]
    Torn {
        /// Size published.
        published: u64,
        /// Size signed.
        signed: u64,
    },
}

impl Log {
    /// Opens the log of `key` on a disk, or founds it on an empty one, and mends what a crash left. Signs nothing but
    /// the empty tree of a new log. The log is [`Standing::Unconfirmed`] afterwards.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do; nothing was changed then, except that leftovers of a crash may
    /// be gone.
    pub fn open(disk: Arc<dyn Disk>, key: LogKey) -> Result<Self, OpenError> {
        let lock = disk.lock().map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => OpenError::Locked,
            _ => io_error(".lock", error).into(),
        })?;
        let mut placer = Placer::new(Arc::clone(&disk));
        placer.clear_waiting().map_err(|error| io_error(".tmp", error))?;
        let signed = match read_note(&*disk, SIGNED)? {
            Some(bytes) => bytes,
            None => found(&*disk, &key)?,
        };
        let (signed, signed_head) = ours(&signed, SIGNED, &key)?;
        // Also when it was there: it may be in the cache and not on the disk. The same bytes, no new signature.
        placer.put(SIGNED, &signed.to_bytes()).map_err(|error| io_error(SIGNED, error))?;
        let published = read_note(&*disk, PUBLISHED)?.map(|bytes| ours(&bytes, PUBLISHED, &key)).transpose()?;
        let published_size = published.as_ref().map_or(0, |(_, head)| head.size);
        if published_size > signed_head.size {
            return Err(OpenError::Torn { published: published_size, signed: signed_head.size });
        }
        let tree = mended(&disk, &signed_head)?;
        Ok(Self {
            disk,
            key,
            tree,
            signed,
            signed_head,
            published: published.map(|(note, _)| note),
            published_size,
            standing: Standing::Unconfirmed,
            stopped: None,
            _lock: lock,
        })
    }
}

/// The tree that was signed, and behind it what a crash left, written anew.
fn mended(disk: &Arc<dyn Disk>, signed: &Head) -> Result<Tree, OpenError> {
    let mut tree = Tree::load(Arc::clone(disk), signed.size)?;
    if tree.root() != signed.root {
        return Err(OpenError::WrongRoot { size: signed.size, signed: signed.root, found: tree.root() });
    }
    for batch in tree.entries_behind()?.chunks(BATCH_ENTRIES_MAX) {
        tree.append(batch).map_err(|error| io_error("tile", error))?;
    }
    Ok(tree)
}

fn read_note(disk: &dyn Disk, path: &'static str) -> Result<Option<Vec<u8>>, ReadError> {
    read_file(disk, path)
}

/// The checkpoint of the empty tree, for a log that does not exist yet.
fn found(disk: &dyn Disk, key: &LogKey) -> Result<Vec<u8>, OpenError> {
    let tiles = disk.names("tile").map_err(|error| io_error("tile", error))?;
    if !tiles.is_empty() || read_file(disk, PUBLISHED)?.is_some() {
        return Err(OpenError::NoState);
    }
    Ok(key.sign(&Head { origin: key.name().to_owned(), size: 0, root: tlog_tiles::EMPTY_HASH }).to_bytes())
}

pub(super) fn ours(bytes: &[u8], path: &'static str, key: &LogKey) -> Result<(Note, Head), OpenError> {
    let not_ours = || OpenError::NotOurs { path, origin: key.name().to_owned() };
    let note = Note::parse(bytes).map_err(|_| not_ours())?;
    let head = Head::of(&note).map_err(|_| not_ours())?;
    let signed = head.origin == key.name() && note.signed_by(key.public()).is_some();
    if signed { Ok((note, head)) } else { Err(not_ours()) }
}
