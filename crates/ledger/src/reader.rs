//! Reading a log: entries, and proofs about them, from its tiles.
//!
//! A reader trusts the files it reads. Who does not, verifies what comes out against a checkpoint: see
//! [`proof`](crate::proof).

use std::io;
use std::ops::Range;
use std::sync::Arc;

use tlog_tiles::{Hash, prove_record, prove_tree, tree_hash};

use crate::disk::Files;
use crate::limits::{TILE_WIDTH, TREE_SIZE_MAX};
use crate::tile::{TileName, bundle_entries, split_entry, tile_hashes};

mod hashes;

use hashes::TileHashes;

/// Why a log was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system or network said no.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file that a tree of this size has is not there.
    #[error("`{path}` is missing")]
    Missing {
        /// The file.
        path: String,
    },
    /// A file is there and is not what it should be.
    #[error("`{path}` is damaged: {why}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The tree has no such entry or earlier tree.
    #[error("no entry or tree {asked} in a tree of {size} entries")]
    OutOfRange {
        /// What was asked for.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
}

/// Reads one file.
pub(crate) fn read_file(files: &dyn Files, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
    files.read(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })
}

/// The hashes of a tile. Where the partial tile is gone, the full one has them too (tlog-tiles, "Partial Tiles").
pub(crate) fn read_tile(files: &dyn Files, tile: TileName) -> Result<Vec<Hash>, ReadError> {
    let damaged = |path, why| Err(ReadError::Damaged { path, why });
    for form in [tile, tile.full()] {
        if let Some(bytes) = read_file(files, &form.path())? {
            let Some(mut hashes) = tile_hashes(&bytes) else { return damaged(form.path(), "not whole hashes") };
            if hashes.len() as u64 != form.width {
                return damaged(form.path(), "not as many hashes as its name says");
            }
            hashes.truncate(usize::try_from(tile.width).unwrap_or(usize::MAX));
            return Ok(hashes);
        }
    }
    Err(ReadError::Missing { path: tile.path() })
}

/// The bytes of an entry bundle, holding exactly the entries under `tile`.
pub(crate) fn read_bundle(files: &dyn Files, tile: TileName) -> Result<Vec<u8>, ReadError> {
    for form in [tile, tile.full()] {
        let path = form.entries_path();
        if let Some(mut bytes) = read_file(files, &path)? {
            if bundle_entries(&bytes, form.width).is_none() {
                return Err(ReadError::Damaged { path, why: "not as many whole entries as its name says" });
            }
            if form.width > tile.width {
                let mut rest = bytes.as_slice();
                for _ in 0..tile.width {
                    rest = split_entry(rest).map_or(&[][..], |(_, rest)| rest);
                }
                let length = bytes.len() - rest.len();
                bytes.truncate(length);
            }
            return Ok(bytes);
        }
    }
    Err(ReadError::Missing { path: tile.entries_path() })
}

/// A tree of a certain size, read from its files.
#[derive(Clone)]
pub struct Reader {
    files: Arc<dyn Files>,
    size: u64,
}

impl Reader {
    /// The tree of `size` entries in these files. A checkpoint of that size must have been made.
    #[must_use]
    pub fn new(files: Arc<dyn Files>, size: u64) -> Self {
        Self { files, size: size.min(TREE_SIZE_MAX) }
    }

    /// Entries in the tree.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The same files, read as the smaller tree of `size` entries.
    ///
    /// # Errors
    /// [`ReadError::OutOfRange`] when this tree is smaller.
    pub fn at(&self, size: u64) -> Result<Self, ReadError> {
        self.within(size)?;
        Ok(Self { files: Arc::clone(&self.files), size })
    }

    /// The entries with indexes in `range`, in order.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, ReadError> {
        self.by_tile(range, |tile, wanted, out| {
            let bytes = read_bundle(&*self.files, tile)?;
            let entries = bundle_entries(&bytes, tile.width).unwrap_or_default();
            out.extend(entries[wanted].iter().map(|entry| entry.to_vec()));
            Ok(())
        })
    }

    /// The leaf hashes (RFC 6962, section 2.1) of the entries with indexes in `range`, in order. What a caller that
    /// writes through an outbox compares after a crash, to see which of its entries are in the log already.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn leaf_hashes(&self, range: Range<u64>) -> Result<Vec<Hash>, ReadError> {
        self.by_tile(range, |tile, wanted, out| {
            out.extend_from_slice(&read_tile(&*self.files, tile)?[wanted]);
            Ok(())
        })
    }

    fn by_tile<T>(
        &self,
        range: Range<u64>,
        mut read: impl FnMut(TileName, Range<usize>, &mut Vec<T>) -> Result<(), ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        self.within(range.end)?;
        let mut out = Vec::new();
        let mut next = range.start;
        while next < range.end {
            let index = next / TILE_WIDTH;
            let Some(tile) = TileName::in_tree(self.size, 0, index) else { break };
            let first = index * TILE_WIDTH;
            let end = (first + tile.width).min(range.end);
            read(tile, (next - first) as usize..(end - first) as usize, &mut out)?;
            next = end;
        }
        Ok(out)
    }

    /// The root of the tree, computed from its tiles.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn root(&self) -> Result<Hash, ReadError> {
        let hashes = TileHashes::new(&*self.files, self.size);
        hashes.answer(tree_hash(self.size, &hashes))
    }

    /// The proof that entry `index` is in this tree (RFC 6962, section 2.1.1).
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn inclusion(&self, index: u64) -> Result<Vec<Hash>, ReadError> {
        Ok(self.inclusions(index..index + 1)?.pop().unwrap_or_default())
    }

    /// The proofs for every entry in `range`: each tile is read once.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn inclusions(&self, range: Range<u64>) -> Result<Vec<Vec<Hash>>, ReadError> {
        self.within(range.end)?;
        let hashes = TileHashes::new(&*self.files, self.size);
        range.map(|index| hashes.answer(prove_record(self.size, index, &hashes))).collect()
    }

    /// The proof that the tree of `old` entries is a prefix of this one (RFC 6962, section 2.1.2). Empty from 0.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn consistency(&self, old: u64) -> Result<Vec<Hash>, ReadError> {
        self.within(old)?;
        if old == 0 {
            return Ok(Vec::new());
        }
        let hashes = TileHashes::new(&*self.files, self.size);
        hashes.answer(prove_tree(self.size, old, &hashes))
    }

    /// The proof that the subtree over `range` is in this tree: `range` starts at a multiple of 256 and is 256 long, or
    /// ends where the tree does (tlog-mirror, "add-entries").
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn subtree(&self, range: Range<u64>) -> Result<Vec<Hash>, ReadError> {
        self.within(range.end)?;
        let hashes = TileHashes::new(&*self.files, self.size);
        let mut proof = Vec::new();
        let (mut low, mut high) = (0, self.size);
        // Down from the root; the proof is read from the bottom up.
        while low != range.start || high != range.end {
            let middle = low + largest_power_below(high - low);
            let (sibling, down) =
                if range.end <= middle { (middle..high, low..middle) } else { (low..middle, middle..high) };
            proof.push(hashes.answer(hashes.over(sibling))?);
            (low, high) = (down.start, down.end);
        }
        proof.reverse();
        Ok(proof)
    }

    /// The same files, read as a tree of another size, which the caller knows to be there.
    pub(crate) fn resized(&self, size: u64) -> Self {
        Self { files: Arc::clone(&self.files), size }
    }

    const fn within(&self, asked: u64) -> Result<(), ReadError> {
        if asked <= self.size { Ok(()) } else { Err(ReadError::OutOfRange { asked, size: self.size }) }
    }
}

/// The largest power of two below `n`, for `n` above 1.
pub(crate) const fn largest_power_below(n: u64) -> u64 {
    if n <= 2 { 1 } else { 1 << (n - 1).ilog2() }
}
