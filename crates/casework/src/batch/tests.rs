use super::*;
use crate::fixture::*;
use crate::mandate::{self, By};
use noroshi_leaf::DisposalReason;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub(crate) const BATCH: BatchId = BatchId(Uuid::from_u128(70));

fn opened() -> BatchOpened {
    BatchOpened {
        batch: BATCH,
        commission_share: Digest::of(b"share"),
        key: Digest::of(b"key"),
        mandate: MANDATE,
        number: 1,
        source: "north".into(),
        version: 1,
    }
}

fn balance() -> BatchSealed {
    BatchSealed {
        aggregated_only: 90,
        batch: BATCH,
        ciphertext: Digest::of(b"ciphertext"),
        from: NOW,
        input: Digest::of(b"input"),
        out_of_mandate: BTreeMap::from([("domestic".to_owned(), 5)]),
        received: 100,
        selected: 5,
        selection: noroshi_leaf::Commitment(Digest::of(b"selection")),
        until: at(24),
    }
}

fn step(state: Option<&Batch>, command: &Command) -> Result<Batch, Refused> {
    let event = decide(state, command, &live(), signer(99).public(), NOW)?;
    Ok(apply(state.cloned(), &event).unwrap())
}

pub(crate) fn sealed() -> Batch {
    let open = step(None, &Command::Open { opened: opened(), previous: 0 }).unwrap();
    step(Some(&open), &Command::Seal(balance())).unwrap()
}

fn certificate(by: u8, share: &[u8]) -> Command {
    let statement = Destruction {
        at: at(48),
        batches: BTreeSet::from([BATCH]),
        mandate: MANDATE,
        shares: BTreeSet::from([Digest::of(share)]),
    };
    let certificate = signer(by).sign(statement).unwrap();
    Command::Dispose(Disposed { certificate, reason: DisposalReason::RetentionEnded })
}

#[test]
fn a_batch_begins_only_under_a_live_mandate_and_without_a_gap() {
    let open = Command::Open { opened: opened(), previous: 0 };
    let stopped = mandate::Command::Suspend { reason: said("stop"), votes: vec![] };
    let stopped = crate::fixture::step(Some(&live()), BY_CARRIER, stopped, NOW).unwrap();
    assert_eq!(decide(None, &open, &stopped, signer(99).public(), NOW), Err(Refused::NotLive(1)));
    let gap = Command::Open { opened: BatchOpened { number: 3, ..opened() }, previous: 1 };
    assert_eq!(step(None, &gap), Err(Refused::Number { number: 3, previous: 1 }));
    let stale = Command::Open { opened: BatchOpened { version: 2, ..opened() }, previous: 0 };
    assert_eq!(step(None, &stale), Err(Refused::NotLive(2)));
}

#[test]
fn what_does_not_add_up_or_is_too_much_is_not_sealed() {
    let open = step(None, &Command::Open { opened: opened(), previous: 0 }).unwrap();
    let seal = |sealed| step(Some(&open), &Command::Seal(sealed));
    assert_eq!(seal(BatchSealed { received: 99, ..balance() }), Err(Refused::Balance { received: 99 }));
    let full = |selected: u64| BatchSealed { selected, aggregated_only: 0, received: selected + 5, ..balance() };
    assert!(seal(full(1_000)).is_ok());
    assert_eq!(seal(full(1_001)), Err(Refused::TooMany { kept: 1_001, max: 1_000 }));
}

#[test]
fn only_the_commissions_seal_over_the_registered_share_disposes() {
    let kept = sealed();
    assert!(matches!(step(Some(&kept), &certificate(1, b"share")), Err(Refused::Certificate(_))));
    assert!(matches!(step(Some(&kept), &certificate(99, b"another")), Err(Refused::Certificate(_))));
    let gone = step(Some(&kept), &certificate(99, b"share")).unwrap();
    assert!(matches!(gone.standing, BatchStanding::Disposed { .. }));
    assert!(step(Some(&gone), &certificate(99, b"share")).is_err(), "once is enough");
}

#[test]
fn it_is_due_at_the_end_of_its_retention_or_of_its_mandate() {
    let kept = sealed();
    assert_eq!(kept.due(&live()), Some((at(24 + 30 * 24), DisposalReason::RetentionEnded)));
    let revoke = mandate::Command::Revoke { reason: said("enough"), votes: vec![] };
    let over = crate::fixture::step(Some(&live()), BY_CENTRE, revoke, at(30)).unwrap();
    assert_eq!(kept.due(&over), Some((at(30), DisposalReason::MandateRevoked)));
    let expired = crate::fixture::step(Some(&live()), By::Hub, mandate::Command::Expire, at(24 * 90)).unwrap();
    assert_eq!(kept.due(&expired), Some((at(24 + 30 * 24), DisposalReason::RetentionEnded)), "the earlier of the two");
}

#[test]
fn the_list_of_batches_has_one_digest_in_any_order() {
    let other = BatchId(Uuid::from_u128(71));
    assert_eq!(list_digest(&[BATCH, other]), list_digest(&[other, BATCH]));
    assert_ne!(list_digest(&[BATCH]), list_digest(&[BATCH, other]));
}
