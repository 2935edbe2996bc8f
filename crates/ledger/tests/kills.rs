//! `kill -9` in a write loop, on the real file system. `NOROSHI_KILLS` sets how often; thirty times by default.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use noroshi_ledger::audit::audit;
use noroshi_ledger::disk::Folder;
use noroshi_ledger::{Policy, Receipt};

/// Starts the loop and kills it after it has acknowledged so many entries. What it acknowledged comes back.
fn run_and_kill(folder: &Path, after: usize, acknowledged: &mut BTreeMap<u64, u64>) {
    let mut child = Command::new(common::write_loop())
        .args([folder.as_os_str(), "100000000".as_ref()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..=after {
        let line = lines.next().expect("it writes until it is killed").unwrap();
        saw(&line, acknowledged);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had said before it died counts as well; a torn last line was not said.
    lines.map_while(Result::ok).filter(|line| line.split(' ').count() == 3).for_each(|line| saw(&line, acknowledged));
}

fn saw(line: &str, acknowledged: &mut BTreeMap<u64, u64>) {
    let words: Vec<&str> = line.split(' ').collect();
    let ["ack", index, number] = words[..] else { return };
    let Ok(number) = number.parse() else { return };
    let before = acknowledged.insert(index.parse().unwrap(), number);
    assert!(before.is_none_or(|before| before == number), "index {index} was given twice");
}

fn check(folder: &Path, acknowledged: &BTreeMap<u64, u64>) -> u64 {
    let disk = Folder::new(folder.join("log")).unwrap();
    let policy = Policy::log_alone(common::loop_key().public().clone());
    if acknowledged.is_empty() && !folder.join("log/checkpoint").exists() {
        // Killed before the first checkpoint was published.
        return 0;
    }
    let mut entries = Vec::new();
    let audited =
        audit(&disk, &policy, 1, |_, entry| entries.push(String::from_utf8(entry.to_vec()).unwrap())).unwrap();
    for (index, number) in acknowledged {
        let found = entries.get(usize::try_from(*index).unwrap());
        assert_eq!(found, Some(&format!("entry {number}")), "acknowledged and lost");
    }
    let wanted: Vec<String> = (0..entries.len()).map(|number| format!("entry {number}")).collect();
    assert_eq!(entries, wanted, "an entry is doubled or missing");
    for slot in 0..64 {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("receipt-{slot}.tlog-proof"))) else { continue };
        let Some((number, receipt)) = text.split_once('\n') else { continue };
        // The receipt that was being written when the writer was killed may be torn.
        let Ok(receipt) = Receipt::parse(receipt.as_bytes()) else { continue };
        receipt.verify(format!("entry {number}").as_bytes(), &policy).unwrap();
        assert!(receipt.index < audited.believed.head.size);
    }
    audited.believed.head.size
}

#[test]
fn killed_again_and_again_nothing_acknowledged_is_lost_or_doubled() {
    let kills: usize = std::env::var("NOROSHI_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(30);
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut size = 0;
    for kill in 0..kills {
        run_and_kill(folder.path(), kill * 37 % 101, &mut acknowledged);
        let now = check(folder.path(), &acknowledged);
        assert!(now >= size, "the published log shrank");
        size = now;
    }
    println!("{kills} kills, {} entries acknowledged, {size} in the log", acknowledged.len());
    assert!(acknowledged.len() >= kills);
}
