use std::sync::Arc;

use super::*;
use crate::disk::Memory;
use crate::log::tests::{alone, entries, opened};

fn log_of(size: u64) -> Memory {
    let disk = Memory::default();
    let mut log = opened(Arc::new(disk.clone()));
    let all = entries(0..size);
    for batch in all.chunks(40_000) {
        log.append_batch(batch).unwrap();
    }
    let note = log.checkpoint().unwrap().clone();
    log.publish(&note, &alone()).unwrap();
    disk
}

fn audited(disk: &Memory, threads: usize) -> Result<Vec<Vec<u8>>, AuditError> {
    let mut seen = Vec::new();
    audit(disk, &alone(), threads, |index, entry| {
        assert_eq!(index, seen.len() as u64);
        seen.push(entry.to_vec());
    })?;
    Ok(seen)
}

#[test]
fn every_entry_is_seen_once_and_in_order() {
    for size in [0, 1, 255, 256, 257, 4096, 70_000] {
        let disk = log_of(size);
        for threads in [1, 2, 5] {
            assert_eq!(audited(&disk, threads).unwrap(), entries(0..size), "{size} entries, {threads} threads");
        }
    }
}

#[test]
fn a_flipped_bit_is_found_and_named_in_every_file() {
    let (small, large) = (log_of(1_000), log_of(70_000));
    let mut flipped = 0;
    for (disk, path, bytes) in
        tiles(&small, |_| true).chain(tiles(&large, |path| !path.starts_with("tile/0/") && !path.contains("entries")))
    {
        for at in [2, bytes.len() / 2, bytes.len() - 1] {
            let copy = disk.copied();
            copy.tamper(&path, |bytes| bytes[at] ^= 0x10);
            let error = audited(&copy, 2).expect_err(&path).to_string();
            assert!(error.contains(&format!("`{path}`")), "{path}, byte {at}: {error}");
            flipped += 1;
        }
    }
    assert_eq!(flipped, 3 * (4 + 4 + 1 + 3));
}

/// The tiles and bundles of a log.
fn tiles(disk: &Memory, chosen: impl Fn(&str) -> bool) -> impl Iterator<Item = (Memory, String, Vec<u8>)> {
    let files = disk.files().into_iter().filter(move |(path, _)| path.starts_with("tile/") && chosen(path));
    files.map(|(path, bytes)| (disk.clone(), path, bytes)).collect::<Vec<_>>().into_iter()
}

#[test]
fn a_missing_file_is_named_and_a_missing_signature_too() {
    use crate::disk::Disk as _;
    let disk = log_of(600);
    let without = |path: &str| {
        let copy = disk.copied();
        copy.remove(path).unwrap();
        audited(&copy, 1).unwrap_err().to_string()
    };
    assert_eq!(without("tile/entries/001"), "`tile/entries/001` is missing");
    assert_eq!(without("tile/0/002.p/88"), "`tile/0/002.p/88` is missing");
    assert_eq!(without("checkpoint"), "`checkpoint` is missing");
    let other = crate::keys::LogKey::from_seed("log.example.org/2026", &[3; 32]).unwrap();
    let error = audit(&disk, &Policy::log_alone(other.public().clone()), 1, |_, _| ()).unwrap_err();
    assert!(matches!(error, AuditError::NotBelieved(_)));
}

#[test]
fn a_history_rewritten_with_its_tiles_does_not_have_the_signed_root() {
    let (disk, other) = (log_of(300), Memory::default());
    let mut log = opened(Arc::new(other.clone()));
    let mut rewritten = entries(0..300);
    rewritten[270] = b"something else".to_vec();
    log.append_batch(&rewritten).unwrap();
    for (path, bytes) in other.files().into_iter().filter(|(path, _)| path.starts_with("tile/")) {
        disk.tamper(&path, |old| old.clone_from(&bytes));
    }
    assert!(matches!(audited(&disk, 2), Err(AuditError::Root { .. })));
}
