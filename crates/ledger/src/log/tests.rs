use super::*;
use crate::disk::Memory;

pub(crate) fn key() -> LogKey {
    LogKey::from_seed("log.example.org/2026", &[1; 32]).unwrap()
}

pub(crate) fn alone() -> Policy {
    Policy::log_alone(key().public().clone())
}

/// An open log that its own signature confirms.
pub(crate) fn opened(disk: Arc<dyn Disk>) -> Log {
    let mut log = Log::open(disk, key()).unwrap();
    let signed = log.signed().clone();
    log.confirm(&signed, &alone()).unwrap();
    log
}

pub(crate) fn entries(range: Range<u64>) -> Vec<Vec<u8>> {
    range.map(|i| format!("entry {i}").into_bytes()).collect()
}

#[test]
fn what_is_appended_is_read_signed_and_there_again() {
    let disk = Memory::default();
    let mut log = opened(Arc::new(disk.clone()));
    let mut next = 0;
    for count in [1, 254, 1, 1, 0, 700, 464] {
        let range = log.append_batch(&entries(next..next + count)).unwrap();
        assert_eq!(range, next..next + count);
        next += count;
        let note = log.checkpoint().unwrap().clone();
        assert_eq!(Head::of(&note).unwrap(), *log.signed_head());
        log.publish(&note, &alone()).unwrap();
        assert_eq!(log.reader().entries(0..next).unwrap(), entries(0..next));
    }
    drop(log);
    let log = opened(Arc::new(disk));
    assert_eq!(log.size(), next);
    assert_eq!(log.reader().entries(250..300).unwrap(), entries(250..300));
}

#[test]
fn a_size_is_signed_once_and_always_the_same() {
    let disk = Memory::default();
    let mut log = opened(Arc::new(disk.clone()));
    log.append_batch(&entries(0..10)).unwrap();
    let first = log.checkpoint().unwrap().to_bytes();
    assert_eq!(log.checkpoint().unwrap().to_bytes(), first);
    drop(log);
    assert_eq!(opened(Arc::new(disk)).checkpoint().unwrap().to_bytes(), first);
}

#[test]
fn entries_not_yet_signed_survive_a_restart() {
    let disk = Memory::default();
    let mut log = opened(Arc::new(disk.clone()));
    log.append_batch(&entries(0..300)).unwrap();
    log.checkpoint().unwrap();
    log.append_batch(&entries(300..900)).unwrap();
    drop(log);
    let mut log = opened(Arc::new(disk));
    assert_eq!((log.size(), log.signed_head().size), (900, 300));
    assert_eq!(log.reader().leaf_hashes(890..900).unwrap().len(), 10);
    log.checkpoint().unwrap();
    assert_eq!(log.signed_head().root, log.reader().root().unwrap());
}

#[test]
fn nothing_is_appended_before_a_quorum_has_confirmed() {
    let mut log = Log::open(Arc::new(Memory::default()), key()).unwrap();
    assert!(matches!(log.append_batch(&entries(0..1)), Err(LogError::Unconfirmed)));
    assert!(matches!(log.checkpoint(), Err(LogError::Unconfirmed)));
    log.witness_has_seen(0);
    assert_eq!(log.standing(), Standing::Unconfirmed);
    log.witness_has_seen(5);
    let refused = log.append_batch(&entries(0..1));
    assert!(matches!(refused, Err(LogError::Behind { size: 0, witness_size: 5 })));
}

#[test]
fn one_process_writes_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let disk = || Arc::new(crate::disk::Folder::new(folder.path()).unwrap());
    let log = opened(disk());
    assert!(matches!(Log::open(disk(), key()), Err(OpenError::Locked)));
    drop(log);
    opened(disk());
}

#[test]
fn entries_and_batches_have_limits() {
    let mut log = opened(Arc::new(Memory::default()));
    log.append_batch(&[vec![0; ENTRY_BYTES_MAX]]).unwrap();
    let refused = log.append_batch(&[vec![], vec![0; ENTRY_BYTES_MAX + 1]]);
    assert!(matches!(refused, Err(LogError::TooLong { position: 1, .. })));
    log.append_batch(&vec![b""; BATCH_ENTRIES_MAX]).unwrap();
    assert!(matches!(log.append_batch(&vec![b""; BATCH_ENTRIES_MAX + 1]), Err(LogError::TooMany)));
    assert_eq!(log.size(), 1 + BATCH_ENTRIES_MAX as u64);
    log.checkpoint().unwrap();
}

#[test]
fn a_wrong_byte_behind_the_back_is_never_signed() {
    for path in ["tile/entries/000.p/20", "tile/0/000.p/20"] {
        let disk = Memory::default();
        let mut log = opened(Arc::new(disk.clone()));
        log.append_batch(&entries(0..20)).unwrap();
        assert!(disk.tamper(path, |bytes| bytes[3] ^= 1));
        let refused = log.checkpoint().unwrap_err().to_string();
        assert!(refused.contains("tile/entries/000.p/20"), "{refused}");
        assert!(matches!(log.append_batch(&entries(20..21)), Err(LogError::Stopped(_))));
        assert_eq!(log.signed_head().size, 0);
    }
}

#[test]
fn a_damaged_or_torn_log_does_not_open() {
    let disk = Memory::default();
    let mut log = opened(Arc::new(disk.clone()));
    for end in [300, 600] {
        log.append_batch(&entries(end - 300..end)).unwrap();
        let note = log.checkpoint().unwrap().clone();
        log.publish(&note, &alone()).unwrap();
    }
    drop(log);
    let fails = |change: &dyn Fn(&Memory)| {
        let copy = disk.copied();
        change(&copy);
        Log::open(Arc::new(copy), key()).err().map(|error| error.to_string()).unwrap_or_default()
    };
    let flip = |path: &'static str| move |disk: &Memory| assert!(disk.tamper(path, |bytes| bytes[9] ^= 1), "{path}");
    assert!(fails(&flip("tile/1/000.p/2")).contains("audit"));
    assert!(fails(&flip("tile/0/002.p/88")).contains("tile/entries/002.p/88"));
    assert!(fails(&flip("tile/entries/002.p/88")).contains("tile/entries/002.p/88"));
    assert!(fails(&flip(SIGNED)).contains("not a checkpoint signed by"));
    assert!(fails(&|disk| disk.remove(SIGNED).unwrap()).contains("is missing"));
    let old = Memory::default();
    opened(Arc::new(old.clone()));
    let old_state = old.files().into_iter().find(|(path, _)| path == SIGNED).unwrap().1;
    assert!(fails(&|disk| disk.write(SIGNED, &old_state).unwrap()).contains("part of an old backup"));
    let other = LogKey::from_seed("log.example.org/2026", &[2; 32]).unwrap();
    assert!(matches!(Log::open(Arc::new(disk.copied()), other), Err(OpenError::NotOurs { .. })));
}

#[test]
fn an_old_backup_catches_up_and_takes_back_what_was_signed() {
    let disk = Memory::default();
    let mut log = opened(Arc::new(disk.clone()));
    log.append_batch(&entries(0..300)).unwrap();
    log.checkpoint().unwrap();
    log.append_batch(&entries(300..310)).unwrap();
    let backup = disk.copied();
    log.append_batch(&entries(310..5000)).unwrap();
    let last = log.checkpoint().unwrap().clone();
    log.publish(&last, &alone()).unwrap();
    let mirror: Arc<dyn crate::disk::Files> = Arc::new(disk.copied());

    let mut restored = Log::open(Arc::new(backup.clone()), key()).unwrap();
    restored.witness_has_seen(5000);
    assert_eq!(restored.catch_up(&mirror).unwrap(), 5000);
    assert_eq!(restored.signed().to_bytes(), last.to_bytes(), "the same signature, not a new one");
    restored.confirm(&last, &alone()).unwrap();
    restored.append_batch(&entries(5000..5001)).unwrap();
    restored.checkpoint().unwrap();

    // A mirror that lies about an entry, or has too little, changes nothing.
    let lying = disk.copied();
    assert!(lying.tamper("tile/entries/010", |bytes| bytes[5] ^= 1));
    let mut again = Log::open(Arc::new(disk_from(&disk, 300)), key()).unwrap();
    let lying: Arc<dyn crate::disk::Files> = Arc::new(lying);
    assert!(matches!(again.catch_up(&lying), Err(CatchUpError::Forked { .. })));
    let mut short = Log::open(Arc::new(disk_from(&disk, 300)), key()).unwrap();
    short.witness_has_seen(5001);
    assert!(matches!(short.catch_up(&mirror), Err(CatchUpError::MirrorBehind { mirror: 5000, needed: 5001 })));
}

/// A fresh log with the first entries of the same history.
fn disk_from(_: &Memory, size: u64) -> Memory {
    let disk = Memory::default();
    let mut log = opened(Arc::new(disk.clone()));
    log.append_batch(&entries(0..size)).unwrap();
    log.checkpoint().unwrap();
    disk
}
