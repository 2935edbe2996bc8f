//! The hashes of a tree, out of its tiles, for the algorithms of `tlog_tiles`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use tlog_tiles::{Hash, HashReader, node_hash, split_stored_hash_index};

use super::{ReadError, read_tile};
use crate::disk::Files;
use crate::tile::{HEIGHT, TileName};

/// The hashes at each binary level of a tile.
type Levels = Vec<Vec<Hash>>;

/// The hashes of a tree for the algorithms of `tlog_tiles`, out of its tiles. Each tile is read and hashed up once.
pub(super) struct TileHashes<'a> {
    files: &'a dyn Files,
    size: u64,
    /// Per tile, the hashes at each of its nine binary levels.
    tiles: RefCell<HashMap<(u8, u64), Levels>>,
    /// The library's error cannot carry ours.
    failed: RefCell<Option<ReadError>>,
}

impl<'a> TileHashes<'a> {
    pub(super) fn new(files: &'a dyn Files, size: u64) -> Self {
        Self { files, size, tiles: RefCell::default(), failed: RefCell::default() }
    }

    /// The library's answer, or what kept it from one.
    pub(super) fn answer<T>(&self, result: Result<T, tlog_tiles::Error>) -> Result<T, ReadError> {
        result.map_err(|_| {
            let reason = self.failed.borrow_mut().take();
            reason.unwrap_or(ReadError::OutOfRange { asked: self.size, size: self.size })
        })
    }

    /// The root over the entries in `range`, which is a subtree of RFC 6962's recursion.
    pub(super) fn over(&self, range: Range<u64>) -> Result<Hash, tlog_tiles::Error> {
        let indexes = tlog_tiles::sub_tree_index(range.start, range.end, Vec::new());
        let hashes = self.read_hashes(&indexes)?;
        hashes.into_iter().rev().reduce(|right, left| node_hash(left, right)).ok_or(tlog_tiles::Error::BadMath)
    }

    fn hash(&self, stored: u64) -> Result<Hash, ReadError> {
        let (level, at) = split_stored_hash_index(stored);
        let (tile_level, bit) = (level / HEIGHT, level % HEIGHT);
        let (index, within) = (at >> (HEIGHT - bit), at & ((1 << (HEIGHT - bit)) - 1));
        let mut tiles = self.tiles.borrow_mut();
        let levels = match tiles.entry((tile_level, index)) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(free) => {
                let tile = TileName::in_tree(self.size, tile_level, index)
                    .ok_or(ReadError::OutOfRange { asked: at, size: self.size })?;
                free.insert(hashed_up(read_tile(self.files, tile)?))
            }
        };
        let found = usize::try_from(within).ok().and_then(|within| levels.get(usize::from(bit))?.get(within));
        found.copied().ok_or(ReadError::OutOfRange { asked: at, size: self.size })
    }
}

impl HashReader for TileHashes<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let read = |index: &u64| {
            self.hash(*index).map_err(|error| {
                *self.failed.borrow_mut() = Some(error);
                tlog_tiles::Error::IndexesNotInTree
            })
        };
        indexes.iter().map(read).collect()
    }
}

/// The perfect subtrees in a tile, level by level.
fn hashed_up(hashes: Vec<Hash>) -> Levels {
    let mut levels = vec![hashes];
    for _ in 0..HEIGHT {
        let below = levels.last().map_or(&[][..], Vec::as_slice);
        let above = below.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(*left, *right)).collect();
        levels.push(above);
    }
    levels
}
