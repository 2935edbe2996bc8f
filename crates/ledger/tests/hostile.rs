//! What strangers may send: whatever the bytes are, nothing panics, and nothing is cosigned or believed that is not so.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use noroshi_ledger::disk::Memory;
use noroshi_ledger::mirror::{AddEntries, Mirror, MirrorStanding};
use noroshi_ledger::note::parse_signatures;
use noroshi_ledger::witness::{AddCheckpoint, Witness, WitnessFiles};
use noroshi_ledger::{CosignerKey, Head, Log, LogKey, Note, Policy, Reader, Receipt, VerifyKey};
use proptest::prelude::*;

fn key() -> LogKey {
    LogKey::from_seed("log.example.org/hostile", &[1; 32]).unwrap()
}

fn cosigner() -> CosignerKey {
    CosignerKey::from_seed("mirror.example.org", &[2; 32]).unwrap()
}

fn log() -> (Note, Reader) {
    let policy = Policy::log_alone(key().public().clone());
    let mut log = Log::open(Arc::new(Memory::default()), key()).unwrap();
    let signed = log.signed().clone();
    log.confirm(&signed, &policy).unwrap();
    log.append_batch(&(0..300_u32).map(|number| number.to_be_bytes()).collect::<Vec<_>>()).unwrap();
    (log.checkpoint().unwrap().clone(), log.reader())
}

/// A good text with a few bytes changed, cut out or put in.
fn damaged(good: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4);
    edits.prop_map(move |edits| {
        let mut bytes = good.clone();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len().max(1));
            match how {
                _ if bytes.is_empty() => bytes.push(byte),
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        bytes
    })
}

fn good_receipt() -> Receipt {
    let (checkpoint, reader) = log();
    Receipt { index: 77, proof: reader.inclusion(77).unwrap(), checkpoint, extra: Some(b"x".to_vec()) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn anything_may_be_parsed(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = (Note::parse(&bytes), Head::parse(&bytes), Receipt::parse(&bytes), Policy::parse(&bytes));
        let _ = (AddCheckpoint::parse(&bytes), AddEntries::parse(&bytes), MirrorStanding::parse(&bytes));
        let _ = (VerifyKey::parse(&text), LogKey::parse(&text), parse_signatures(&bytes));
    }

    #[test]
    fn a_damaged_receipt_proves_nothing_else(text in damaged(good_receipt().to_text().into_bytes())) {
        let policy = Policy::log_alone(key().public().clone());
        if let Ok(receipt) = Receipt::parse(&text) {
            if receipt.verify(&77_u32.to_be_bytes(), &policy).is_ok() {
                let good = good_receipt();
                prop_assert_eq!((receipt.index, receipt.checkpoint.text()), (77, good.checkpoint.text()));
            }
            prop_assert!(receipt.verify(&78_u32.to_be_bytes(), &policy).is_err());
        }
    }

    #[test]
    fn a_witness_cosigns_only_what_the_log_signed(body in {
        let (checkpoint, _) = log();
        damaged(AddCheckpoint { old: 0, proof: vec![], checkpoint }.to_bytes())
    }) {
        let state = WitnessFiles::open(Arc::new(Memory::default())).unwrap();
        let mut witness = Witness::new(cosigner(), [key().public().clone()], state);
        let answer = witness.add_checkpoint(&body, 1);
        if answer.status == 200 {
            let line = parse_signatures(&answer.body).unwrap();
            prop_assert_eq!(cosigner().public().verify(log().0.text(), &line[0]), Some(1));
        }
    }

    #[test]
    fn a_mirror_stores_only_what_the_log_signed(body in damaged(AddEntries::build(key().name(), &log().1, 0).unwrap())) {
        let (checkpoint, _) = log();
        let mut mirror = Mirror::open(Arc::new(Memory::default()), cosigner(), key().public().clone()).unwrap();
        let pending = AddCheckpoint { old: 0, proof: vec![], checkpoint }.to_bytes();
        prop_assert_eq!(mirror.add_checkpoint(&pending).status, 200);
        let answer = mirror.add_entries(&body, 1);
        if answer.status == 200 {
            let entries = mirror.reader().entries(0..300).unwrap();
            prop_assert!((0..300_u32).zip(&entries).all(|(number, entry)| *entry == number.to_be_bytes()));
        }
        prop_assert!(mirror.stopped().is_none());
    }
}
