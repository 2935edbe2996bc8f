//! A writer that can be killed at any moment: for tests of recovery with the real file system.
//!
//! `ledger_write_loop <folder> <last entry>`: opens the log in `<folder>/log` and sends entries numbered from
//! its end on. Each acknowledged entry is reported on standard output as `ack <index> <number>`, and its receipt is
//! kept in `<folder>/receipt-<index modulo 64>.tlog-proof`. Exit code 0: all sent. 3: the log stopped or refused, as it should
//! after a failed write. With `quiet` as a third argument it keeps no receipts and reports the last entry of each group
//! alone, so that nearly every call it makes is the log's.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for tests")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use noroshi_ledger::disk::Folder;
use noroshi_ledger::{Log, LogKey, Nobody, Pace, Pending, Policy, Sequencer, Status};

/// Entries under way at a time: batches of several bundles come about, and of one entry.
const UNDER_WAY: usize = 300;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(Ok(last))) = (arguments.next(), arguments.next().map(|text| text.parse::<u64>())) else {
        eprintln!("usage: ledger_write_loop <folder> <last entry>");
        return ExitCode::from(2);
    };
    let quiet = arguments.next().is_some_and(|word| word == "quiet");
    match write(&PathBuf::from(folder), last, quiet) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("stopped: {why}");
            ExitCode::from(3)
        }
    }
}

fn write(folder: &Path, last: u64, quiet: bool) -> Result<(), String> {
    let said = |error: &dyn std::error::Error| error.to_string();
    let key = LogKey::from_seed("log.example.org/loop", &[1; 32]).map_err(|error| said(&error))?;
    let policy = Policy::log_alone(key.public().clone());
    let disk = Folder::new(folder.join("log")).map_err(|error| said(&error))?;
    let log = Log::open(Arc::new(disk), key).map_err(|error| said(&error))?;
    println!("open {}", log.size());
    let mut next = log.size();
    let pace = Pace { interval: Duration::from_millis(1), ..Pace::default() };
    let sequencer = Sequencer::start(log, Box::new(Nobody), policy, pace).map_err(|error| said(&error))?;
    match sequencer.wait_open(Duration::from_secs(60)) {
        Status::Open => {}
        other => return Err(format!("{other:?}")),
    }
    while next < last {
        let until = (next + 1 + next * 7919 % UNDER_WAY as u64).min(last);
        let pending: Result<Vec<Pending>, _> =
            (next..until).map(|number| sequencer.submit(format!("entry {number}").into_bytes())).collect();
        for (number, pending) in (next..).zip(pending.map_err(|error| said(&error))?) {
            let receipt = pending.wait().map_err(|error| said(&error))?;
            if quiet {
                if number + 1 == until {
                    println!("ack {} {number}", receipt.index);
                }
                continue;
            }
            let path = folder.join(format!("receipt-{}.tlog-proof", receipt.index % 64));
            // What the test reads is what was acknowledged last; receipts are the writer's to keep, not the log's.
            std::fs::write(path, format!("{number}\n{}", receipt.to_text())).map_err(|error| said(&error))?;
            println!("ack {} {number}", receipt.index);
        }
        std::io::stdout().flush().map_err(|error| said(&error))?;
        next = until;
    }
    Ok(())
}
