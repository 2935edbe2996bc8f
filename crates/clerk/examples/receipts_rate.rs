//! How many entries a second go the whole way: event and line in one transaction, line into the log with a mirror and
//! a witness, receipt back into the database. An entry counts when whoever wrote it has read its receipt there.
//!
//! `cargo run --release -p noroshi-clerk --example receipts_rate -- [seconds] [writers] [sqlite|postgres]`
//!
//! One line of JSON for each database; both where none is named. Databases and logs lie in the folder for temporary
//! files and sync to its disk: SQLite with `synchronous = FULL`, PostgreSQL with `fsync` and `synchronous_commit` on.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a measurement for developers")]

use noroshi_clerk::Scribe;
use noroshi_ledger::disk::Folder;
use noroshi_ledger::mirror::Mirror;
use noroshi_ledger::peers::{Peer, Peers, Role};
use noroshi_ledger::witness::{Witness, WitnessFiles};
use noroshi_ledger::{CosignerKey, Log, LogKey, Pace, Policy, Receipt, Sequencer, Status};
use noroshi_model::Micros;
use noroshi_store::event::Record;
use noroshi_store::testkit::{Postgres, TestStore};
use noroshi_store::{LeafEntry, Version};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

// As in the hub.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW_S: u64 = 1_800_000_000;
const LEAF_BYTES: usize = 400;
const RECEIPT_WAIT: Duration = Duration::from_secs(60);

/// What one writer saw.
#[derive(Default)]
struct Seen {
    to_commit: Vec<Duration>,
    to_receipt: Vec<Duration>,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (seconds, writers) = (number(30), number(1024));
    let only = arguments.next();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let seconds = Duration::from_secs(seconds);
        if only.as_deref() != Some("postgres") {
            measure("sqlite", TestStore::sqlite().await, seconds, writers).await;
        }
        if only.as_deref() != Some("sqlite") {
            let server = Postgres::durable().unwrap_or_else(|missing| panic!("{missing}"));
            measure("postgres", TestStore::postgres(&server).await, seconds, writers).await;
        }
    });
}

async fn measure(database: &str, store: TestStore, how_long: Duration, writers: u64) {
    let folder = tempfile::tempdir().unwrap();
    let scribe = scribe(&store, folder.path()).await;
    let carrying = {
        let scribe = scribe.clone();
        tokio::spawn(async move { scribe.run(std::future::pending()).await })
    };
    let (began, processor) = (Instant::now(), processor_seconds());
    let mut writing = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let (db, scribe) = (store.db.clone(), scribe.clone());
        writing.spawn(async move {
            let (mut seen, mut number) = (Seen::default(), 0);
            while began.elapsed() < how_long {
                entry(&db, &scribe, writer, number, &mut seen).await;
                number += 1;
            }
            seen
        });
    }
    let seen = writing.join_all().await;
    let took = began.elapsed().as_secs_f64();
    let processor = processor_seconds() - processor;
    carrying.abort();
    let mut to_commit: Vec<_> = seen.iter().flat_map(|seen| seen.to_commit.clone()).collect();
    let mut to_receipt: Vec<_> = seen.into_iter().flat_map(|seen| seen.to_receipt).collect();
    to_commit.sort_unstable();
    to_receipt.sort_unstable();
    assert_eq!(store.db.waiting_leaves().await.unwrap(), 0, "every line has its place");
    let line = serde_json::json!({
        "database": database,
        "seconds": (took * 10.0).round() / 10.0,
        "writers": writers,
        "entries": to_receipt.len(),
        "entries_per_second": (to_receipt.len() as f64 / took).round(),
        "commit_ms": millis(&to_commit),
        "receipt_ms": millis(&to_receipt),
        "processor_seconds_of_this_process": processor.round(),
        "transactions": store.db.tx_counts().iter().map(|(name, count)| format!(
            "{name}: {} committed, {} tried again", count.committed, count.tried_again)).collect::<Vec<_>>(),
    });
    println!("{line}");
}

/// Writes one thing with its event and line, and waits until the receipt stands in the database.
async fn entry(db: &noroshi_store::Db, scribe: &Scribe, writer: u64, number: u64, seen: &mut Seen) {
    let id = Uuid::from_u128(u128::from(number) << 64 | u128::from(writer));
    let mut bytes = id.to_string().into_bytes();
    bytes.resize(LEAF_BYTES, b' ');
    let record = Record {
        topic: "measurement",
        id: id.to_string(),
        subject: None,
        expected: Version::NEW,
        at: Micros(i64::try_from(number).unwrap()),
        events: vec![format!(r#"{{"writer":{writer},"number":{number}}}"#).into_bytes()],
        leaf: LeafEntry { id, bytes: bytes.clone() },
        further: Vec::new(),
        jobs: Vec::new(),
        ends: None,
        projection: None,
    };
    let asked = Instant::now();
    db.record("measurement", &record).await.unwrap();
    seen.to_commit.push(asked.elapsed());
    let receipt = scribe.wait_receipt(id, RECEIPT_WAIT).await.unwrap().unwrap();
    seen.to_receipt.push(asked.elapsed());
    if number == 0 {
        let receipt = Receipt::parse(&receipt).unwrap();
        receipt.verify(&bytes, &policy().0).unwrap();
    }
}

fn policy() -> (Policy, CosignerKey, CosignerKey) {
    let mirror = CosignerKey::from_seed("mirror.example.org", &[2; 32]).unwrap();
    let witness = CosignerKey::from_seed("witness.example.org", &[3; 32]).unwrap();
    let text = format!(
        "log {}\nwitness mirror {}\nwitness board {}\ngroup both all mirror board\nquorum both\n",
        log_key().public(),
        mirror.public(),
        witness.public(),
    );
    (Policy::parse(text.as_bytes()).unwrap(), mirror, witness)
}

fn log_key() -> LogKey {
    LogKey::from_seed("log.example.org/bench", &[1; 32]).unwrap()
}

/// A log with a mirror and a witness in this process, each with a folder and flushes of its own, and its scribe.
async fn scribe(store: &TestStore, folder: &Path) -> Scribe {
    let (policy, mirror_key, witness_key) = policy();
    let (mirror_public, witness_public) = (mirror_key.public().clone(), witness_key.public().clone());
    let disk = |name: &str| Arc::new(Folder::new(folder.join(name)).unwrap());
    let mut mirror = Mirror::open(disk("mirror"), mirror_key, log_key().public().clone()).unwrap();
    let state = WitnessFiles::open(disk("witness")).unwrap();
    let mut witness = Witness::new(witness_key, [log_key().public().clone()], state);
    let ask_mirror = move |path: &str, body: &[u8]| {
        Ok(match path {
            "add-checkpoint" => mirror.add_checkpoint(body).into(),
            _ => mirror.add_entries(body, NOW_S).into(),
        })
    };
    let ask_witness = move |_: &str, body: &[u8]| Ok(witness.add_checkpoint(body, NOW_S).into());
    let peers = vec![
        Peer { name: "mirror".to_owned(), key: mirror_public, role: Role::Mirror, transport: Box::new(ask_mirror) },
        Peer { name: "board".to_owned(), key: witness_public, role: Role::Witness, transport: Box::new(ask_witness) },
    ];
    let log = Log::open(disk("log"), log_key()).unwrap();
    let size = log.size();
    let peers = Box::new(Peers::start(peers).unwrap());
    let sequencer = Arc::new(Sequencer::start(log, peers, policy, Pace::default()).unwrap());
    assert_eq!(sequencer.wait_open(Duration::from_secs(60)), Status::Open);
    Scribe::begin(store.db.clone(), sequencer, size).await.unwrap()
}

fn millis(sorted: &[Duration]) -> serde_json::Value {
    let at = |share: f64| {
        let index = (sorted.len().saturating_sub(1) as f64 * share) as usize;
        sorted.get(index).map(|waited| (waited.as_secs_f64() * 1e4).round() / 10.0)
    };
    serde_json::json!({ "p50": at(0.5), "p99": at(0.99), "max": at(1.0) })
}

/// User and system time of this process, all threads.
fn processor_seconds() -> f64 {
    let used = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).unwrap();
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(used.user_time()) + seconds(used.system_time())
}
