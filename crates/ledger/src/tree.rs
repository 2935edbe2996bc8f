//! A tree on a disk that only grows: entry bundles first, then the tiles over them.
//!
//! Bundles are put in place strictly one after the other, so what a crash leaves is always the beginning of what was
//! being written, without a hole. They are the journal as well: tiles can be computed from them again.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use tlog_tiles::{Hash, record_hash};

use crate::disk::{Disk, Placer};
use crate::edge::{Edge, perfect_root};
use crate::limits::TILE_WIDTH;
use crate::reader::{ReadError, Reader, read_bundle, read_file, read_tile};
use crate::tile::{TileName, bundle_entries, hashes_at, partial_folder, push_entry, tile_bytes};

/// Tile levels of the largest tree.
const LEVELS: u8 = 7;

/// A growing tree on a disk. After an error it must be thrown away: memory and disk may differ.
pub(crate) struct Tree {
    disk: Arc<dyn Disk>,
    placer: Placer,
    edge: Edge,
    /// Per level, the hashes of the last tile while it is not full.
    last: Vec<Vec<Hash>>,
    /// The bytes of the last bundle while it is not full.
    bundle: Vec<u8>,
}

impl Tree {
    /// The tree of `size` entries on this disk: its right edge is read, and the last bundle is held against the tile
    /// over it. The root is for the caller to compare.
    pub(crate) fn load(disk: Arc<dyn Disk>, size: u64) -> Result<Self, ReadError> {
        let mut last = Vec::new();
        for level in 0..LEVELS {
            let tile = TileName::in_tree(size, level, hashes_at(size, level) / TILE_WIDTH);
            last.push(tile.map_or(Ok(Vec::new()), |tile| read_tile(&*disk, tile))?);
        }
        let bundle = match TileName::in_tree(size, 0, size / TILE_WIDTH) {
            None => Vec::new(),
            Some(tile) => {
                let bundle = read_bundle(&*disk, tile)?;
                check_bundle(&bundle, tile, &last[0])?;
                bundle
            }
        };
        let edge = Edge::from_last_tiles(size, &last);
        Ok(Self { placer: Placer::new(Arc::clone(&disk)), disk, edge, last, bundle })
    }

    /// The right edge alone.
    pub(crate) fn into_edge(self) -> Edge {
        self.edge
    }

    pub(crate) const fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root, from memory alone.
    pub(crate) fn root(&self) -> Hash {
        self.edge.root()
    }

    /// The leaf hashes of the last bundle while it is not full.
    pub(crate) fn last_leaves(&self) -> &[Hash] {
        self.last.first().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.disk) as _, self.size())
    }

    pub(crate) const fn placer(&mut self) -> &mut Placer {
        &mut self.placer
    }

    /// Appends entries; they and the tiles over them are durable when this returns.
    pub(crate) fn append<E: AsRef<[u8]>>(&mut self, entries: &[E]) -> io::Result<Range<u64>> {
        let from = self.size();
        let (mut bundles, mut tiles) = (Vec::new(), Vec::new());
        for entry in entries {
            push_entry(&mut self.bundle, entry.as_ref());
            self.push_leaf(record_hash(entry.as_ref()), &mut tiles);
            if self.size().is_multiple_of(TILE_WIDTH) {
                let full = TileName { level: 0, index: self.size() / TILE_WIDTH - 1, width: TILE_WIDTH };
                bundles.push((full.entries_path(), std::mem::take(&mut self.bundle)));
            }
        }
        if let Some(tile) = TileName::in_tree(self.size(), 0, self.size() / TILE_WIDTH) {
            bundles.push((tile.entries_path(), self.bundle.clone()));
        }
        tiles.extend(self.partial_tiles_since(from));
        if self.size() > from {
            self.placer.put_in_order(&bundles)?;
            self.placer.put_any_order(&tiles)?;
        }
        Ok(from..self.size())
    }

    fn push_leaf(&mut self, leaf: Hash, full_tiles: &mut Vec<(String, Vec<u8>)>) {
        self.edge.push(leaf);
        let mut hash = leaf;
        for (level, last) in (0..LEVELS).zip(&mut self.last) {
            last.push(hash);
            if last.len() as u64 != TILE_WIDTH {
                break;
            }
            let index = hashes_at(self.edge.size(), level) / TILE_WIDTH - 1;
            full_tiles.push((TileName { level, index, width: TILE_WIDTH }.path(), tile_bytes(last)));
            hash = perfect_root(last);
            last.clear();
        }
    }

    fn partial_tiles_since(&self, from: u64) -> Vec<(String, Vec<u8>)> {
        let changed = |level: &u8| hashes_at(from, *level) != hashes_at(self.size(), *level);
        let tile = |level| {
            let tile = TileName::in_tree(self.size(), level, hashes_at(self.size(), level) / TILE_WIDTH)?;
            Some((tile.path(), tile_bytes(&self.last[usize::from(level)])))
        };
        (0..LEVELS).filter(changed).filter_map(tile).collect()
    }

    /// The root once more, this time from the disk and by other code: entries since `from` are read back and hashed,
    /// compared with the tiles over them, and the tiles are hashed up by `tlog_tiles`.
    pub(crate) fn root_on_disk(&self, from: u64) -> Result<Hash, ReadError> {
        for index in from / TILE_WIDTH..self.size().div_ceil(TILE_WIDTH) {
            if let Some(tile) = TileName::in_tree(self.size(), 0, index) {
                check_bundle(&read_bundle(&*self.disk, tile)?, tile, &read_tile(&*self.disk, tile)?)?;
            }
        }
        self.reader().root()
    }

    /// Entries on the disk behind the end of the tree, as a crash left them: whole bundles without a hole.
    pub(crate) fn entries_behind(&self) -> Result<Vec<Vec<u8>>, ReadError> {
        let mut found = Vec::new();
        for index in self.size() / TILE_WIDTH.. {
            let Some((width, bytes)) = self.widest_bundle(index)? else { break };
            let tile = TileName { level: 0, index, width };
            let damaged = |why| ReadError::Damaged { path: tile.entries_path(), why };
            let entries =
                bundle_entries(&bytes, width).ok_or_else(|| damaged("not as many entries as its name says"))?;
            let known = usize::try_from(self.size().saturating_sub(index * TILE_WIDTH)).unwrap_or(usize::MAX);
            if index == self.size() / TILE_WIDTH && !bytes.starts_with(&self.bundle) {
                return Err(damaged("it does not begin with the entries already signed"));
            }
            found.extend(entries.into_iter().skip(known).map(<[u8]>::to_vec));
            if width < TILE_WIDTH {
                break;
            }
        }
        Ok(found)
    }

    fn widest_bundle(&self, index: u64) -> Result<Option<(u64, Vec<u8>)>, ReadError> {
        let full = TileName { level: 0, index, width: TILE_WIDTH };
        if let Some(bytes) = read_file(&*self.disk, &full.entries_path())? {
            return Ok(Some((TILE_WIDTH, bytes)));
        }
        let folder = partial_folder(&full.entries_path());
        let names = self.disk.names(&folder).map_err(|source| ReadError::Io { path: folder, source })?;
        let widest = names.iter().filter_map(|name| name.parse::<u64>().ok()).filter(|width| *width < TILE_WIDTH).max();
        let Some(width) = widest else { return Ok(None) };
        let bytes = read_file(&*self.disk, &TileName { width, ..full }.entries_path())?;
        Ok(bytes.map(|bytes| (width, bytes)))
    }

    /// Removes the partial forms of tiles that became full between two published sizes.
    pub(crate) fn prune_partial(&mut self, old: u64, new: u64) -> io::Result<()> {
        for level in 0..LEVELS {
            for index in hashes_at(old, level) / TILE_WIDTH..hashes_at(new, level) / TILE_WIDTH {
                let full = TileName { level, index, width: TILE_WIDTH };
                self.remove_folder(&partial_folder(&full.path()))?;
                if level == 0 {
                    self.remove_folder(&partial_folder(&full.entries_path()))?;
                }
            }
        }
        Ok(())
    }

    fn remove_folder(&mut self, folder: &str) -> io::Result<()> {
        let names = self.disk.names(folder)?;
        for name in &names {
            self.disk.remove(&format!("{folder}/{name}"))?;
        }
        self.placer.forget(folder);
        if names.is_empty() { Ok(()) } else { self.disk.remove(folder) }
    }
}

/// Whether the entries of a bundle hash to the tile over them.
pub(crate) fn check_bundle(bundle: &[u8], tile: TileName, hashes: &[Hash]) -> Result<(), ReadError> {
    let entries = bundle_entries(bundle, tile.width).unwrap_or_default();
    if entries.len() == hashes.len() && entries.iter().zip(hashes).all(|(entry, hash)| record_hash(entry) == *hash) {
        Ok(())
    } else {
        Err(ReadError::Damaged { path: tile.entries_path(), why: "its entries do not hash to the tile over them" })
    }
}
