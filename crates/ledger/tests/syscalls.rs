//! Every write, flush, rename, opening, making and removing made to fail in turn, by `strace -e inject`, and files that
//! can grow no further, by `prlimit`: on the real file system.
//!
//! Whatever fails: the program stops acknowledging and ends, what it acknowledged is there, and what was signed verifies.
//! By default six calls of each kind are tried, spread over a run. `NOROSHI_SYSCALL_STEPS` sets how many; `all` tries
//! every one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use noroshi_ledger::audit::audit;
use noroshi_ledger::disk::Folder;
use noroshi_ledger::{Log, Policy};

const ENTRIES: u64 = 700;

/// The calls that change files or make them durable, with the error each is made to give.
const CALLS: [(&str, &str); 7] = [
    ("write", "ENOSPC"),
    ("fsync", "EIO"),
    ("rename", "EIO"),
    ("openat", "ENOSPC"),
    ("mkdir", "ENOSPC"),
    ("unlink", "EIO"),
    ("rmdir", "EIO"),
];

/// Bytes after which a file grows no further: the write that reaches it is short, the next one fails, as on a full disk.
const FILE_BYTES: [u64; 12] = [0, 1, 31, 100, 160, 400, 1_000, 2_048, 4_000, 5_000, 8_191, 8_192];

/// How often the loop makes each call when nothing fails.
fn counted() -> BTreeMap<String, u32> {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-c", "-o"]).arg(&table).arg(common::write_loop());
    let done =
        strace.args([folder.path().as_os_str(), ENTRIES.to_string().as_ref(), "quiet".as_ref()]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let table = std::fs::read_to_string(table).unwrap();
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        Some(((*words.last()?).to_owned(), words.get(3)?.parse().ok()?))
    };
    table.lines().filter_map(row).collect()
}

/// Which of so many calls are tried: all, or some with growing distances.
fn tried(count: u32, steps: Option<u32>) -> Vec<u32> {
    let Some(steps) = steps else { return (1..=count).collect() };
    let of_all = |step: u32| 1 + step * (step + 1) * count.saturating_sub(1) / (steps * (steps + 1));
    let mut tried: Vec<u32> = (0..steps).map(of_all).collect();
    tried.dedup();
    tried
}

fn traced(folder: &Path, inject: &str) -> Output {
    Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("inject={inject}")])
        .arg(common::write_loop())
        .args([folder.as_os_str(), ENTRIES.to_string().as_ref(), "quiet".as_ref()])
        .output()
        .unwrap()
}

/// The loop, with files that grow to `bytes` and no further. The signal that goes with it is ignored: an error comes.
fn limited(folder: &Path, bytes: u64) -> Output {
    let script = r#"trap "" XFSZ; exec prlimit --fsize="$1" "$2" "$3" "$4" quiet"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh", &bytes.to_string()]).arg(common::write_loop());
    shell.args([folder.as_os_str(), ENTRIES.to_string().as_ref()]).output().unwrap()
}

/// Every entry acknowledged on standard output is in the log, at its index, after it was opened again.
fn check(folder: &Path, output: &Output, inject: &str) -> bool {
    let said = String::from_utf8_lossy(&output.stdout);
    let ack = |line: &str| {
        let (index, number) = line.strip_prefix("ack ")?.split_once(' ')?;
        Some((index.parse().ok()?, number.parse().ok()?))
    };
    let acks: Vec<(u64, u64)> = said.lines().filter_map(ack).collect();
    let acknowledged = acks.last().map_or(0, |(index, _)| index + 1);
    let told = String::from_utf8_lossy(&output.stderr);
    let stopped = match output.status.code() {
        Some(0) => false,
        Some(3) => true,
        // The report itself could not be written (calls are counted for each thread), or the program could not be loaded.
        Some(101) if told.contains("failed printing to std") => true,
        Some(127) if told.contains("error while loading shared libraries") => false,
        other => panic!("{inject}: ended with {other:?}: {told}"),
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
    // An entry that was refused may be missing before one that was taken; none is doubled or out of order.
    let mut numbers = Vec::new();
    audit(&*disk, &policy, 1, |_, entry| {
        let number = std::str::from_utf8(entry).unwrap().strip_prefix("entry ").unwrap();
        numbers.push(number.parse::<u64>().unwrap());
    })
    .unwrap_or_else(|error| panic!("{inject}: {error}"));
    assert!(numbers.is_sorted_by(|a, b| a < b) && numbers.iter().all(|number| *number < ENTRIES), "{inject}");
    for (index, number) in acks {
        assert_eq!(numbers.get(usize::try_from(index).unwrap()), Some(&number), "{inject}: acknowledged and lost");
    }
    stopped
}

#[test]
fn a_call_that_fails_stops_the_log_and_loses_nothing() {
    if !common::has("strace", "-V") {
        return common::missing("strace");
    }
    let steps = match std::env::var("NOROSHI_SYSCALL_STEPS") {
        Ok(all) if all == "all" => None,
        steps => Some(steps.ok().and_then(|steps| steps.parse().ok()).unwrap_or(6)),
    };
    let counts = counted();
    let (mut runs, mut stopped) = (0, 0);
    for (call, error) in CALLS {
        let count = counts.get(call).copied().unwrap_or_default();
        let (before, mut failed) = (runs, 0);
        for when in tried(count, steps) {
            let folder = tempfile::tempdir().unwrap();
            let inject = format!("{call}:error={error}:when={when}");
            failed += u32::from(check(folder.path(), &traced(folder.path(), &inject), &inject));
            runs += 1;
        }
        println!("{call}: {count} calls, {} made to fail in turn, {failed} runs stopped", runs - before);
        stopped += failed;
    }
    println!("{stopped} of {runs} runs stopped");
    assert!(stopped >= 12, "calls must have failed: {stopped}");
}

#[test]
fn a_file_that_cannot_grow_stops_the_log_and_loses_nothing() {
    if !common::has("prlimit", "--version") {
        return common::missing("prlimit");
    }
    let mut stopped = 0;
    for bytes in FILE_BYTES {
        let folder = tempfile::tempdir().unwrap();
        stopped += u32::from(check(folder.path(), &limited(folder.path(), bytes), &format!("files of {bytes} bytes")));
    }
    println!("{stopped} of {} runs stopped", FILE_BYTES.len());
    assert!(stopped >= 6, "files must have been too small: {stopped}");
}
