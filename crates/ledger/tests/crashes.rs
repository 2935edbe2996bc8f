//! Seeded crashes over a disk that forgets what was not flushed, fails, and writes short.
//!
//! Whatever happens: no acknowledged entry is lost, none is there twice, no size is ever signed with two roots, and the
//! log opens again and passes an audit. `NOROSHI_CRASH_CASES` sets how many cases each of the four tests runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use noroshi_ledger::audit::audit;
use noroshi_ledger::disk::{Fault, Faulty};
use noroshi_ledger::{Hash, Head, Log, LogKey, Note, Policy};

/// A writer with an outbox: what it wants in the log, in order, and what was acknowledged.
struct World {
    disk: Faulty,
    dice: u64,
    wanted: u64,
    acknowledged: u64,
    /// Every signed head that left the log, by size.
    signed: BTreeMap<u64, Hash>,
    crashes: u64,
}

fn key() -> LogKey {
    LogKey::from_seed("log.example.org/crash", &[1; 32]).unwrap()
}

fn entry(number: u64) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            disk: Faulty::new(seed),
            dice: seed ^ 0xabcd,
            wanted: 0,
            acknowledged: 0,
            signed: BTreeMap::new(),
            crashes: 0,
        }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn saw(&mut self, note: &Note) {
        let head = Head::of(note).unwrap();
        let before = self.signed.insert(head.size, head.root);
        assert!(before.is_none_or(|before| before == head.root), "size {} was signed with two roots", head.size);
    }

    /// Opens the log and checks everything that must hold, then sends what is still wanted and not there.
    fn live(&mut self, policy: &Policy) -> Result<(), ()> {
        let mut log = Log::open(Arc::new(self.disk.clone()), key()).map_err(|error| {
            assert!(error.to_string().contains("injected fault"), "it does not open: {error}");
        })?;
        let size = log.size();
        assert!(size >= self.acknowledged, "{} were acknowledged, {size} are there", self.acknowledged);
        assert!(size <= self.wanted, "{size} are there, {} were wanted", self.wanted);
        let all = log.reader().entries(0..size).unwrap();
        assert!((0..).zip(&all).all(|(number, found)| *found == entry(number)), "an entry is lost, doubled or torn");
        let signed = log.signed().clone();
        self.saw(&signed);
        let last = self.signed.last_key_value().map(|(size, root)| (*size, *root)).unwrap();
        assert!(
            log.signed_head().size == last.0 && log.signed_head().root == last.1,
            "a signed checkpoint was forgotten"
        );
        log.confirm(&signed, policy).map_err(drop)?;
        for _ in 0..1 + self.roll(4) {
            // What the crash did not take is not sent again: the outbox looks at the tail first.
            self.wanted = self.wanted.max(log.size()) + self.roll(3);
            if self.roll(8) == 0 {
                self.wanted += 200 + self.roll(200);
            }
            let batch: Vec<Vec<u8>> = (log.size()..self.wanted).map(entry).collect();
            let done = self.batch(&mut log, &batch, policy);
            if done.is_err() {
                assert!(log.append_batch(&[b"x"]).is_err() && log.checkpoint().is_err(), "a stopped log goes on");
                return Err(());
            }
        }
        Ok(())
    }

    fn batch(&mut self, log: &mut Log, batch: &[Vec<u8>], policy: &Policy) -> Result<(), ()> {
        log.append_batch(batch).map_err(drop)?;
        let note = log.checkpoint().map_err(drop)?.clone();
        self.saw(&note);
        log.publish(&note, policy).map_err(drop)?;
        self.acknowledged = log.size();
        Ok(())
    }

    fn crash(&mut self) {
        self.crashes += 1;
        if self.roll(3) == 0 { self.disk.restart() } else { self.disk.power_on() }
    }

    fn run(&mut self, policy: &Policy) {
        for _ in 0..3 {
            let call = self.roll(70);
            let fault = match self.roll(4) {
                0 => Fault::Once(call),
                1 => Fault::From(call),
                _ => Fault::PowerLoss(call),
            };
            self.disk.set(Some(fault));
            if self.live(policy).is_err() {
                self.crash();
            }
            self.disk.set(None);
        }
        while self.live(policy).is_err() {}
        let mut next = 0;
        let audited = audit(&self.disk, policy, 1, |_, found| {
            assert_eq!(found, entry(next));
            next += 1;
        });
        assert_eq!(audited.unwrap().believed.head.size, self.acknowledged);
    }
}

fn run_cases(first: u64) {
    let cases = std::env::var("NOROSHI_CRASH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_500);
    let policy = Policy::log_alone(key().public().clone());
    let mut crashes = 0;
    for seed in first * 1_000_000_000..first * 1_000_000_000 + cases {
        let case = std::panic::catch_unwind(|| {
            let mut world = World::new(seed);
            world.run(&policy);
            world.crashes
        });
        crashes += case.unwrap_or_else(|_| panic!("case with seed {seed}"));
    }
    assert!(crashes > cases, "the cases must crash: {crashes} in {cases}");
    println!("{cases} cases, {crashes} crashes");
}

#[test]
fn nothing_acknowledged_is_lost_1() {
    run_cases(1);
}

#[test]
fn nothing_acknowledged_is_lost_2() {
    run_cases(2);
}

#[test]
fn nothing_acknowledged_is_lost_3() {
    run_cases(3);
}

#[test]
fn nothing_acknowledged_is_lost_4() {
    run_cases(4);
}
