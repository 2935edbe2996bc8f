use std::sync::Arc;

use super::*;
use crate::audit::audit;
use crate::disk::{Fault, Faulty, Memory};
use crate::limits::{ADD_ENTRIES_BYTES_MAX, TILE_WIDTH};
use crate::log::tests::{entries, key, opened};
use crate::note::parse_signatures;
use crate::policy::Policy;

fn cosigner() -> CosignerKey {
    CosignerKey::from_seed("mirror.example.org", &[8; 32]).unwrap()
}

fn opened_mirror(disk: Arc<dyn Disk>) -> Mirror {
    Mirror::open(disk, cosigner(), key().public().clone()).unwrap()
}

/// An honest log at these sizes.
fn log_at(sizes: &[u64]) -> (Vec<Note>, Reader) {
    let mut log = opened(Arc::new(Memory::default()));
    let mut notes = Vec::new();
    for size in sizes {
        let from = log.size();
        log.append_batch(&entries(from..*size)).unwrap();
        notes.push(log.checkpoint().unwrap().clone());
    }
    (notes, log.reader())
}

fn pend(mirror: &mut Mirror, old: u64, reader: &Reader, note: &Note) -> Answer {
    let size = Head::of(note).unwrap().size;
    let proof = reader.at(size).unwrap().consistency(old).unwrap();
    mirror.add_checkpoint(&AddCheckpoint { old, proof, checkpoint: note.clone() }.to_bytes())
}

fn upload(reader: &Reader, size: u64, start: u64) -> Vec<u8> {
    AddEntries::build(key().name(), &reader.at(size).unwrap(), start).unwrap()
}

#[test]
fn a_mirror_cosigns_what_it_holds_and_an_auditor_agrees() {
    let disk = Memory::default();
    let mut mirror = opened_mirror(Arc::new(disk.clone()));
    let (notes, reader) = log_at(&[1, 300, 301, 512, 2000]);
    let mut old = 0;
    for note in &notes {
        let size = Head::of(note).unwrap().size;
        let answer = pend(&mut mirror, old, &reader, note);
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b""[..]), "pending is not mirrored");
        let answer = mirror.add_entries(&upload(&reader, size, old), 1_700_000_000);
        assert_eq!(answer.status, 200, "{size}: {}", String::from_utf8_lossy(&answer.body));
        let line = parse_signatures(&answer.body).unwrap();
        assert_eq!(cosigner().public().verify(note.text(), &line[0]), Some(1_700_000_000));
        old = size;
    }
    let policy = format!("log {}\nwitness m {}\nquorum m\n", key().public(), cosigner().public());
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let mut seen = Vec::new();
    audit(&disk, &policy, 1, |_, entry| seen.push(entry.to_vec())).unwrap();
    assert_eq!(seen, entries(0..2000));
    drop(mirror);
    assert_eq!(opened_mirror(Arc::new(disk)).mirrored().size, 2000);
}

#[test]
fn nothing_is_cosigned_that_is_not_held() {
    let mut mirror = opened_mirror(Arc::new(Memory::default()));
    let (notes, reader) = log_at(&[300, 1000]);
    let standing = |answer: &Answer| MirrorStanding::parse(&answer.body).unwrap();

    let early = mirror.add_entries(&upload(&reader, 300, 0), 1);
    assert_eq!(
        (early.status, standing(&early)),
        (409, MirrorStanding { pending: 0, next: 0 }),
        "no such pending checkpoint"
    );
    assert_eq!(pend(&mut mirror, 0, &reader, &notes[0]).status, 200);
    let gap = mirror.add_entries(&upload(&reader, 300, 256), 1);
    assert_eq!((gap.status, standing(&gap)), (409, MirrorStanding { pending: 300, next: 0 }), "a gap");
    let whole = upload(&reader, 300, 0);
    let mut forged = whole.clone();
    let at = forged.windows(9).position(|bytes| bytes == b"entry 270").unwrap();
    forged[at] ^= 1;
    assert_eq!(mirror.add_entries(&forged, 1).status, 422, "the second package is forged");
    assert_eq!(mirror.mirrored().size, 0);
    let rest = mirror.add_entries(&upload(&reader, 300, 0), 1);
    assert_eq!(
        (rest.status, standing(&rest)),
        (409, MirrorStanding { pending: 300, next: 256 }),
        "the first was good and kept"
    );
    let cut = upload(&reader, 300, 256);
    assert_eq!(mirror.add_entries(&cut[..cut.len() - 1], 1).status, 400, "not one whole package");
    assert_eq!(mirror.add_entries(&cut, 1).status, 200);
    assert_eq!(pend(&mut mirror, 300, &reader, &notes[1]).status, 200);
    let part = upload(&reader, 1000, 300);
    let two = part.len() - 300;
    let partial = mirror.add_entries(&part[..two], 1);
    assert_eq!(partial.status, 202);
    assert!(standing(&partial).next > 300 && standing(&partial).next.is_multiple_of(TILE_WIDTH));
    assert_eq!(mirror.add_entries(&upload(&reader, 1000, standing(&partial).next), 1).status, 200);
    assert_eq!(mirror.add_entries(&upload(&reader, 1000, 1000), 1).status, 200, "asked again, it cosigns again");
}

#[test]
fn a_new_mirror_says_where_it_stands_and_cosigns_nothing() {
    let mut mirror = opened_mirror(Arc::new(Memory::default()));
    let (_, reader) = log_at(&[300]);
    let answer = mirror.add_entries(&upload(&reader, 0, 0), 1);
    assert_eq!(
        (answer.status, answer.content_type, &answer.body[..]),
        (409, "text/x.tlog.mirror-info", &b"0\n0\n\n"[..])
    );
}

#[test]
fn malformed_requests_are_refused() {
    let mut mirror = opened_mirror(Arc::new(Memory::default()));
    let (notes, reader) = log_at(&[300]);
    let good = upload(&reader, 300, 0);
    let stranger = AddEntries::build("other.example.org", &reader, 0).unwrap();
    assert_eq!(mirror.add_entries(&stranger, 1).status, 404);
    for cut in 0..40 {
        assert_ne!(mirror.add_entries(&good[..cut], 1).status, 200, "cut at {cut}");
    }
    assert_eq!(mirror.add_entries(&vec![0; ADD_ENTRIES_BYTES_MAX + 1], 1).status, 400);
    assert_eq!(pend(&mut mirror, 0, &reader, &notes[0]).status, 200);
    assert_eq!(mirror.add_entries(&good, 1).status, 200);
}

#[test]
fn after_a_failed_write_a_mirror_cosigns_nothing() {
    let (notes, reader) = log_at(&[300]);
    for call in 0..30 {
        let disk = Faulty::new(call);
        let mut mirror = opened_mirror(Arc::new(disk.clone()));
        assert_eq!(pend(&mut mirror, 0, &reader, &notes[0]).status, 200);
        disk.set(Some(Fault::Once(call)));
        let answer = mirror.add_entries(&upload(&reader, 300, 0), 1);
        if answer.status == 200 {
            assert!(disk.calls() <= call, "call {call} failed and was not noticed");
            continue;
        }
        assert_eq!(answer.status, 503, "call {call}");
        assert_eq!(mirror.add_entries(&upload(&reader, 300, 0), 1).status, 503);
        drop(mirror);
        disk.power_on();
        let mut mirror = opened_mirror(Arc::new(disk.clone()));
        let next = mirror.tree.size();
        let answer = mirror.add_entries(&upload(&reader, 300, next / 256 * 256), 1);
        assert_eq!(answer.status, 200, "call {call}: {}", String::from_utf8_lossy(&answer.body));
    }
}
