//! The right edge of a tree: the roots of its perfect subtrees, largest first. Enough to append and to know the root.

use tlog_tiles::{EMPTY_HASH, Hash, node_hash};

use crate::tile::HEIGHT;

/// The right edge of a Merkle tree (RFC 6962, section 2.1) in memory: at most 48 hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Edge {
    /// The edge of a tree of `size` entries, from the hashes of its last tile at each level (level 0 first, each with
    /// fewer than 256 hashes).
    pub(crate) fn from_last_tiles(size: u64, last: &[Vec<Hash>]) -> Self {
        let mut subtrees = Vec::new();
        for hashes in last.iter().rev() {
            let mut rest = hashes.as_slice();
            for bit in (0..HEIGHT).rev() {
                if hashes.len() >> bit & 1 == 1 {
                    let (subtree, after) = rest.split_at(1 << bit);
                    subtrees.push(perfect_root(subtree));
                    rest = after;
                }
            }
        }
        Self { size, subtrees }
    }

    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(left, hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    pub(crate) fn root(&self) -> Hash {
        let right_to_left = self.subtrees.iter().rev().copied();
        right_to_left.reduce(|right, left| node_hash(left, right)).unwrap_or(EMPTY_HASH)
    }
}

/// The root over a number of hashes that is a power of two.
pub(crate) fn perfect_root(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(*left, *right)).collect();
    }
    level.first().copied().unwrap_or(EMPTY_HASH)
}

/// The root over any number of hashes (RFC 6962, section 2.1).
pub(crate) fn root_over(leaves: &[Hash]) -> Hash {
    let mut edge = Edge::default();
    leaves.iter().for_each(|leaf| edge.push(*leaf));
    edge.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use tlog_tiles::record_hash;

    #[test]
    fn roots_agree_with_another_implementation() {
        let mut other = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        let (mut edge, mut leaves) = (Edge::default(), Vec::new());
        assert_eq!(edge.root(), EMPTY_HASH);
        for i in 0..600_u64 {
            let entry = i.to_be_bytes().to_vec();
            leaves.push(record_hash(&entry));
            edge.push(record_hash(&entry));
            other.push(entry);
            assert_eq!(edge.root().0.as_slice(), other.root().as_bytes().as_slice(), "{i}");
        }
        assert_eq!(root_over(&leaves), edge.root());
    }
}
