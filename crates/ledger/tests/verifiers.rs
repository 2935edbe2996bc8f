//! Two verifiers that share no code with us accept our log and find a flipped bit: Go's own note and tlog packages (as
//! Debian ships them), and the PyPI package aics-tlog.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use noroshi_ledger::disk::Folder;
use noroshi_ledger::mirror::Mirror;
use noroshi_ledger::peers::{Peer, Peers, Role};
use noroshi_ledger::{CosignerKey, Log, LogKey, Pace, Policy, Sequencer, Status};

const AICS_TLOG: &str = "aics-tlog-0.2.1";
const ENTRIES: u64 = 66_000;

fn key() -> LogKey {
    LogKey::from_seed("log.example.org/verified", &[1; 32]).unwrap()
}

fn cosigner() -> CosignerKey {
    CosignerKey::from_seed("mirror.example.org", &[2; 32]).unwrap()
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verifiers").join(name)
}

/// What a verifier says of a log; `Err` when it does not accept it.
fn said(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stdout) + &text(&output.stderr)) }
}

/// Accepts the log as it is, and not with a bit flipped in an entry or in a hash over it, nor in one of these files.
fn judges(folder: &Path, also: &[(&str, usize)], verify: impl Fn() -> Result<String, String>) {
    assert_eq!(verify(), Ok(format!("OK {ENTRIES}")));
    let everywhere = [("tile/entries/003", 40), ("tile/entries/257.p/208", 40), ("tile/0/100", 777)];
    for (path, at) in everywhere.into_iter().chain(also.iter().copied()) {
        let path = folder.join(path);
        let good = std::fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&path, bad).unwrap();
        let found = verify().expect_err(&format!("a flipped bit in {} must be found", path.display()));
        assert!(found.contains("FAIL"), "{found}");
        std::fs::write(&path, good).unwrap();
    }
    verify().unwrap();
}

#[test]
fn go_accepts_the_log_and_finds_a_flipped_bit() {
    if !common::has("go", "version") || !Path::new("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog").exists() {
        return common::missing("Go with golang.org/x/mod (Debian golang-go, golang-golang-x-mod-dev)");
    }
    let folder = tempfile::tempdir().unwrap();
    let (log, program) = (folder.path().join("log"), folder.path().join("verify"));
    common::written(&log, &key(), ENTRIES);
    let mut build = Command::new("go");
    build.env("GO111MODULE", "off").env("GOPATH", "/usr/share/gocode").env("GOCACHE", folder.path().join("cache"));
    said(build.arg("build").arg("-o").arg(&program).arg(source("verify.go"))).unwrap();
    // Go's tile reader compares upper tiles with those above them only in trees of some sizes (x/mod 0.7), so a bit in one
    // is not asked of it; it computes the root from the entries as well.
    judges(&log, &[], || said(Command::new(&program).arg(&log).arg(key().public().to_string())));
    let stranger = LogKey::from_seed("log.example.org/verified", &[9; 32]).unwrap();
    said(Command::new(&program).arg(&log).arg(stranger.public().to_string())).unwrap_err();
}

#[test]
fn python_accepts_log_and_cosignature_and_finds_a_flipped_bit() {
    let python = common::cache().join(AICS_TLOG).join("bin/python");
    if !python.exists() {
        return common::missing(AICS_TLOG);
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    common::written(&log, &key(), ENTRIES);
    mirrored(&log, &folder.path().join("mirror"));
    for served in [log, folder.path().join("mirror")] {
        let verify = || {
            let mut command = Command::new(&python);
            command.arg(source("verify.py")).arg(&served);
            said(command.args([key().public().to_string(), cosigner().public().to_string()]))
        };
        judges(&served, &[("tile/1/000", 5)], verify);
    }
    let stranger = CosignerKey::from_seed("mirror.example.org", &[9; 32]).unwrap();
    let keys = [key().public().to_string(), stranger.public().to_string()];
    said(Command::new(&python).arg(source("verify.py")).arg(folder.path().join("log")).args(keys)).unwrap_err();
}

/// Has a mirror copy and cosign the log.
fn mirrored(log: &Path, mirror: &Path) {
    let text = format!("log {}\nwitness m {}\nquorum m\n", key().public(), cosigner().public());
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let disk = Arc::new(Folder::new(mirror).unwrap());
    let mut mirror = Mirror::open(disk, cosigner(), key().public().clone()).unwrap();
    let transport = move |path: &str, body: &[u8]| {
        let add_checkpoint = path == "add-checkpoint";
        Ok(if add_checkpoint { mirror.add_checkpoint(body) } else { mirror.add_entries(body, 1_700_000_000) }.into())
    };
    let peer = Peer {
        name: "m".to_owned(),
        key: cosigner().public().clone(),
        role: Role::Mirror,
        transport: Box::new(transport),
    };
    let opened = Log::open(Arc::new(Folder::new(log).unwrap()), key()).unwrap();
    let pace = Pace { quorum_limit: Duration::from_secs(600), ..Pace::default() };
    let sequencer = Sequencer::start(opened, Box::new(Peers::start(vec![peer]).unwrap()), policy, pace).unwrap();
    assert_eq!(sequencer.wait_open(Duration::from_secs(600)), Status::Open);
    drop(sequencer.close());
}
