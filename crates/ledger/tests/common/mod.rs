//! What tests with other programs share: where the programs are, and whether a missing one is a failure.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use noroshi_ledger::disk::Folder;
use noroshi_ledger::{Log, LogKey, Policy};

/// Prints why a test is skipped; fails where `./test` has installed the programs.
pub(crate) fn missing(what: &str) {
    let required = std::env::var("NOROSHI_TEST_TOOLS").is_ok_and(|tools| tools == "required");
    assert!(!required, "{what} is missing, and NOROSHI_TEST_TOOLS=required");
    println!("skipped: {what} is missing");
}

/// Whether a program answers.
pub(crate) fn has(program: impl AsRef<std::ffi::OsStr>, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

/// Where `./test` keeps what it installs.
pub(crate) fn cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from).join(".cache");
    base.unwrap_or_else(home).join("noroshi")
}

/// The example that writes a log and may be killed. It is built together with the tests, unless one test alone is run.
pub(crate) fn write_loop() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join("examples/ledger_write_loop");
    if !built.exists() {
        let build = ["build", "--quiet", "--package", "noroshi-ledger", "--example", "ledger_write_loop"];
        assert!(Command::new(env!("CARGO")).args(build).status().unwrap().success());
    }
    built
}

/// The key of the write loop.
pub(crate) fn loop_key() -> LogKey {
    LogKey::from_seed("log.example.org/loop", &[1; 32]).unwrap()
}

/// A log of so many entries in a folder, published under its own signature.
pub(crate) fn written(folder: &Path, key: &LogKey, entries: u64) {
    let policy = Policy::log_alone(key.public().clone());
    let mut log = Log::open(Arc::new(Folder::new(folder).unwrap()), key.clone()).unwrap();
    let signed = log.signed().clone();
    log.confirm(&signed, &policy).unwrap();
    let batch: Vec<Vec<u8>> = (0..entries).map(|number| format!("entry {number}").into_bytes()).collect();
    for batch in batch.chunks(700) {
        log.append_batch(batch).unwrap();
    }
    let note = log.checkpoint().unwrap().clone();
    log.publish(&note, &policy).unwrap();
}
