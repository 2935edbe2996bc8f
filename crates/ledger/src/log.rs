//! The log itself: it never forks, never signs one size twice, and stops at the first failed write.
//!
//! The order of every step is: entries durable, tiles durable, root computed twice, signed, signature durable; only
//! then does the signature leave this process. Why so stands in `docs/adr/0008-the-log.md`.
//!
//! A log that was just opened is [`Standing::Unconfirmed`]: it may be an old backup whose successor has signed more. It
//! appends nothing until a quorum has cosigned the checkpoint it stands at ([`Log::confirm`]). A witness that has seen
//! more says so, and the log is [`Standing::Behind`] until it has caught up from a mirror ([`Log::catch_up`]).

use std::io;
use std::ops::Range;
use std::sync::Arc;

use tlog_tiles::Hash;

use crate::disk::{Disk, Lock};
use crate::head::Head;
use crate::keys::LogKey;
use crate::limits::{BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX, TREE_SIZE_MAX};
use crate::note::Note;
use crate::policy::{NotBelieved, Policy};
use crate::reader::{ReadError, Reader};
use crate::tree::Tree;

mod catch_up;
mod open;

pub use catch_up::CatchUpError;
pub use open::OpenError;

/// The last checkpoint the log signed: the state that must not be lost. Not served.
pub(crate) const SIGNED: &str = ".state/checkpoint";
/// The last checkpoint the quorum cosigned: what clients read (tlog-tiles, "Checkpoints").
pub(crate) const PUBLISHED: &str = "checkpoint";

/// Whether the log may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Just opened: nobody has vouched that there is no later tree.
    Unconfirmed,
    /// The quorum has cosigned the checkpoint the log stood at.
    Confirmed,
    /// A witness has seen a larger tree: this is a restored backup, or a fork.
    Behind {
        /// The size the witness has seen.
        witness_size: u64,
    },
}

/// Why the log did not do it.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A write failed earlier. What is on the disk is uncertain, so nothing more is written or signed.
    #[error("the log has stopped: {0}; mend the disk and open the log again")]
    Stopped(String),
    /// See [`Standing::Unconfirmed`].
    #[error("no quorum has confirmed that this is the latest state of the log; nothing is appended before that")]
    Unconfirmed,
    /// See [`Standing::Behind`].
    #[error("the log stands at {size} entries, but a witness has seen {witness_size}: catch up from a mirror first")]
    Behind {
        /// Entries here.
        size: u64,
        /// Entries the witness has seen.
        witness_size: u64,
    },
    /// An entry is too long.
    #[error("entry {position} of the batch has {bytes} bytes; an entry has at most {ENTRY_BYTES_MAX}")]
    TooLong {
        /// Position in the batch, from 0.
        position: usize,
        /// Its length.
        bytes: usize,
    },
    /// The batch or the log is too large.
    #[error("a batch has at most {BATCH_ENTRIES_MAX} entries and a log at most {TREE_SIZE_MAX}; start a new log")]
    TooMany,
    /// The two computations of the root differ: memory or disk is corrupt. Nothing was signed.
    #[error("the root in memory is {memory}, on disk {disk}; nothing was signed and the log has stopped")]
    RootsDiffer {
        /// From the right edge in memory.
        memory: Hash,
        /// From the files.
        disk: Hash,
    },
    /// The cosigned checkpoint is not the one the log stands at.
    #[error("the cosigned checkpoint is not the last one this log signed")]
    NotOurs,
    /// The cosigned checkpoint is not believed.
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
}

/// A log that this process alone may write.
pub struct Log {
    disk: Arc<dyn Disk>,
    key: LogKey,
    tree: Tree,
    signed: Note,
    signed_head: Head,
    published: Option<Note>,
    published_size: u64,
    standing: Standing,
    stopped: Option<String>,
    _lock: Lock,
}

impl Log {
    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.key.name()
    }

    /// Entries in the log, durable, whether signed yet or not.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The last checkpoint the log signed, with its own signature only.
    #[must_use]
    pub const fn signed(&self) -> &Note {
        &self.signed
    }

    /// What the last signed checkpoint says.
    #[must_use]
    pub const fn signed_head(&self) -> &Head {
        &self.signed_head
    }

    /// The last cosigned checkpoint, as clients read it.
    #[must_use]
    pub const fn published(&self) -> Option<&Note> {
        self.published.as_ref()
    }

    /// Whether the log may go on.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// Why the log has stopped, if it has.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// A reader of all entries that are durable, the unsigned ones included. After a crash, a caller that writes
    /// through an outbox compares [`Reader::leaf_hashes`] from the last index it knows with what it still has to send.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.tree.reader()
    }

    /// Appends entries and returns their indexes. They are durable when this returns. Nothing is signed yet.
    ///
    /// # Errors
    /// [`LogError`]; after a failed write the log has stopped, and whether the entries are in it only opening it again
    /// will tell.
    pub fn append_batch<E: AsRef<[u8]>>(&mut self, entries: &[E]) -> Result<Range<u64>, LogError> {
        self.may_write()?;
        let too_long = |(position, entry): (usize, &E)| {
            let bytes = entry.as_ref().len();
            (bytes > ENTRY_BYTES_MAX).then_some(LogError::TooLong { position, bytes })
        };
        if let Some(error) = entries.iter().enumerate().find_map(too_long) {
            return Err(error);
        }
        if entries.len() > BATCH_ENTRIES_MAX || self.size() + entries.len() as u64 > TREE_SIZE_MAX {
            return Err(LogError::TooMany);
        }
        let appended = self.tree.append(entries);
        appended.map_err(|error| self.stop("an append failed", &error))
    }

    /// Signs the tree as it stands and makes the signature durable. When nothing was appended since, the checkpoint
    /// signed before comes back: a size is signed once.
    ///
    /// # Errors
    /// [`LogError`]; any but [`LogError::Unconfirmed`] and [`LogError::Behind`] stops the log.
    pub fn checkpoint(&mut self) -> Result<&Note, LogError> {
        self.may_write()?;
        if self.size() == self.signed_head.size {
            return Ok(&self.signed);
        }
        let memory = self.tree.root();
        let read_back = self.tree.root_on_disk(self.signed_head.size);
        let disk = read_back.map_err(|error| self.stop("reading back failed", &error))?;
        if memory != disk {
            let error = LogError::RootsDiffer { memory, disk };
            self.stopped = Some(error.to_string());
            return Err(error);
        }
        let head = Head { origin: self.origin().to_owned(), size: self.size(), root: memory };
        let note = self.key.sign(&head);
        self.keep(SIGNED, &note)?;
        (self.signed, self.signed_head) = (note, head);
        Ok(&self.signed)
    }

    /// Takes the quorum's word that this is the latest state of the log: `cosigned` must be the checkpoint it stands
    /// at, believed under `policy`. It is published as well.
    ///
    /// # Errors
    /// [`LogError::NotOurs`], [`LogError::NotBelieved`], or a failed write.
    pub fn confirm(&mut self, cosigned: &Note, policy: &Policy) -> Result<(), LogError> {
        self.publish(cosigned, policy)?;
        self.standing = Standing::Confirmed;
        Ok(())
    }

    /// Puts a cosigned checkpoint where clients read it. It must be the last one this log signed, believed under
    /// `policy`.
    ///
    /// # Errors
    /// As [`Log::confirm`].
    pub fn publish(&mut self, cosigned: &Note, policy: &Policy) -> Result<(), LogError> {
        self.may_run()?;
        if cosigned.text() != self.signed.text() || cosigned.signed_by(self.key.public()).is_none() {
            return Err(LogError::NotOurs);
        }
        policy.check(cosigned)?;
        self.keep(PUBLISHED, cosigned)?;
        let (old, new) = (self.published_size, self.signed_head.size);
        self.published = Some(cosigned.clone());
        self.published_size = new;
        let pruned = self.tree.prune_partial(old, new);
        pruned.map_err(|error| self.stop("removing partial tiles failed", &error))
    }

    /// A witness says it has seen a tree of `witness_size` entries. If that is more than this log ever signed, it may
    /// not go on.
    pub fn witness_has_seen(&mut self, witness_size: u64) {
        if witness_size > self.signed_head.size {
            self.standing = Standing::Behind { witness_size };
        }
    }

    fn may_run(&self) -> Result<(), LogError> {
        self.stopped.as_ref().map_or(Ok(()), |why| Err(LogError::Stopped(why.clone())))
    }

    fn may_write(&self) -> Result<(), LogError> {
        self.may_run()?;
        match self.standing {
            Standing::Confirmed => Ok(()),
            Standing::Unconfirmed => Err(LogError::Unconfirmed),
            Standing::Behind { witness_size } => Err(LogError::Behind { size: self.signed_head.size, witness_size }),
        }
    }

    fn keep(&mut self, path: &str, note: &Note) -> Result<(), LogError> {
        let kept = self.tree.placer().put(path, &note.to_bytes());
        kept.map_err(|error| self.stop("writing a checkpoint failed", &error))
    }

    fn stop(&mut self, what: &str, error: &dyn std::error::Error) -> LogError {
        let why = format!("{what}: {error}");
        self.stopped = Some(why.clone());
        LogError::Stopped(why)
    }
}

/// A failed write is an error like any other here.
fn io_error(path: &str, source: io::Error) -> ReadError {
    ReadError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
pub(crate) mod tests;
