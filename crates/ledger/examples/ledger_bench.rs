//! How fast the log is on this machine, with a mirror and a witness beside it in the same process.
//!
//! `cargo run --release -p noroshi-ledger --example ledger_bench -- <folder> [seconds] [entries] [writers]`
//!
//! Writers submit as fast as receipts come back, for so many seconds. Then a log of one million entries is opened and
//! audited. One line of JSON with the figures.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a benchmark")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use noroshi_ledger::audit::audit;
use noroshi_ledger::disk::Folder;
use noroshi_ledger::mirror::Mirror;
use noroshi_ledger::peers::{Peer, Peers, Role};
use noroshi_ledger::witness::{Witness, WitnessFiles};
use noroshi_ledger::{CosignerKey, Log, LogKey, Nobody, Pace, Policy, Refusal, Sequencer, Status};

const NOW_S: u64 = 1_800_000_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "ledger-bench".to_owned()));
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (seconds, million, writers) = (number(60), number(1_000_000), number(2048));
    let load = sustained(&folder, Duration::from_secs(seconds), usize::try_from(writers).unwrap());
    let large = large(&folder, million);
    println!("{{{load},{large}}}");
}

fn log_key() -> LogKey {
    LogKey::from_seed("log.example.org/bench", &[1; 32]).unwrap()
}

/// What an act's entry may look like: some 200 bytes.
fn entry(number: u64) -> Vec<u8> {
    let pad = "0123456789abcdef".repeat(8);
    format!("{{\"act\":\"query\",\"mandate\":\"M-2026-001\",\"n\":{number},\"commit\":\"{pad}\"}}").into_bytes()
}

fn peers(folder: &Path) -> (Peers, Policy) {
    let mirror_key = CosignerKey::from_seed("mirror.example.org", &[2; 32]).unwrap();
    let witness_key = CosignerKey::from_seed("witness.example.org", &[3; 32]).unwrap();
    let (mirror_public, witness_public) = (mirror_key.public().clone(), witness_key.public().clone());
    let policy = format!(
        "log {}\nwitness mirror {mirror_public}\nwitness board {witness_public}\ngroup both all mirror board\nquorum both\n",
        log_key().public(),
    );
    let disk = Arc::new(Folder::new(folder.join("mirror")).unwrap());
    let mut mirror = Mirror::open(disk, mirror_key, log_key().public().clone()).unwrap();
    let state = WitnessFiles::open(Arc::new(Folder::new(folder.join("witness")).unwrap())).unwrap();
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
    (Peers::start(peers).unwrap(), Policy::parse(policy.as_bytes()).unwrap())
}

/// So many writers, each with one entry under way, for so long.
fn sustained(folder: &Path, how_long: Duration, writers: usize) -> String {
    let log = Log::open(Arc::new(Folder::new(folder.join("log")).unwrap()), log_key()).unwrap();
    let (peers, policy) = peers(folder);
    let pace = Pace { quorum_limit: Duration::from_secs(30), ..Pace::default() };
    let sequencer = Sequencer::start(log, Box::new(peers), policy.clone(), pace).unwrap();
    assert_eq!(sequencer.wait_open(Duration::from_secs(60)), Status::Open);
    let (tell, told) = sync_channel(writers);
    let began = Instant::now();
    let mut next = 0_u64;
    let mut submit = |began: Instant| {
        let (tell, number) = (tell.clone(), next);
        next += 1;
        let sent = Instant::now();
        let then = move |outcome: noroshi_ledger::Outcome| drop(tell.send((number, sent.elapsed(), outcome)));
        match sequencer.submit_then(entry(number), then) {
            Ok(()) => began.elapsed() < how_long,
            Err(Refusal::Full { .. }) => false,
            Err(refusal) => panic!("{refusal}"),
        }
    };
    for _ in 0..writers {
        submit(began);
    }
    let (mut latencies, mut under_way, mut last) = (Vec::new(), writers, None);
    while under_way > 0 {
        let (number, latency, outcome) = told.recv().unwrap();
        under_way -= 1;
        let receipt = outcome.unwrap();
        latencies.push(latency.as_micros() as u64);
        if latencies.len() % 1000 == 0 {
            receipt.verify(&entry(number), &policy).unwrap();
        }
        last = Some((number, receipt));
        if began.elapsed() < how_long {
            submit(began);
            under_way += 1;
        }
    }
    let took = began.elapsed().as_secs_f64();
    let (number, receipt) = last.unwrap();
    receipt.verify(&entry(number), &policy).unwrap();
    drop(sequencer.close());
    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize] as f64 / 1000.0;
    format!(
        "\"seconds\":{took:.1},\"writers\":{writers},\"acknowledged\":{},\"per_second\":{:.0},\"p50_ms\":{:.1},\"p99_ms\":{:.1},\"max_ms\":{:.1}",
        latencies.len(),
        latencies.len() as f64 / took,
        at(0.5),
        at(0.99),
        at(1.0)
    )
}

/// Writing a large log in full batches, opening it, auditing it.
fn large(folder: &Path, entries: u64) -> String {
    let disk = Arc::new(Folder::new(folder.join("large")).unwrap());
    let policy = Policy::log_alone(log_key().public().clone());
    let began = Instant::now();
    let mut log = Log::open(disk.clone(), log_key()).unwrap();
    let signed = log.signed().clone();
    log.confirm(&signed, &policy).unwrap();
    while log.size() < entries {
        let batch: Vec<Vec<u8>> = (log.size()..entries.min(log.size() + 16_384)).map(entry).collect();
        log.append_batch(&batch).unwrap();
        let note = log.checkpoint().unwrap().clone();
        log.publish(&note, &policy).unwrap();
    }
    let written = began.elapsed().as_secs_f64();
    drop(log);
    let began = Instant::now();
    let log = Log::open(disk.clone(), log_key()).unwrap();
    let opened = began.elapsed().as_secs_f64();
    let sequencer = Sequencer::start(log, Box::new(Nobody), policy.clone(), Pace::default()).unwrap();
    drop(sequencer.close());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut bytes = 0;
    let began = Instant::now();
    let audited = audit(&*disk, &policy, threads, |_, entry| bytes += entry.len() as u64).unwrap();
    let audit_s = began.elapsed().as_secs_f64();
    assert_eq!((audited.believed.head.size, audited.entry_bytes), (entries, bytes));
    format!(
        "\"entries\":{entries},\"write_s\":{written:.2},\"open_s\":{opened:.4},\"audit_s\":{audit_s:.3},\"audit_threads\":{threads}"
    )
}
