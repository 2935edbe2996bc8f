//! Verifying proofs about a tree (RFC 6962, section 2.1; RFC 9162, section 2.1). Nothing is read, nothing is trusted.

use tlog_tiles::{EMPTY_HASH, Hash, check_record, check_tree, node_hash};

use crate::head::Head;
use crate::limits::{PROOF_HASHES_MAX, TREE_SIZE_MAX};
use crate::reader::largest_power_below;

pub use tlog_tiles::record_hash as leaf_hash;

/// The proof does not prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not lead to the root")]
pub struct NotProven;

/// Whether `proof` shows that the tree of `head` has an entry with this leaf hash at `index`.
///
/// # Errors
/// [`NotProven`].
pub fn check_inclusion(head: &Head, index: u64, leaf: Hash, proof: &[Hash]) -> Result<(), NotProven> {
    if index >= head.size || !sane(head.size, proof) {
        return Err(NotProven);
    }
    check_record(&proof.to_vec(), head.size, head.root, index, leaf).map_err(|_| NotProven)
}

/// Whether `proof` shows that the tree of `old` is a prefix of that of `new`. Every tree begins with the empty one,
/// for which the proof is empty.
///
/// # Errors
/// [`NotProven`].
pub fn check_consistency(old: (u64, Hash), new: (u64, Hash), proof: &[Hash]) -> Result<(), NotProven> {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size || !sane(new_size, proof) {
        return Err(NotProven);
    }
    if old_size == 0 {
        let empty = old_root == EMPTY_HASH && proof.is_empty() && (new_size > 0 || new_root == EMPTY_HASH);
        return if empty { Ok(()) } else { Err(NotProven) };
    }
    check_tree(&proof.to_vec(), new_size, new_root, old_size, old_root).map_err(|_| NotProven)
}

/// The root that `proof` leads to from the subtree over entries `low..high` with root `hash`, in a tree of `size`
/// entries: an inclusion proof that starts above the leaves.
pub(crate) fn root_from_subtree(size: u64, low: u64, high: u64, hash: Hash, proof: &[Hash]) -> Result<Hash, NotProven> {
    if low >= high || high > size || !sane(size, proof) {
        return Err(NotProven);
    }
    let mut steps = Vec::new();
    let (mut from, mut to) = (0, size);
    while from != low || to != high {
        if to - from < 2 {
            return Err(NotProven);
        }
        let middle = from + largest_power_below(to - from);
        let left = high <= middle;
        if !left && low < middle {
            return Err(NotProven);
        }
        steps.push(left);
        (from, to) = if left { (from, middle) } else { (middle, to) };
    }
    if steps.len() != proof.len() {
        return Err(NotProven);
    }
    let climb = |hash, (left, sibling): (&bool, &Hash)| {
        if *left { node_hash(hash, *sibling) } else { node_hash(*sibling, hash) }
    };
    Ok(steps.iter().rev().zip(proof).fold(hash, climb))
}

const fn sane(size: u64, proof: &[Hash]) -> bool {
    size <= TREE_SIZE_MAX && proof.len() <= PROOF_HASHES_MAX
}

#[cfg(test)]
mod tests;
