//! Makes a sample log of so many lines in a folder, with its keys file, for measuring `noroshi-verify`.
//!
//! `cargo run --release -p noroshi-verify --example million -- FOLDER [LINES]`

use anyhow::Context as _;
use noroshi_ledger::{CosignerKey, Log, LogKey, Policy, disk::Folder};
use noroshi_verify::sample::{ORIGIN, Sample, roster};
use std::{path::PathBuf, sync::Arc};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("name a folder")?);
    let lines = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let key = LogKey::from_seed(ORIGIN, &[50; 32])?;
    let mirror = CosignerKey::from_seed("mirror.example.org", &[51; 32])?;
    let policy = format!("log {}\nwitness mirror {}\nquorum mirror\n", key.public(), mirror.public());
    let disk = Arc::new(Folder::new(folder.join("log"))?);
    let mut log = Log::open(disk, key.clone())?;
    confirm(&mut log, &key)?;
    let mut failed = Ok(());
    let mut waiting: Vec<Vec<u8>> = Vec::new();
    let at = Sample::long(lines, |leaves| {
        waiting.extend(leaves.iter().filter_map(|leaf| leaf.to_bytes().ok()));
        if waiting.len() > 40_000 && failed.is_ok() {
            failed = log.append_batch(&std::mem::take(&mut waiting)).map(drop);
        }
    });
    failed?;
    log.append_batch(&waiting)?;
    let mut note = log.checkpoint()?.clone();
    note.add(mirror.cosign(note.text(), u64::try_from(at.0 / 1_000_000)?));
    log.publish(&note, &Policy::parse(policy.as_bytes())?)?;
    let roster = roster();
    let commissioners: Vec<_> = roster.commissioners.iter().map(|key| format!("\"{key}\"")).collect();
    let keys = format!(
        "log = \"{}\"\npolicy = \"\"\"\n{policy}\"\"\"\n\n[roster]\ncommissioners = [{}]\nquorum = {}\nseal = \"{}\"\n",
        key.public(),
        commissioners.join(", "),
        roster.quorum,
        roster.seal
    );
    std::fs::write(folder.join("keys.toml"), keys)?;
    Ok(())
}

fn confirm(log: &mut Log, key: &LogKey) -> anyhow::Result<()> {
    let note = log.signed().clone();
    log.confirm(&note, &Policy::log_alone(key.public().clone()))?;
    Ok(())
}
