//! A mirror (C2SP tlog-mirror): cosigns a checkpoint only when it holds every entry of the tree, durably.
//!
//! This is what an overseer should run: a witness knows only that the log did not fork, a mirror has what it says. The
//! protocol is `add-checkpoint`, which makes a checkpoint pending, and `add-entries`, which brings the entries in
//! packages of at most 256, each with a proof, so that nothing is stored that the log did not sign.
//!
//! A pure state machine over a [`Disk`]; whoever speaks HTTP hands it bodies and serves its files.

use std::io;
use std::sync::Arc;

use crate::disk::{Disk, Lock};
use crate::head::Head;
use crate::keys::{CosignerKey, VerifyKey};
use crate::limits::PENDING_HEADS_MAX;
use crate::note::Note;
use crate::reader::{ReadError, Reader, read_file};
use crate::tree::Tree;
use crate::witness::{AddCheckpoint, Answer, continues, known_log};

mod entries;
mod packages;

pub use packages::{AddEntries, MirrorStanding};

const PENDING: &str = ".state/pending";
const MIRRORED: &str = "checkpoint";

/// Why a mirror was not opened.
#[derive(Debug, thiserror::Error)]
pub enum MirrorOpenError {
    /// Another process has it.
    #[error("another process is writing this mirror")]
    Locked,
    /// The disk cannot be read or written, or a file is damaged.
    #[error("cannot open the mirror: {0}")]
    Read(#[from] ReadError),
    /// A checkpoint on the disk is not the log's, or the files do not hash to it.
    #[error("`{path}` does not fit the log `{origin}` and the files beside it: wrong folder, or damaged")]
    Damaged {
        /// The file.
        path: &'static str,
        /// The log.
        origin: String,
    },
}

/// A mirror of one log.
pub struct Mirror {
    disk: Arc<dyn Disk>,
    key: CosignerKey,
    log: VerifyKey,
    tree: Tree,
    /// What is mirrored and cosigned.
    mirrored: Head,
    /// Pending checkpoints, the newest last.
    pending: Vec<(Head, Note)>,
    stopped: Option<String>,
    _lock: Lock,
}

impl Mirror {
    /// Opens the mirror of `log` on a disk that this process alone may write, and mends what a crash left.
    ///
    /// # Errors
    /// [`MirrorOpenError`].
    pub fn open(disk: Arc<dyn Disk>, key: CosignerKey, log: VerifyKey) -> Result<Self, MirrorOpenError> {
        let io_error = |path: &str, source| ReadError::Io { path: path.to_owned(), source };
        let lock = disk.lock().map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => MirrorOpenError::Locked,
            _ => io_error(".lock", error).into(),
        })?;
        let (mirrored, _) = kept(&disk, MIRRORED, &log)?;
        let pending = kept(&disk, PENDING, &log)?;
        let mut tree = Tree::load(Arc::clone(&disk), mirrored.size)?;
        if tree.root() != mirrored.root {
            return Err(MirrorOpenError::Damaged { path: MIRRORED, origin: mirrored.origin });
        }
        tree.placer().clear_waiting().map_err(|error| io_error(".tmp", error))?;
        // Entries behind the mirrored tree were authenticated before they were written; the root is compared again
        // before anything is cosigned.
        let behind = tree.entries_behind()?;
        tree.append(&behind).map_err(|error| io_error("tile", error))?;
        let pending = vec![(pending.0, pending.1.unwrap_or_else(|| Note::assembled(Vec::new(), Vec::new())))];
        Ok(Self { disk, key, log, tree, mirrored, pending, stopped: None, _lock: lock })
    }

    /// The origin of the log it mirrors.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.log.name()
    }

    /// The public key of the mirror.
    #[must_use]
    pub const fn public(&self) -> &VerifyKey {
        self.key.public()
    }

    /// What is mirrored and cosigned.
    #[must_use]
    pub const fn mirrored(&self) -> &Head {
        &self.mirrored
    }

    /// A reader of what is mirrored and cosigned.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.disk) as _, self.mirrored.size)
    }

    /// Why the mirror has stopped, if it has: a write failed, and it must be opened again.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Answers `POST <prefix>/add-checkpoint`: as a witness does, but the checkpoint becomes pending and nothing is
    /// cosigned yet.
    pub fn add_checkpoint(&mut self, body: &[u8]) -> Answer {
        if let Some(why) = &self.stopped {
            return Answer::text(503, why);
        }
        let Some((latest, _)) = self.pending.last() else { return Answer::text(500, "no pending checkpoint") };
        let judged =
            AddCheckpoint::parse(body).map_err(|error| Answer::text(400, &error.to_string())).and_then(|request| {
                let own = std::slice::from_ref(&self.log);
                let head = known_log(&request, |origin| (origin == self.log.name()).then_some(own))?;
                continues(&request, &head, (latest.size, latest.root))?;
                Ok((head, request.checkpoint.only_signed_by([&self.log])))
            });
        let (head, note) = match judged {
            Ok(judged) => judged,
            Err(answer) => return answer,
        };
        if let Err(error) = self.tree.placer().put(PENDING, &note.to_bytes()) {
            return self.stop("keeping a pending checkpoint failed", &error);
        }
        self.pending.push((head, note));
        if self.pending.len() > PENDING_HEADS_MAX {
            self.pending.remove(0);
        }
        Answer { status: 200, content_type: "text/plain; charset=utf-8", body: Vec::new() }
    }

    fn stop(&mut self, what: &str, error: &dyn std::error::Error) -> Answer {
        let why = format!("the mirror has stopped: {what}: {error}");
        let answer = Answer::text(503, &why);
        self.stopped = Some(why);
        answer
    }
}

/// A checkpoint of the log on the disk; the empty tree where there is none.
fn kept(disk: &Arc<dyn Disk>, path: &'static str, log: &VerifyKey) -> Result<(Head, Option<Note>), MirrorOpenError> {
    let Some(bytes) = read_file(&**disk, path)? else {
        return Ok((Head { origin: log.name().to_owned(), size: 0, root: tlog_tiles::EMPTY_HASH }, None));
    };
    let damaged = || MirrorOpenError::Damaged { path, origin: log.name().to_owned() };
    let note = Note::parse(&bytes).map_err(|_| damaged())?;
    let head = Head::of(&note).map_err(|_| damaged())?;
    let ours = head.origin == log.name() && note.signed_by(log).is_some();
    if ours { Ok((head, Some(note))) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests;
