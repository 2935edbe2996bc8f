//! Checking a whole log against its cosigned checkpoint, from its files alone.
//!
//! Every entry is hashed and compared with the tile over it, every tile with the one above, the last with the signed
//! root. A flipped bit is found wherever it is, and named. Bundles are read and hashed by several threads; the visitor
//! sees the entries in order, on the caller's thread.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::disk::Files;
use crate::edge::{Edge, perfect_root};
use crate::head::Hash;
use crate::limits::TILE_WIDTH;
use crate::log::PUBLISHED;
use crate::note::Note;
use crate::policy::{Believed, NotBelieved, Policy};
use crate::proof::leaf_hash;
use crate::reader::{ReadError, read_bundle, read_file, read_tile};
use crate::tile::{TileName, bundle_entries};

/// Bundles a thread hashes at a time.
const RUN: u64 = 16;
/// Runs a thread may be ahead of the visitor: 2 × 16 bundles of at most 16 MiB.
const AHEAD: usize = 2;

/// What an audit found to be in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// The checkpoint, and who vouches for it.
    pub believed: Believed,
    /// Bytes of all entries.
    pub entry_bytes: u64,
}

/// What an audit found wrong.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The checkpoint is not a signed note.
    #[error("`{PUBLISHED}` is not a signed note")]
    NotANote,
    /// The checkpoint is not believed.
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
    /// A file is missing, torn, or cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry is not the one that was signed.
    #[error("entry {index} in `{path}` is not the one that was signed")]
    Entry {
        /// Index of the entry.
        index: u64,
        /// Its bundle.
        path: String,
    },
    /// A hash in a tile is wrong.
    #[error("hash {position} in `{path}` is wrong")]
    Tile {
        /// Position in the tile, from 0.
        position: u64,
        /// The tile.
        path: String,
    },
    /// Entries and tiles agree with each other, not with the checkpoint: all were replaced, or the log forked.
    #[error("the files hash to {found}, but {signed} was signed: entries and tiles were replaced together")]
    Root {
        /// The signed root.
        signed: Hash,
        /// The root of the files.
        found: Hash,
    },
}

/// Audits the log in `files` under `policy`, and shows every entry to `visit` in order, with its index.
///
/// What `visit` saw is only what was signed if this returns without an error.
///
/// # Errors
/// [`AuditError`] names the first thing that is wrong.
pub fn audit(
    files: &dyn Files,
    policy: &Policy,
    threads: usize,
    mut visit: impl FnMut(u64, &[u8]),
) -> Result<Audit, AuditError> {
    let bytes = read_file(files, PUBLISHED)?.ok_or(ReadError::Missing { path: PUBLISHED.to_owned() })?;
    let believed = policy.check(&Note::parse(&bytes).map_err(|_| AuditError::NotANote)?)?;
    let (size, signed) = (believed.head.size, believed.head.root);
    let tiles = size.div_ceil(TILE_WIDTH);
    let threads = (threads.max(1) as u64).min(tiles.div_ceil(RUN).max(1));
    let mut climb = Climb::new(files, size, signed);
    let mut entry_bytes = 0;
    let outcome = std::thread::scope(|scope| {
        let mut lanes = Vec::new();
        for lane in 0..threads {
            let (send, receive) = sync_channel(AHEAD);
            lanes.push(receive);
            scope.spawn(move || hash_lane(files, size, lane, threads, &send));
        }
        for run in 0..tiles.div_ceil(RUN) {
            for bundle in received(&lanes[(run % threads) as usize]) {
                let bundle = bundle?;
                climb.bundle(&bundle)?;
                let first = bundle.tile.index * TILE_WIDTH;
                for (index, entry) in
                    (first..).zip(bundle_entries(&bundle.bytes, bundle.tile.width).unwrap_or_default())
                {
                    entry_bytes += entry.len() as u64;
                    visit(index, entry);
                }
            }
        }
        Ok(())
    });
    match (outcome, climb.root()) {
        (Err(error), _) => Err(error),
        (Ok(()), found) if found == signed => Ok(Audit { believed, entry_bytes }),
        (Ok(()), found) => Err(AuditError::Root { signed, found }),
    }
}

/// A bundle, its entries' hashes, and the hashes stored over it.
struct Bundle {
    tile: TileName,
    bytes: Vec<u8>,
    computed: Vec<Hash>,
    stored: Vec<Hash>,
}

type Run = Vec<Result<Bundle, ReadError>>;

/// One thread's share: every run of bundles whose number is `lane` modulo `lanes`.
fn hash_lane(files: &dyn Files, size: u64, lane: u64, lanes: u64, send: &SyncSender<Run>) {
    let tiles = size.div_ceil(TILE_WIDTH);
    let mut run = lane;
    while run * RUN < tiles {
        let bundles = (run * RUN..(run * RUN + RUN).min(tiles)).filter_map(|index| TileName::in_tree(size, 0, index));
        if send.send(bundles.map(|tile| hashed(files, tile)).collect()).is_err() {
            return;
        }
        run += lanes;
    }
}

fn received(lane: &Receiver<Run>) -> Run {
    lane.recv().unwrap_or_default()
}

fn hashed(files: &dyn Files, tile: TileName) -> Result<Bundle, ReadError> {
    let (bytes, stored) = (read_bundle(files, tile)?, read_tile(files, tile)?);
    let computed = bundle_entries(&bytes, tile.width).unwrap_or_default().into_iter().map(leaf_hash).collect();
    Ok(Bundle { tile, bytes, computed, stored })
}

/// The climb from bundles to the root: at each level the hashes of the last tile, and the tile as stored.
struct Climb<'a> {
    files: &'a dyn Files,
    size: u64,
    computed: Vec<Vec<Hash>>,
    stored: Vec<Vec<Hash>>,
    signed: Hash,
}

impl<'a> Climb<'a> {
    const fn new(files: &'a dyn Files, size: u64, signed: Hash) -> Self {
        Self { files, size, computed: Vec::new(), stored: Vec::new(), signed }
    }

    fn bundle(&mut self, bundle: &Bundle) -> Result<(), AuditError> {
        let differs =
            (0..).zip(bundle.computed.iter().zip(&bundle.stored)).find(|(_, (computed, stored))| computed != stored);
        let (tile, position) = (bundle.tile, differs.map(|(position, _)| position));
        let fits = if tile.width < TILE_WIDTH {
            // The last bundle: no hash stands over its tile, but everything else is known by now.
            self.set(0, bundle.computed.clone());
            self.root() == self.signed
        } else {
            perfect_root(&bundle.computed) == self.stored_above(tile)?
        };
        match position {
            Some(position) if fits => Err(AuditError::Tile { position, path: tile.path() }),
            Some(position) => {
                Err(AuditError::Entry { index: tile.index * TILE_WIDTH + position, path: tile.entries_path() })
            }
            None if tile.width < TILE_WIDTH => Ok(()),
            None if fits => self.push(1, perfect_root(&bundle.computed)),
            None => Err(self.wrong_above(tile)),
        }
    }

    fn set(&mut self, level: usize, hashes: Vec<Hash>) {
        if self.computed.len() <= level {
            self.computed.resize(level + 1, Vec::new());
        }
        self.computed[level] = hashes;
    }

    /// The hash stored for a full tile in the tile above it, read once for each tile.
    fn stored_above(&mut self, tile: TileName) -> Result<Hash, AuditError> {
        let level = tile.level + 1;
        let slot = usize::from(level);
        if self.stored.len() <= slot {
            self.stored.resize(slot + 1, Vec::new());
        }
        if tile.index.is_multiple_of(TILE_WIDTH) {
            let above = TileName::in_tree(self.size, level, tile.index / TILE_WIDTH);
            self.stored[slot] = above.map_or(Ok(Vec::new()), |above| read_tile(self.files, above))?;
        }
        let hash = self.stored[slot].get((tile.index % TILE_WIDTH) as usize).copied();
        hash.ok_or_else(|| self.wrong_above(tile))
    }

    /// Adds a verified hash to a level; a level that becomes full goes into the one above.
    fn push(&mut self, level: u8, hash: Hash) -> Result<(), AuditError> {
        let slot = usize::from(level);
        if self.computed.len() <= slot {
            self.computed.resize(slot + 1, Vec::new());
        }
        self.computed[slot].push(hash);
        if self.computed[slot].len() as u64 != TILE_WIDTH {
            return Ok(());
        }
        let root = perfect_root(&std::mem::take(&mut self.computed[slot]));
        let index = self.full_tiles(level);
        let tile = TileName { level, index, width: TILE_WIDTH };
        if self.stored_above(tile)? != root {
            return Err(self.wrong_above(tile));
        }
        self.push(level + 1, root)
    }

    /// Full tiles of a level that were pushed before the one just completed.
    fn full_tiles(&self, level: u8) -> u64 {
        let above = self.computed.iter().enumerate().skip(usize::from(level) + 1);
        above.map(|(slot, hashes)| (hashes.len() as u64) << (8 * (slot - usize::from(level) - 1))).sum()
    }

    fn wrong_above(&self, tile: TileName) -> AuditError {
        let above = TileName::in_tree(self.size, tile.level + 1, tile.index / TILE_WIDTH);
        AuditError::Tile {
            position: tile.index % TILE_WIDTH,
            path: above.map_or_else(String::new, |above| above.path()),
        }
    }

    fn root(&self) -> Hash {
        Edge::from_last_tiles(self.size, &self.computed).root()
    }
}

#[cfg(test)]
mod tests;
