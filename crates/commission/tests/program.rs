//! The program from outside: keys made once, a configuration that works, one line where it does not.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use assert_cmd::Command;
use noroshi_ledger::LogKey;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_noroshi-commission"))
}

fn init(folder: &Path) -> Command {
    let log = LogKey::from_seed("log.example.org", &[1; 32]).unwrap().public().to_string();
    let mut command = program();
    command.arg("init").arg("--folder").arg(folder).args(["--name", "commission.example.org", "--demo", "--log", &log]);
    command
}

#[test]
fn keys_are_made_once_and_readable_by_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let made = init(folder.path()).assert().code(0);
    let out = String::from_utf8_lossy(&made.get_output().stdout).into_owned();
    assert!(out.contains("[roster]") && out.contains("commission.example.org/mirror+"), "{out}");
    for entry in std::fs::read_dir(folder.path().join("keys")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    init(folder.path()).assert().code(2);
}

#[test]
fn an_empty_mirror_is_judged_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path()).assert().code(0);
    let config = folder.path().join("commission.toml");
    let check = program().args(["inspect", "check", "--lang", "en", "--config"]).arg(&config).assert().code(1);
    assert!(String::from_utf8_lossy(&check.get_output().stdout).contains("genesis-missing"));
    let report = program().args(["report", "--year", "2026", "--config"]).arg(&config).assert().code(0);
    assert!(String::from_utf8_lossy(&report.get_output().stdout).starts_with("# 国会への年次報告 2026"));
    program().args(["inspect", "sample", "--count", "3", "--config"]).arg(&config).assert().code(0);
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path()).assert().code(0);
    let config = folder.path().join("commission.toml");
    let mut file = std::fs::OpenOptions::new().append(true).open(&config).unwrap();
    file.write_all(b"unknown = 1\n").unwrap();
    let serve = program().args(["serve", "--config"]).arg(&config).assert().code(2);
    let error = String::from_utf8_lossy(&serve.get_output().stderr).into_owned();
    assert!(error.starts_with("noroshi-commission: ") && error.contains("unknown"), "{error}");
}
