//! The program, on a bundle and a keys file alone.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use assert_cmd::Command;
use noroshi_leaf::{Body, GovernedAct, Leaf, MandateEvent};
use noroshi_ledger::{CosignerKey, Log, LogKey, Policy, disk::Folder};
use noroshi_verify::sample::{ORIGIN, Sample, id, roster, terms};
use std::path::Path;
use std::sync::Arc;

fn bundle(folder: &Path, lines: &[Leaf], at: noroshi_model::Micros) {
    let key = LogKey::from_seed(ORIGIN, &[50; 32]).unwrap();
    let mirror = CosignerKey::from_seed("mirror.example.org", &[51; 32]).unwrap();
    let policy = format!("log {}\nwitness mirror {}\nquorum mirror\n", key.public(), mirror.public());
    let mut log = Log::open(Arc::new(Folder::new(folder.join("log")).unwrap()), key.clone()).unwrap();
    let start = log.signed().clone();
    log.confirm(&start, &Policy::log_alone(key.public().clone())).unwrap();
    log.append_batch(&lines.iter().map(|leaf| leaf.to_bytes().unwrap()).collect::<Vec<_>>()).unwrap();
    let mut note = log.checkpoint().unwrap().clone();
    note.add(mirror.cosign(note.text(), u64::try_from(at.0 / 1_000_000).unwrap()));
    log.publish(&note, &Policy::parse(policy.as_bytes()).unwrap()).unwrap();
    let roster = roster();
    let commissioners: Vec<_> = roster.commissioners.iter().map(|key| format!("\"{key}\"")).collect();
    let keys = format!(
        "log = \"{}\"\npolicy = \"\"\"\n{policy}\"\"\"\n[roster]\ncommissioners = [{}]\nquorum = 3\nseal = \"{}\"\n",
        key.public(),
        commissioners.join(", "),
        roster.seal
    );
    std::fs::write(folder.join("keys.toml"), keys).unwrap();
}

fn verify(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi-verify"));
    command.arg(folder.join("log")).arg("--keys").arg(folder.join("keys.toml"));
    command
}

fn history() -> Sample {
    let mut sample = Sample::begun();
    let mandate = sample.granted(terms(10));
    let batch = sample.hour(mandate, &[], 30);
    sample.hour(mandate, &[batch], 30);
    sample
}

#[test]
fn a_clean_log_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    let sample = history();
    bundle(folder.path(), &sample.lines, sample.at);
    let run = verify(folder.path()).assert().code(0);
    let out = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    assert!(out.contains("violations 0") && out.contains("cosigned  mirror"), "{out}");
}

#[test]
fn planted_violations_are_named_from_keys_and_bundle_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut sample = history();
    let is_hunt = |leaf: &Leaf| matches!(&leaf.body, Body::Intent(i) if i.act == GovernedAct::Hunt);
    let hunts: Vec<_> = (0..sample.lines.len()).filter(|&at| is_hunt(&sample.lines[at])).collect();
    let Body::Intent(intent) = &mut sample.lines[hunts[3]].body else { unreachable!() };
    intent.mandate = noroshi_model::MandateId(id(3, 77));
    let opened = sample.lines[hunts[7]].at;
    let Body::Intent(intent) = &mut sample.lines[hunts[7]].body else { unreachable!() };
    intent.deadline.0 = opened.0 + 1;
    for leaf in &mut sample.lines {
        if let Body::Mandate(line) = &mut leaf.body
            && let MandateEvent::Decided { votes } = &mut line.event
        {
            votes[2].statement.at.0 += 1;
        }
    }
    let beat = sample.lines.iter().position(|leaf| matches!(leaf.body, Body::Heartbeat(_))).unwrap();
    sample.lines.remove(beat);
    bundle(folder.path(), &sample.lines, sample.at);
    let run = verify(folder.path()).arg("--json").arg("--at").arg("2026-05-01").assert().code(1);
    let out = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    for code in ["act-without-mandate", "result-late", "heartbeat-missing", "votes-forged", "disposal-missing"] {
        assert!(out.contains(&format!("\"{code}\"")), "{code}\n{out}");
    }
    let run = verify(folder.path()).arg("--lang").arg("ja").assert().code(1);
    assert!(String::from_utf8_lossy(&run.get_output().stdout).contains("承認"));
}

#[test]
fn what_is_not_authentic_is_not_judged() {
    let folder = tempfile::tempdir().unwrap();
    let sample = history();
    bundle(folder.path(), &sample.lines, sample.at);
    let path = folder.path().join("log/tile/entries/000");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[300] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let run = verify(folder.path()).assert().code(3);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("tile/entries/000"));
    assert!(run.get_output().stdout.is_empty());
}

#[test]
fn a_mistyped_name_is_usage() {
    let folder = tempfile::tempdir().unwrap();
    let sample = history();
    bundle(folder.path(), &sample.lines, sample.at);
    let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi-verify"));
    command.arg(folder.path().join("nowhere")).arg("--keys").arg(folder.path().join("keys.toml")).assert().code(2);
    assert!(!folder.path().join("nowhere").exists());
    let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi-verify"));
    command.arg(folder.path().join("log")).arg("--keys").arg(folder.path().join("no.toml")).assert().code(2);
}
