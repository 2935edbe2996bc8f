//! Kill -9 in a loop: a process that appends leaves and sequences them is killed, started again, killed.
//!
//! Whatever it acknowledged must be in the database once and in the log once, at the same place.
//! `NOROSHI_CHAOS_ROUNDS` says how often it is killed (5 where not said).

use crate::words::NOW;
use noroshi_store::leaf::{Sequenced, leaf_hash};
use noroshi_store::{Appender, Db, Dialect, LeafEntry, on_both};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use uuid::Uuid;

/// A stand-in for the tile log: 32 bytes an entry, synced, a torn end is cut off.
struct Log {
    file: File,
    hashes: Vec<[u8; 32]>,
}

impl Log {
    fn open(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_default();
        let (whole, _) = bytes.as_chunks::<32>();
        let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.set_len(whole.len() as u64 * 32).unwrap();
        Self { file, hashes: whole.to_vec() }
    }

    async fn settle(&self, db: &Db) -> u64 {
        let from = db.cursor().await.unwrap();
        let tail: Vec<_> = (0..).zip(self.hashes.iter().copied()).skip(from as usize).collect();
        db.settle(self.hashes.len() as u64, &tail).await.unwrap()
    }

    /// The sequencer's three steps.
    async fn sequence(&mut self, db: &Db) -> usize {
        let waiting = db.next_unsequenced(64).await.unwrap();
        let mut placed = Vec::new();
        for leaf in &waiting {
            let hash = leaf_hash(&leaf.bytes);
            self.file.write_all(&hash).unwrap();
            placed.push(Sequenced { leaf_id: leaf.id, index: self.hashes.len() as u64, receipt: None });
            self.hashes.push(hash);
        }
        self.file.sync_data().unwrap();
        db.mark_sequenced(&placed).await.unwrap();
        placed.len()
    }
}

/// What is killed: appends and sequences until then, and says what was acknowledged.
#[tokio::test]
#[ignore = "run by the test below, as a process of its own"]
async fn writer() {
    let url = std::env::var("NOROSHI_CHAOS_URL").unwrap();
    let round: u128 = std::env::var("NOROSHI_CHAOS_ROUND").unwrap().parse().unwrap();
    let mut log = Log::open(Path::new(&std::env::var("NOROSHI_CHAOS_LOG").unwrap()));
    let db = Db::open(&url).await.unwrap();
    log.settle(&db).await;
    let appender = Appender::start(db.clone());
    for caller in 0..8_u128 {
        let appender = appender.clone();
        tokio::spawn(async move {
            for n in 0.. {
                let id = Uuid::from_u128(round << 96 | caller << 64 | n);
                appender.append(vec![LeafEntry { id, bytes: id.to_string().into_bytes() }], NOW).await.unwrap();
                println!("acknowledged {id}");
            }
        });
    }
    loop {
        if log.sequence(&db).await == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Runs the writer until it has acknowledged `count` leaves, then kills it. Gives all it acknowledged.
fn run_and_kill(url: &str, log: &Path, round: usize, count: usize) -> Vec<Uuid> {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "chaos::writer", "--ignored", "--nocapture"])
        .env("NOROSHI_CHAOS_URL", url)
        .env("NOROSHI_CHAOS_LOG", log)
        .env("NOROSHI_CHAOS_ROUND", (round + 1).to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok) {
        // The last line before the kill may be torn; then nobody was told.
        acknowledged.extend(line.strip_prefix("acknowledged ").and_then(|id| id.parse::<Uuid>().ok()));
        if acknowledged.len() == count {
            writer.kill().unwrap();
        }
    }
    writer.wait().unwrap();
    assert!(acknowledged.len() >= count, "the writer ended by itself after {}", acknowledged.len());
    acknowledged
}

on_both! {
    async fn a_killed_writer_loses_and_doubles_nothing(store) {
        let rounds = std::env::var("NOROSHI_CHAOS_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
        let rounds = if store.db.dialect() == Dialect::Sqlite { rounds } else { rounds.min(2) };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut acknowledged = Vec::new();
        for round in 0..rounds {
            acknowledged.extend(run_and_kill(&store.url, &path, round, 40 + 37 * (round % 7)));
        }
        let db = Db::open(&store.url).await.unwrap();
        let mut log = Log::open(&path);
        log.settle(&db).await;
        while log.sequence(&db).await > 0 {}

        assert_eq!(log.hashes.iter().collect::<HashSet<_>>().len(), log.hashes.len(), "an entry is doubled");
        assert_eq!(db.cursor().await.unwrap(), log.hashes.len() as u64);
        for id in acknowledged {
            let kept = db.leaf(id).await.unwrap().expect("an acknowledged leaf");
            let index = usize::try_from(kept.index.unwrap()).unwrap();
            assert_eq!(log.hashes[index], leaf_hash(&kept.leaf.bytes));
        }
    }
}
