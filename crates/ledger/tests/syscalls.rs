//! Every flush, write and rename made to fail in turn, by `strace -e inject`, on the real file system.
//!
//! Whatever fails: the program stops acknowledging and ends, what it acknowledged is there, and what was signed verifies.
//! `NOROSHI_SYSCALL_STEPS` sets how many calls of each kind are tried; the steps are spread over a run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test")]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use noroshi_ledger::audit::audit;
use noroshi_ledger::disk::Folder;
use noroshi_ledger::{Log, Policy};

const ENTRIES: u64 = 700;

fn traced(folder: &Path, inject: &str) -> Output {
    Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("inject={inject}")])
        .arg(common::write_loop())
        .args([folder.as_os_str(), ENTRIES.to_string().as_ref()])
        .output()
        .unwrap()
}

/// Every entry acknowledged on standard output is in the log after it was opened again.
fn check(folder: &Path, output: &Output, inject: &str) -> bool {
    let said = String::from_utf8_lossy(&output.stdout);
    let acknowledged =
        said.lines().filter_map(|line| line.strip_prefix("ack ")?.split(' ').next()?.parse::<u64>().ok());
    let acknowledged = acknowledged.max().map_or(0, |index| index + 1);
    let stopped = match output.status.code() {
        Some(0) => false,
        Some(3) => true,
        other => panic!("{inject}: ended with {other:?}: {}", String::from_utf8_lossy(&output.stderr)),
    };
    let disk = std::sync::Arc::new(Folder::new(folder.join("log")).unwrap());
    let policy = Policy::log_alone(common::loop_key().public().clone());
    let mut log = Log::open(disk.clone(), common::loop_key()).unwrap_or_else(|error| panic!("{inject}: {error}"));
    assert!(log.size() >= acknowledged, "{inject}: {acknowledged} acknowledged, {} there", log.size());
    let signed = log.signed().clone();
    log.confirm(&signed, &policy).unwrap();
    log.checkpoint().unwrap();
    let signed = log.signed().clone();
    log.publish(&signed, &policy).unwrap();
    let mut next = 0;
    audit(&*disk, &policy, 1, |index, entry| {
        assert_eq!(entry, format!("entry {index}").as_bytes(), "{inject}");
        next += 1;
    })
    .unwrap_or_else(|error| panic!("{inject}: {error}"));
    assert!(next <= ENTRIES);
    stopped
}

#[test]
fn a_call_that_fails_stops_the_log_and_loses_nothing() {
    if !common::has("strace", "-V") {
        return common::missing("strace");
    }
    let steps: u32 = std::env::var("NOROSHI_SYSCALL_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(6);
    let mut stopped = 0;
    for (call, error) in [("fsync", "EIO"), ("rename", "EIO"), ("mkdir", "ENOSPC"), ("openat", "ENOSPC")] {
        for step in 0..steps {
            // The first calls, and then further and further apart. `openat` also loads the program: later ones only.
            let when = if call == "openat" { 25 + step * step * 3 } else { 1 + step * (step + 1) / 2 * 3 };
            let folder = tempfile::tempdir().unwrap();
            let inject = format!("{call}:error={error}:when={when}");
            stopped += u32::from(check(folder.path(), &traced(folder.path(), &inject), &inject));
        }
    }
    println!("{stopped} of {} runs stopped", 4 * steps);
    assert!(stopped >= steps, "calls must have failed: {stopped}");
}
