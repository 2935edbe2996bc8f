//! A log restored from an old backup catches up from a mirror. It signs nothing anew: it takes back what it signed.

use std::sync::Arc;

use super::{Log, PUBLISHED, SIGNED, Standing, open};
use crate::disk::Files;
use crate::edge::Edge;
use crate::head::Head;
use crate::limits::TILE_WIDTH;
use crate::proof::leaf_hash;
use crate::reader::{ReadError, Reader, read_file};
use crate::tree::Tree;

/// Why a log did not catch up. It still stands where it stood.
#[derive(Debug, thiserror::Error)]
pub enum CatchUpError {
    /// The log has stopped.
    #[error("the log has stopped: {0}; open it again first")]
    Stopped(String),
    /// The mirror or the disk cannot be read, or a file is damaged.
    #[error("cannot catch up: {0}")]
    Read(#[from] ReadError),
    /// The mirror's checkpoint is not one this log signed.
    #[error("the mirror's checkpoint was not signed by this log")]
    NotOurs,
    /// The mirror has less than the witness has seen, or than the log has.
    #[error("the mirror has {mirror} entries, {needed} are needed: another mirror, or a new log")]
    MirrorBehind {
        /// Entries at the mirror.
        mirror: u64,
        /// Entries needed.
        needed: u64,
    },
    /// The mirror's entries do not hash to the signed root, or differ from those here. One of the two was forged.
    #[error("the mirror's entries do not fit this log from entry {from} on: one of the two was forged or is damaged")]
    Forked {
        /// The first entry looked at.
        from: u64,
    },
    /// Writing failed; the log has stopped.
    #[error("writing failed: {0}; the log has stopped")]
    Write(String),
}

impl Log {
    /// Fetches from a mirror (its files under the log's prefix) what this log signed after the backup, verifies it
    /// against its own signature, and stands there. It must be confirmed again afterwards.
    ///
    /// # Errors
    /// [`CatchUpError`].
    pub fn catch_up(&mut self, mirror: &Arc<dyn Files>) -> Result<u64, CatchUpError> {
        self.may_run().map_err(|error| CatchUpError::Stopped(error.to_string()))?;
        let bytes = read_file(&**mirror, PUBLISHED)?.ok_or(ReadError::Missing { path: PUBLISHED.to_owned() })?;
        let (note, head) = open::ours(&bytes, PUBLISHED, &self.key).map_err(|_| CatchUpError::NotOurs)?;
        let needed = match self.standing {
            Standing::Behind { witness_size } => witness_size.max(self.size()),
            _ => self.size(),
        };
        if head.size < needed {
            return Err(CatchUpError::MirrorBehind { mirror: head.size, needed });
        }
        let reader = Reader::new(Arc::clone(mirror), head.size);
        self.fits(&reader, &head)?;
        let took = self.take(&reader, &head);
        if let Err(error) = &took {
            self.stopped = Some(error.to_string());
        }
        took?;
        let own = note.only_signed_by([self.key.public()]);
        self.keep(SIGNED, &own).map_err(|error| CatchUpError::Write(error.to_string()))?;
        (self.signed, self.signed_head, self.standing) = (own, head, Standing::Unconfirmed);
        Ok(self.size())
    }

    /// Whether the mirror's tree is the signed one and continues this one. Nothing is written before that is known.
    fn fits(&self, mirror: &Reader, head: &Head) -> Result<(), CatchUpError> {
        let from = self.signed_head.size;
        let mut edge: Edge = Tree::load(Arc::clone(&self.disk), from)?.into_edge();
        for leaf in mirror.leaf_hashes(from..head.size)? {
            edge.push(leaf);
            if edge.size() == self.size() && edge.root() != self.tree.root() {
                return Err(CatchUpError::Forked { from });
            }
        }
        if edge.root() == head.root { Ok(()) } else { Err(CatchUpError::Forked { from }) }
    }

    /// Takes the entries, each held against the leaf hash that was verified.
    fn take(&mut self, mirror: &Reader, head: &Head) -> Result<(), CatchUpError> {
        let start = self.size();
        while self.size() < head.size {
            let end = (self.size() / TILE_WIDTH + 16).saturating_mul(TILE_WIDTH).min(head.size);
            let range = self.size()..end;
            let (entries, leaves) = (mirror.entries(range.clone())?, mirror.leaf_hashes(range.clone())?);
            if !entries.iter().zip(&leaves).all(|(entry, leaf)| leaf_hash(entry) == *leaf) {
                return Err(CatchUpError::Forked { from: range.start });
            }
            self.tree.append(&entries).map_err(|error| CatchUpError::Write(error.to_string()))?;
        }
        let disk = self.tree.root_on_disk(start)?;
        if disk == head.root && self.tree.root() == head.root {
            Ok(())
        } else {
            Err(CatchUpError::Forked { from: start })
        }
    }
}
