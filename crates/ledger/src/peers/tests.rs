use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::disk::Memory;
use crate::keys::CosignerKey;
use crate::log::tests::{entries, key, opened};
use crate::mirror::Mirror;
use crate::witness::{Witness, WitnessFiles};
use crate::{Log, Pace, Sequencer, Standing, Status};

fn cosigner(seed: u8) -> CosignerKey {
    CosignerKey::from_seed(&format!("p{seed}.example.org"), &[seed; 32]).unwrap()
}

fn policy() -> Policy {
    let text = format!(
        "log {}\nwitness mirror {}\nwitness board {}\nwitness diet {}\ngroup others any board diet\n\
         group both all mirror others\nquorum both\n",
        key().public(),
        cosigner(11).public(),
        cosigner(12).public(),
        cosigner(13).public()
    );
    Policy::parse(text.as_bytes()).unwrap()
}

/// A mirror and two witnesses in this process, each with a switch.
struct Overseers {
    mirror: Memory,
    off: [Arc<AtomicBool>; 3],
    boards: [Memory; 2],
}

impl Overseers {
    fn new() -> Self {
        Self { mirror: Memory::default(), off: Default::default(), boards: Default::default() }
    }

    fn peers(&self) -> Peers {
        let mirror = Arc::new(self.mirror.clone());
        let mut mirror = Mirror::open(mirror, cosigner(11), key().public().clone()).unwrap();
        let mirror = move |path: &str, body: &[u8]| match path {
            "add-checkpoint" => mirror.add_checkpoint(body),
            _ => mirror.add_entries(body, 1_700_000_000),
        };
        let mut peers = vec![peer("mirror", 11, Role::Mirror, &self.off[0], mirror)];
        for (at, seed) in [(0, 12), (1, 13)] {
            let state = WitnessFiles::open(Arc::new(self.boards[at].clone())).unwrap();
            let mut witness = Witness::new(cosigner(seed), [key().public().clone()], state);
            let answer = move |_: &str, body: &[u8]| witness.add_checkpoint(body, 1_700_000_000);
            peers.push(peer("board", seed, Role::Witness, &self.off[at + 1], answer));
        }
        Peers::start(peers).unwrap()
    }

    fn start(&self, disk: &Memory) -> Sequencer {
        let pace = Pace {
            interval: Duration::from_millis(1),
            retry: Duration::from_millis(1),
            quorum_limit: Duration::from_secs(20),
            ..Pace::default()
        };
        let log = loop {
            // The threads of the run before may still hold their locks.
            match Log::open(Arc::new(disk.clone()), key()) {
                Ok(log) => break log,
                Err(crate::OpenError::Locked) => std::thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        };
        Sequencer::start(log, Box::new(self.peers()), policy(), pace).unwrap()
    }
}

fn peer(
    name: &str,
    seed: u8,
    role: Role,
    off: &Arc<AtomicBool>,
    mut answer: impl FnMut(&str, &[u8]) -> crate::witness::Answer + Send + 'static,
) -> Peer {
    let off = Arc::clone(off);
    let transport = move |path: &str, body: &[u8]| {
        if off.load(Ordering::SeqCst) { Err("connection refused".to_owned()) } else { Ok(answer(path, body).into()) }
    };
    Peer { name: name.to_owned(), key: cosigner(seed).public().clone(), role, transport: Box::new(transport) }
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_quorum_of_mirror_and_witness_cosigns_every_batch() {
    let (overseers, disk) = (Overseers::new(), Memory::default());
    // A log that is older than its overseers: they catch up.
    let mut log = opened(Arc::new(disk.clone()));
    log.append_batch(&entries(0..4464)).unwrap();
    drop(log);
    let sequencer = overseers.start(&disk);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    for entry in entries(4464..4600) {
        let receipt = sequencer.submit(entry.clone()).unwrap().wait().unwrap();
        let believed = receipt.verify(&entry, &policy()).unwrap();
        assert!(believed.cosigned.iter().any(|cosigned| cosigned.name == "mirror"));
    }
    drop(sequencer.close());
    let mut seen = 0;
    crate::audit::audit(&overseers.mirror, &policy_of_mirror(), 2, |_, _| seen += 1).unwrap();
    assert_eq!(seen, 4600, "the mirror alone can show the whole log");
}

fn policy_of_mirror() -> Policy {
    let text = format!("log {}\nwitness m {}\nquorum m\n", key().public(), cosigner(11).public());
    Policy::parse(text.as_bytes()).unwrap()
}

#[test]
fn one_witness_may_be_missing_and_the_mirror_may_not() {
    let (overseers, disk) = (Overseers::new(), Memory::default());
    overseers.off[1].store(true, Ordering::SeqCst);
    let sequencer = overseers.start(&disk);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    sequencer.submit(b"one".to_vec()).unwrap().wait().unwrap();
    overseers.off[0].store(true, Ordering::SeqCst);
    let refused = sequencer.submit(b"two".to_vec()).unwrap().wait().unwrap_err().to_string();
    assert!(
        refused.contains("quorum `both` is not met") && refused.contains("mirror: connection refused"),
        "{refused}"
    );
    overseers.off[0].store(false, Ordering::SeqCst);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    sequencer.receipt(1).unwrap().verify(b"two", &policy()).unwrap();
}

#[test]
fn a_restored_backup_is_behind_its_witnesses_until_it_caught_up_from_the_mirror() {
    let (overseers, disk) = (Overseers::new(), Memory::default());
    let sequencer = overseers.start(&disk);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    sequencer.submit(b"one".to_vec()).unwrap().wait().unwrap();
    let backup = disk.copied();
    for entry in entries(1..300) {
        sequencer.submit(entry).unwrap().wait().unwrap();
    }
    drop(sequencer.close());

    let overseers = Overseers {
        mirror: overseers.mirror.copied(),
        off: overseers.off.clone(),
        boards: overseers.boards.clone().map(|disk| disk.copied()),
    };
    let sequencer = overseers.start(&backup);
    while sequencer.status() == Status::Starting {
        std::thread::yield_now();
    }
    let refused = sequencer.submit(b"fork".to_vec()).unwrap_err();
    assert_eq!(refused, crate::Refusal::Behind { witness_size: 300 });
    let mut log = sequencer.close();
    let mirror: Arc<dyn crate::disk::Files> = Arc::new(overseers.mirror.copied());
    assert_eq!(log.catch_up(&mirror).unwrap(), 300);
    assert_eq!(log.standing(), Standing::Unconfirmed);
    drop(log);

    let overseers = Overseers {
        mirror: overseers.mirror.copied(),
        off: overseers.off.clone(),
        boards: overseers.boards.clone().map(|disk| disk.copied()),
    };
    let sequencer = overseers.start(&backup);
    assert_eq!(sequencer.wait_open(LONG), Status::Open);
    assert_eq!(sequencer.submit(b"next".to_vec()).unwrap().wait().unwrap().index, 300);
}

#[test]
fn a_peer_that_signs_with_another_key_or_answers_nonsense_counts_for_nothing() {
    let log = opened(Arc::new(Memory::default()));
    let offer = Offer { checkpoint: log.signed().clone(), head: log.signed_head().clone(), reader: log.reader() };
    let off = Arc::new(AtomicBool::new(false));
    let wrong = {
        let text = offer.checkpoint.text().to_vec();
        move |_: &str, _: &[u8]| crate::witness::Answer::signatures(&[cosigner(99).cosign(&text, 1)])
    };
    let nonsense =
        |_: &str, _: &[u8]| crate::witness::Answer { status: 200, content_type: "", body: b"hello\n".to_vec() };
    let loops = |_: &str, _: &[u8]| crate::witness::Answer { status: 409, content_type: "", body: b"0\n".to_vec() };
    let mut peers = Peers::start(vec![
        peer("wrong", 12, Role::Witness, &off, wrong),
        peer("nonsense", 12, Role::Witness, &off, nonsense),
        peer("loops", 12, Role::Witness, &off, loops),
    ])
    .unwrap();
    let mut collected = peers.collect(&offer, &policy(), LONG);
    collected.failures.sort();
    assert_eq!(
        collected.failures,
        [
            "loops: it has seen another tree of 0 entries: the log forked",
            "nonsense: its answer is no signature",
            "wrong: its signature does not verify"
        ]
    );
    assert!(policy().check(&collected.checkpoint).is_err());
}
