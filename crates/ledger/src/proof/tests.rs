use std::sync::Arc;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;

use super::*;
use crate::disk::Memory;
use crate::log::tests::opened;
use crate::reader::Reader;

fn grown(size: u64) -> (Reader, MemoryBackedTree<Sha256, Vec<u8>>) {
    let (mut log, mut other) = (opened(Arc::new(Memory::default())), MemoryBackedTree::new());
    let entries: Vec<Vec<u8>> = (0..size).map(|i| i.to_be_bytes().to_vec()).collect();
    log.append_batch(&entries).unwrap();
    log.checkpoint().unwrap();
    entries.into_iter().for_each(|entry| other.push(entry));
    (log.reader(), other)
}

fn head(reader: &Reader) -> Head {
    Head { origin: "o".to_owned(), size: reader.size(), root: reader.root().unwrap() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Our proofs are theirs, byte for byte, and each verifies the other's.
    #[test]
    fn proofs_agree_with_another_implementation(size in 1_u64..1400, pick in any::<(u64, u64)>()) {
        let (reader, other) = grown(size);
        let (index, old) = (pick.0 % size, 1 + pick.1 % size);
        let head = head(&reader);
        let other_root = other.root();
        prop_assert_eq!(head.root.0.as_slice(), other_root.as_bytes().as_slice());

        let ours = reader.inclusion(index).unwrap();
        let bytes: Vec<u8> = ours.iter().flat_map(|hash| hash.0).collect();
        let theirs = other.prove_inclusion(usize::try_from(index).unwrap());
        prop_assert_eq!(&bytes[..], theirs.as_bytes());
        prop_assert!(check_inclusion(&head, index, leaf_hash(&index.to_be_bytes()), &ours).is_ok());
        let root = RootHash::<Sha256>::new(head.root.0.into(), size);
        let read = InclusionProof::<Sha256>::from_bytes(bytes);
        prop_assert!(root.verify_inclusion(&index.to_be_bytes(), index, &read).is_ok());

        let ours = reader.consistency(old).unwrap();
        let bytes: Vec<u8> = ours.iter().flat_map(|hash| hash.0).collect();
        let old_root = reader_root(&other, old);
        prop_assert!(check_consistency((old, old_root), (size, head.root), &ours).is_ok());
        if old < size {
            let theirs = other.prove_consistency(usize::try_from(size - old).unwrap());
            prop_assert_eq!(&bytes[..], theirs.as_bytes());
            let old_root = RootHash::<Sha256>::new(old_root.0.into(), old);
            let read = ConsistencyProof::<Sha256>::try_from_bytes(bytes).unwrap();
            prop_assert!(root.verify_consistency(&old_root, &read).is_ok());
        }
        // A wrong hash anywhere is no proof.
        for at in 0..ours.len() {
            let mut bad = ours.clone();
            bad[at].0[0] ^= 1;
            prop_assert!(check_consistency((old, old_root), (size, head.root), &bad).is_err());
        }
    }

    /// A subtree's proof is an inclusion proof without its lowest part.
    #[test]
    fn subtree_proofs_lead_to_the_root(size in 1_u64..3000, pick in any::<u64>()) {
        let (reader, _) = grown(size);
        let low = pick % size / 256 * 256;
        let high = (low + 256).min(size);
        let proof = reader.subtree(low..high).unwrap();
        let hash = crate::edge::root_over(&reader.leaf_hashes(low..high).unwrap());
        let root = reader.root().unwrap();
        prop_assert_eq!(root_from_subtree(size, low, high, hash, &proof), Ok(root));
        prop_assert_ne!(root_from_subtree(size, low, high, Hash([0; 32]), &proof), Ok(root));
        let longer = [&proof[..], &[hash]].concat();
        prop_assert_eq!(root_from_subtree(size, low, high, hash, &longer), Err(NotProven));
    }
}

fn reader_root(other: &MemoryBackedTree<Sha256, Vec<u8>>, size: u64) -> Hash {
    let mut smaller = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    other.items().iter().take(usize::try_from(size).unwrap()).for_each(|entry| smaller.push(entry.clone()));
    Hash(smaller.root().as_bytes().as_slice().try_into().unwrap())
}

#[test]
fn the_empty_tree_is_a_prefix_of_all() {
    let (full, empty) = ((5, Hash([1; 32])), (0, EMPTY_HASH));
    assert!(check_consistency(empty, full, &[]).is_ok());
    assert!(check_consistency(empty, empty, &[]).is_ok());
    assert!(check_consistency(empty, (0, Hash([1; 32])), &[]).is_err());
    assert!(check_consistency((0, Hash([1; 32])), full, &[]).is_err());
    assert!(check_consistency(empty, full, &[Hash([1; 32])]).is_err());
    assert!(check_consistency(full, empty, &[]).is_err());
}

#[test]
fn absurd_sizes_and_proofs_are_refused_not_computed() {
    let head = Head { origin: "o".to_owned(), size: u64::MAX, root: Hash([1; 32]) };
    assert!(check_inclusion(&head, u64::MAX - 1, Hash([2; 32]), &[]).is_err());
    assert!(check_consistency((u64::MAX - 1, head.root), (u64::MAX, head.root), &[]).is_err());
    assert!(root_from_subtree(u64::MAX, 0, 256, head.root, &[]).is_err());
    assert!(root_from_subtree(600, 0, 300, head.root, &[]).is_err(), "not a subtree");
    let long = vec![Hash([0; 32]); PROOF_HASHES_MAX + 1];
    assert!(check_inclusion(&Head { size: 5, ..head }, 0, Hash([2; 32]), &long).is_err());
}
