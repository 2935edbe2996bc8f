use std::sync::Arc;

use super::*;
use crate::disk::{Fault, Faulty, Memory};
use crate::keys::LogKey;
use crate::limits::PROOF_HASHES_MAX;
use crate::log::tests::{alone, entries, key, opened};
use crate::reader::Reader;

fn cosigner() -> CosignerKey {
    CosignerKey::from_seed("witness.example.org", &[6; 32]).unwrap()
}

fn witness(disk: &Memory) -> Witness<WitnessFiles> {
    let state = WitnessFiles::open(Arc::new(disk.clone())).unwrap();
    Witness::new(cosigner(), [key().public().clone()], state)
}

/// Checkpoints of one honest log at these sizes, and its reader.
fn checkpoints(sizes: &[u64], forge: Option<usize>) -> (Vec<Note>, Reader) {
    let mut log = opened(Arc::new(Memory::default()));
    let mut all = entries(0..*sizes.last().unwrap());
    if let Some(forged) = forge {
        all[forged] = b"forged".to_vec();
    }
    let mut notes = Vec::new();
    for size in sizes {
        let (from, to) = (usize::try_from(log.size()).unwrap(), usize::try_from(*size).unwrap());
        log.append_batch(&all[from..to]).unwrap();
        notes.push(log.checkpoint().unwrap().clone());
        log.publish(&notes[notes.len() - 1].clone(), &alone()).unwrap();
    }
    (notes, log.reader())
}

fn body(old: u64, reader: &Reader, note: &Note) -> Vec<u8> {
    let size = Head::of(note).unwrap().size;
    let proof = reader.at(size).unwrap().consistency(old.min(size)).unwrap();
    AddCheckpoint { old, proof, checkpoint: note.clone() }.to_bytes()
}

/// The conformance cases: a request, and what a witness must answer (C2SP tlog-witness, "add-checkpoint").
#[test]
fn the_conformance_cases_are_answered_as_the_specification_says() {
    let (notes, reader) = checkpoints(&[0, 20, 1000], None);
    let (forged, forged_reader) = checkpoints(&[20, 1000], Some(7));
    let stranger = LogKey::from_seed("other.example.org", &[3; 32]).unwrap();
    let unknown = stranger.sign(&Head { origin: "other.example.org".to_owned(), ..Head::of(&notes[1]).unwrap() });
    let impostor = LogKey::from_seed(key().name(), &[4; 32]).unwrap().sign(&Head::of(&notes[1]).unwrap());
    let mut with_stranger = notes[1].clone();
    with_stranger.add(stranger.sign(&Head::of(&notes[1]).unwrap()).signatures()[0].clone());
    let wrong_proof = |note: &Note| {
        let mut request = AddCheckpoint::parse(&body(20, &reader, note)).unwrap();
        request.proof[0].0[0] ^= 1;
        request.to_bytes()
    };
    let with_proof = |old| AddCheckpoint { old, proof: vec![Hash([1; 32])], checkpoint: notes[1].clone() }.to_bytes();
    let good = String::from_utf8(body(20, &reader, &notes[2])).unwrap();
    let malformed = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    let too_many =
        malformed("old 20\n", &format!("old 20\n{}", format!("{}\n", Hash([1; 32])).repeat(PROOF_HASHES_MAX + 1)));

    let mut witness = witness(&Memory::default());
    let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        ("unknown origin", body(0, &reader, &unknown), 404, ""),
        ("bad signature", body(0, &reader, &impostor), 403, ""),
        ("first checkpoint, of the empty tree", body(0, &reader, &notes[0]), 200, ""),
        ("a proof from 0 must be empty", with_proof(0), 422, ""),
        ("old larger than seen", body(20, &reader, &notes[2]), 409, "0\n"),
        (
            "old larger than the checkpoint",
            AddCheckpoint { old: 21, proof: vec![], checkpoint: notes[1].clone() }.to_bytes(),
            400,
            "",
        ),
        ("0 -> 20, with a stranger's signature beside", body(0, &reader, &with_stranger), 200, ""),
        ("replayed", body(0, &reader, &notes[1]), 409, "20\n"),
        ("the same again, from its own size", body(20, &reader, &notes[1]), 200, ""),
        ("same size, other root", body(20, &forged_reader, &forged[0]), 409, "20\n"),
        ("same size, with a proof", with_proof(20), 422, ""),
        ("forged history of the right size", body(20, &forged_reader, &forged[1]), 422, ""),
        ("wrong proof", wrong_proof(&notes[2]), 422, ""),
        ("leading zero", malformed("old 20", "old 020"), 400, ""),
        ("no old line", malformed("old 20\n", ""), 400, ""),
        ("no empty line", malformed("\n\n", "\n"), 400, ""),
        ("too many proof lines", too_many, 400, ""),
        ("not text", vec![0xff; 40], 400, ""),
        ("honest 20 -> 1000", body(20, &reader, &notes[2]), 200, ""),
        ("back to 20", body(1000, &reader, &notes[1]), 400, ""),
    ];
    for (name, body, status, conflict) in cases {
        let answer = witness.add_checkpoint(&body, 1_700_000_000);
        assert_eq!(answer.status, status, "{name}: {}", String::from_utf8_lossy(&answer.body));
        if status == 409 {
            assert_eq!((answer.content_type, &answer.body[..]), ("text/x.tlog.size", conflict.as_bytes()), "{name}");
        }
        if status == 200 {
            let note = AddCheckpoint::parse(&body).unwrap().checkpoint;
            let line = crate::note::parse_signatures(&answer.body).unwrap();
            assert_eq!(cosigner().public().verify(note.text(), &line[0]), Some(1_700_000_000), "{name}");
        }
    }
}

#[test]
fn a_witness_remembers_across_restarts() {
    let (notes, reader) = checkpoints(&[20, 1000], None);
    let disk = Memory::default();
    assert_eq!(witness(&disk).add_checkpoint(&body(0, &reader, &notes[0]), 1).status, 200);
    let mut again = witness(&disk);
    assert_eq!(again.add_checkpoint(&body(0, &reader, &notes[1]), 2).body, b"20\n");
    assert_eq!(again.add_checkpoint(&body(20, &reader, &notes[1]), 3).status, 200);
}

#[test]
fn what_cannot_be_kept_is_not_cosigned() {
    let (notes, reader) = checkpoints(&[20], None);
    let disk = Faulty::new(1);
    let state = WitnessFiles::open(Arc::new(disk.clone())).unwrap();
    let mut witness = Witness::new(cosigner(), [key().public().clone()], state);
    disk.set(Some(Fault::From(0)));
    let answer = witness.add_checkpoint(&body(0, &reader, &notes[0]), 1);
    assert_eq!(answer.status, 500);
    assert!(!answer.body.windows(3).any(|bytes| bytes == "—".as_bytes()));
    disk.set(None);
    assert_eq!(witness.add_checkpoint(&body(0, &reader, &notes[0]), 1).status, 200);
}
