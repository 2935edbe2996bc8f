use super::*;
use crate::disk::Memory;
use crate::log::tests::{alone, entries, key, opened};
use std::sync::Arc;

fn receipt(index: u64, size: u64) -> Receipt {
    let mut log = opened(Arc::new(Memory::default()));
    log.append_batch(&entries(0..size)).unwrap();
    let checkpoint = log.checkpoint().unwrap().clone();
    Receipt { index, proof: log.reader().inclusion(index).unwrap(), checkpoint, extra: None }
}

#[test]
fn a_receipt_comes_back_and_verifies() {
    for (index, size) in [(0, 1), (0, 2), (299, 300), (77, 300)] {
        let mut receipt = receipt(index, size);
        for extra in [None, Some(vec![]), Some(b"context".to_vec())] {
            receipt.extra = extra;
            let read = Receipt::parse(receipt.to_text().as_bytes()).unwrap();
            assert_eq!(read, receipt);
            assert_eq!(read.to_text(), receipt.to_text());
            assert_eq!(read.verify(&entries(index..index + 1)[0], &alone()).unwrap().head.size, size);
        }
    }
}

#[test]
fn the_text_is_that_of_the_specification() {
    let text = receipt(1, 3).to_text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["c2sp.org/tlog-proof@v1", "index 1"]);
    assert_eq!((lines[2].len(), lines[4], lines[5], lines[6]), (44, "", key().name(), "3"));
}

#[test]
fn a_receipt_for_something_else_does_not_verify() {
    let good = receipt(5, 300);
    let entry = &entries(5..6)[0];
    let fails = |change: &dyn Fn(&mut Receipt)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.verify(entry, &alone()).is_err()
    };
    assert!(!fails(&|_| ()));
    assert!(fails(&|bad| bad.index = 4));
    assert!(fails(&|bad| bad.index = u64::MAX));
    assert!(fails(&|bad| bad.proof[0].0[0] ^= 1));
    assert!(fails(&|bad| bad.proof.truncate(1)));
    assert!(fails(&|bad| bad.proof.push(Hash([0; 32]))));
    assert!(good.verify(b"entry 6", &alone()).is_err());
}

#[test]
fn torn_receipts_are_refused() {
    let good = receipt(5, 300).to_text();
    for (from, to) in [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 5", "index 05"),
        ("index 5", "index -5"),
        ("index 5", "extra ???\nindex 5"),
        ("\n\n", "\n"),
        ("index 5\n", "index 5\nAAAA\n"),
    ] {
        assert!(Receipt::parse(good.replacen(from, to, 1).as_bytes()).is_err(), "{from} -> {to}");
    }
    for cut in 0..good.len() {
        assert!(Receipt::parse(&good.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn receipts_have_limits() {
    let hash = format!("{}\n", Hash([7; 32]));
    let long = |lines: usize| {
        receipt(5, 300).to_text().replacen("index 5\n", &("index 5\n".to_owned() + &hash.repeat(lines)), 1)
    };
    let own = receipt(5, 300).proof.len();
    assert!(Receipt::parse(long(PROOF_HASHES_MAX - own).as_bytes()).is_ok());
    assert!(Receipt::parse(long(PROOF_HASHES_MAX - own + 1).as_bytes()).is_err());
    let mut big = receipt(0, 1);
    big.extra = Some(vec![0; RECEIPT_BYTES_MAX]);
    assert!(Receipt::parse(big.to_text().as_bytes()).is_err());
}
