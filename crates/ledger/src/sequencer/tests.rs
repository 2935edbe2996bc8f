use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::disk::{Fault, Faulty, Memory};
use crate::keys::CosignerKey;
use crate::log::tests::{key, opened};
use crate::offer::{Collected, Nobody, Offer};

fn quick() -> Pace {
    Pace {
        interval: Duration::from_millis(1),
        retry: Duration::from_millis(1),
        quorum_limit: Duration::from_millis(50),
        ..Pace::default()
    }
}

/// One witness that can be switched off, and can claim to have seen more.
#[derive(Clone, Default)]
struct Switched {
    off: Arc<AtomicBool>,
    claims: Arc<AtomicU64>,
}

fn witness() -> CosignerKey {
    CosignerKey::from_seed("witness.example.org", &[5; 32]).unwrap()
}

fn policy() -> Policy {
    let text = format!("log {}\nwitness w {}\nquorum w\n", key().public(), witness().public());
    Policy::parse(text.as_bytes()).unwrap()
}

impl Witnesses for Switched {
    fn collect(&mut self, offer: &Offer, _: &Policy, _: Duration) -> Collected {
        let mut checkpoint = offer.checkpoint.clone();
        let mut failures = Vec::new();
        if self.off.load(Ordering::SeqCst) {
            failures.push("w: no answer".to_owned());
        } else {
            checkpoint.add(witness().cosign(checkpoint.text(), 1_800_000_000));
        }
        let claims = self.claims.load(Ordering::SeqCst);
        Collected { checkpoint, seen_larger: (claims > offer.head.size).then_some(claims), failures }
    }
}

fn started(disk: &Memory, witnesses: &Switched) -> Sequencer {
    let log = Log::open(Arc::new(disk.clone()), key()).unwrap();
    Sequencer::start(log, Box::new(witnesses.clone()), policy(), quick()).unwrap()
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn every_entry_gets_a_receipt_that_verifies_offline() {
    let (disk, witnesses) = (Memory::default(), Switched::default());
    let sequencer = started(&disk, &witnesses);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    let entry = |i: u64| format!("entry {i}").into_bytes();
    let pending: Vec<_> = (0..1000).map(|i| (i, sequencer.submit(entry(i)).unwrap())).collect();
    let mut indexes = Vec::new();
    for (i, pending) in pending {
        let receipt = pending.wait().unwrap();
        let read = Receipt::parse(receipt.to_text().as_bytes()).unwrap();
        assert_eq!(read.verify(&entry(i), &policy()).unwrap().latest_s(), Some(1_800_000_000));
        assert!(read.verify(b"another entry", &policy()).is_err());
        indexes.push(read.index);
    }
    assert_eq!(indexes, (0..1000).collect::<Vec<u64>>(), "in the order submitted, none twice");
    let again = sequencer.receipt(500).unwrap();
    again.verify(&entry(500), &policy()).unwrap();
    assert_eq!(sequencer.reader().size(), 1000);
    let log = sequencer.close();
    assert_eq!(log.size(), 1000);
}

#[test]
fn without_a_quorum_nothing_is_acknowledged_and_it_comes_back_without_a_restart() {
    let (disk, witnesses) = (Memory::default(), Switched::default());
    let sequencer = started(&disk, &witnesses);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    witnesses.off.store(true, Ordering::SeqCst);
    let error = sequencer.submit(b"unlucky".to_vec()).unwrap().wait().unwrap_err();
    assert_eq!(error.index, Some(0), "durable all the same");
    assert!(
        error.to_string().contains("quorum `w` is not met") && error.to_string().contains("w: no answer"),
        "{error}"
    );
    assert!(matches!(sequencer.submit(b"refused".to_vec()), Err(Refusal::NoQuorum { .. })));
    assert!(sequencer.receipt(0).is_err());

    witnesses.off.store(false, Ordering::SeqCst);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    sequencer.receipt(0).unwrap().verify(b"unlucky", &policy()).unwrap();
    let receipt = sequencer.submit(b"next".to_vec()).unwrap().wait().unwrap();
    assert_eq!(receipt.index, 1, "what was refused is not in the log");
}

#[test]
fn a_log_behind_its_witness_takes_nothing() {
    let (disk, witnesses) = (Memory::default(), Switched::default());
    witnesses.claims.store(7, Ordering::SeqCst);
    let sequencer = started(&disk, &witnesses);
    while sequencer.status() == Status::Starting {
        std::thread::yield_now();
    }
    assert_eq!(sequencer.submit(b"x".to_vec()).unwrap_err(), Refusal::Behind { witness_size: 7 });
    let log = sequencer.close();
    assert_eq!((log.size(), log.standing()), (0, crate::log::Standing::Behind { witness_size: 7 }));
}

#[test]
fn the_queue_is_full_at_its_limit() {
    let log = opened(Arc::new(Memory::default()));
    let pace = Pace { interval: LONG, queue_entries_max: 3, ..quick() };
    let sequencer = Sequencer::start(log, Box::new(Nobody), crate::log::tests::alone(), pace).unwrap();
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    let pending: Vec<_> = (0..3).map(|i| sequencer.submit(vec![i]).unwrap()).collect();
    assert_eq!(sequencer.submit(vec![4]).unwrap_err(), Refusal::Full { waiting: 3 });
    let too_long = sequencer.submit(vec![0; ENTRY_BYTES_MAX + 1]).unwrap_err();
    assert_eq!(too_long, Refusal::TooLong { bytes: ENTRY_BYTES_MAX + 1 });
    let log = sequencer.close();
    assert_eq!(log.size(), 3, "closing writes what waits");
    assert!(pending.into_iter().all(|pending| pending.wait().is_ok()));
}

#[test]
fn after_a_failed_write_nothing_is_acknowledged_again() {
    let disk = Faulty::new(11);
    let log = opened(Arc::new(disk.clone()));
    let sequencer = Sequencer::start(log, Box::new(Nobody), crate::log::tests::alone(), quick()).unwrap();
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    sequencer.submit(b"good".to_vec()).unwrap().wait().unwrap();
    disk.set(Some(Fault::Once(1)));
    let error = sequencer.submit(b"bad".to_vec()).unwrap().wait().unwrap_err();
    assert!(matches!(error, NotAcknowledged { index: None, why: Refusal::Stopped(_) }), "{error:?}");
    let refused = sequencer.submit(b"later".to_vec()).unwrap_err().to_string();
    assert!(refused.contains("the log has stopped: an append failed: injected fault"), "{refused}");
}
