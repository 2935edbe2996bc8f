//! How many durable, acknowledged leaves a second: many callers, each waiting for its own leaf.
//!
//! `cargo run --release -p noroshi-store --example append_rate -- [leaves] [callers]` prints one JSON line
//! for SQLite (`synchronous = FULL`) and one for PostgreSQL (`fsync = on`, `synchronous_commit = on`).

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for developers")]

use noroshi_model::Micros;
use noroshi_store::testkit::{Postgres, TestStore};
use noroshi_store::{Appender, LeafEntry};
use std::time::Instant;
use uuid::Uuid;

const LEAF_BYTES: usize = 400;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse().unwrap());
    let leaves: u128 = arguments.next().unwrap_or(20_000);
    let callers: u128 = arguments.next().unwrap_or(256);
    measure("sqlite", TestStore::sqlite().await, leaves, callers).await;
    match Postgres::durable() {
        Ok(server) => measure("postgres", TestStore::postgres(&server).await, leaves, callers).await,
        Err(missing) => println!("{}", serde_json::json!({ "database": "postgres", "skipped": missing.to_string() })),
    }
}

async fn measure(database: &str, store: TestStore, leaves: u128, callers: u128) {
    let appender = Appender::start(store.db.clone());
    let started = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for caller in 0..callers {
        let appender = appender.clone();
        running.spawn(async move {
            let mut waited = Vec::new();
            for n in 0..leaves / callers {
                let id = Uuid::from_u128(n << 64 | caller);
                let mut bytes = id.to_string().into_bytes();
                bytes.resize(LEAF_BYTES, b' ');
                let asked = Instant::now();
                appender.append(vec![LeafEntry { id, bytes }], Micros(n as i64)).await.unwrap();
                waited.push(asked.elapsed());
            }
            waited
        });
    }
    let mut waited: Vec<_> = running.join_all().await.into_iter().flatten().collect();
    let took = started.elapsed();
    waited.sort();
    let written = store.db.waiting_leaves().await.unwrap();
    let millis = |part: usize| waited.get(waited.len() * part / 100).map(|waited| waited.as_secs_f64() * 1e3);
    let line = serde_json::json!({
        "database": database,
        "callers": callers as u64,
        "leaves": written,
        "leaf_bytes": LEAF_BYTES,
        "commits": store.db.tx_counts().get("store::append").map(|count| count.committed),
        "seconds": took.as_secs_f64(),
        "leaves_per_second": written as f64 / took.as_secs_f64(),
        "wait_p50_ms": millis(50),
        "wait_p99_ms": millis(99),
    });
    println!("{line}");
}
