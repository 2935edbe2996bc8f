//! Tiles and entry bundles: their paths and bytes (C2SP tlog-tiles).
//!
//! `tile/<level>/<index>[.p/<width>]` holds up to 256 hashes, `tile/entries/<index>[.p/<width>]` the entries under the
//! hashes of level 0, each after its length as a big-endian 16-bit number.

use tlog_tiles::{Hash, Tile};

use crate::limits::{ENTRY_BYTES_MAX, TILE_WIDTH};

/// Binary levels in a tile: its width is 2⁸.
pub(crate) const HEIGHT: u8 = 8;

/// One tile of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TileName {
    pub(crate) level: u8,
    pub(crate) index: u64,
    /// Hashes in it, 1 to 256.
    pub(crate) width: u64,
}

impl TileName {
    /// The tile `index` of `level` in a tree of `size` entries; `None` where it has no hash.
    pub(crate) fn in_tree(size: u64, level: u8, index: u64) -> Option<Self> {
        let hashes = hashes_at(size, level);
        let width = hashes.saturating_sub(index * TILE_WIDTH).min(TILE_WIDTH);
        (width > 0).then_some(Self { level, index, width })
    }

    pub(crate) fn path(&self) -> String {
        numbered(&format!("tile/{}", self.level), self.index, self.width)
    }

    /// The path of the bundle with the entries under this tile; meant for level 0.
    pub(crate) fn entries_path(&self) -> String {
        numbered("tile/entries", self.index, self.width)
    }

    /// The same tile when it is full.
    pub(crate) const fn full(&self) -> Self {
        Self { width: TILE_WIDTH, ..*self }
    }
}

/// Hashes at a tile level of a tree of `size` entries.
pub(crate) const fn hashes_at(size: u64, level: u8) -> u64 {
    if level >= 8 { 0 } else { size >> (HEIGHT * level) }
}

/// The folder of the partial forms of a tile: `<tile>.p`.
pub(crate) fn partial_folder(full_path: &str) -> String {
    format!("{full_path}.p")
}

/// `tlog_tiles` writes numbers as Go does, which C2SP took over; the level and the word before them differ.
fn numbered(folder: &str, index: u64, width: u64) -> String {
    let path = Tile::new(HEIGHT, 0, index, width as u32, false).path();
    format!("{folder}/{}", path.strip_prefix("tile/8/0/").unwrap_or(&path))
}

/// The bytes of a tile.
pub(crate) fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes in the bytes of a tile; `None` when the length is not that of whole hashes.
pub(crate) fn tile_hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.iter().map(|hash| Hash(*hash)).collect())
}

/// Appends one entry to a bundle. The entry must be within [`ENTRY_BYTES_MAX`].
pub(crate) fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    debug_assert!(entry.len() <= ENTRY_BYTES_MAX);
    bundle.extend_from_slice(&(entry.len() as u16).to_be_bytes());
    bundle.extend_from_slice(entry);
}

/// Splits the first entry off a bundle; `None` when it is cut short.
pub(crate) fn split_entry(bundle: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bundle.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// The entries of a bundle; `None` when it is cut short or does not hold `width` of them.
pub(crate) fn bundle_entries(mut bundle: &[u8], width: u64) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (entry, rest) = split_entry(bundle)?;
        entries.push(entry);
        bundle = rest;
    }
    (entries.len() as u64 == width).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = |level, index, width| TileName { level, index, width };
        assert_eq!(tile(0, 1_234_067, 256).path(), "tile/0/x001/x234/067");
        assert_eq!(tile(0, 0, 256).path(), "tile/0/000");
        assert_eq!(tile(2, 999, 17).path(), "tile/2/999.p/17");
        assert_eq!(tile(0, 273, 112).entries_path(), "tile/entries/273.p/112");
    }

    #[test]
    fn the_example_of_the_specification_has_its_tiles() {
        // "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112,
        // one full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1"
        let width = |level, index| TileName::in_tree(70_000, level, index).map(|tile| tile.width);
        assert_eq!([width(0, 272), width(0, 273), width(0, 274)], [Some(256), Some(112), None]);
        assert_eq!([width(1, 0), width(1, 1), width(1, 2)], [Some(256), Some(17), None]);
        assert_eq!([width(2, 0), width(2, 1), width(3, 0)], [Some(1), None, None]);
        assert_eq!(TileName::in_tree(256, 1, 0).map(|tile| tile.width), Some(1));
    }

    #[test]
    fn bundles_come_back_and_torn_ones_do_not() {
        let longest = vec![7; ENTRY_BYTES_MAX];
        let mut bundle = Vec::new();
        for entry in [&b""[..], b"a", &longest] {
            push_entry(&mut bundle, entry);
        }
        assert_eq!(bundle_entries(&bundle, 3).unwrap(), [&b""[..], b"a", &longest]);
        assert_eq!(bundle_entries(&bundle, 2), None);
        assert_eq!(bundle_entries(&bundle[..bundle.len() - 1], 3), None);
        assert_eq!(tile_hashes(&[0; 33]), None);
    }
}
