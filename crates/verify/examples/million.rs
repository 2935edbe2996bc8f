//! Makes a sample log of so many lines in a folder, with its keys file, for measuring `noroshi-verify`.
//!
//! `cargo run --release -p noroshi-verify --example million -- FOLDER [LINES] [planted]`
//!
//! With `planted`, five lines are broken on the way, one of each kind an overseer fears most: a query without mandate, a
//! late result, a missing heartbeat, a forged approval, a hidden disposal.

use anyhow::Context as _;
use noroshi_leaf::{Actor, Body, GovernedAct, Leaf, MandateEvent, MandateLine, Matter};
use noroshi_ledger::{CosignerKey, Log, LogKey, Policy, disk::Folder};
use noroshi_model::MandateId;
use noroshi_verify::sample::{self, ORIGIN, Sample, roster};
use std::{path::PathBuf, sync::Arc};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("name a folder")?);
    let lines = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let key = LogKey::from_seed(ORIGIN, &[50; 32])?;
    let mirror = CosignerKey::from_seed("mirror.example.org", &[51; 32])?;
    let policy = format!("log {}\nwitness mirror {}\nquorum mirror\n", key.public(), mirror.public());
    let planted = arguments.next().is_some_and(|word| word == "planted");
    let disk = Arc::new(Folder::new(folder.join("log"))?);
    let mut log = Log::open(disk, key.clone())?;
    confirm(&mut log, &key)?;
    let mut failed = Ok(());
    let mut waiting: Vec<Vec<u8>> = Vec::new();
    let mut hour = 0;
    let at = Sample::long(lines, |mut leaves| {
        hour += 1;
        if planted {
            plant(hour, &mut leaves);
        }
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

/// Breaks one line of some hours.
fn plant(hour: u32, leaves: &mut Vec<Leaf>) {
    let is_hunt = |leaf: &Leaf| matches!(&leaf.body, Body::Intent(intent) if intent.act == GovernedAct::Hunt);
    let hunt = leaves.iter().position(is_hunt);
    match (hour, hunt) {
        (100, _) => {
            let at = leaves.last().map_or(sample::BEGIN, |leaf| leaf.at);
            let mandate = MandateId(sample::id(3, 9_998));
            let (terms, necessity) = (sample::terms(30), sample::commitment(1));
            // Three votes, one of them for other terms.
            let mut votes = sample::votes(&[1, 2], Matter::Grant, (mandate, 1, terms.digest()), 0);
            votes.extend(sample::votes(&[3], Matter::Grant, (mandate, 1, sample::terms(20).digest()), 0));
            let events = [MandateEvent::Requested { necessity, terms }, MandateEvent::Decided { votes }];
            for (number, event) in (0..).zip(events) {
                let line = MandateLine { event, evidence: None, mandate, version: 1 };
                leaves.push(Leaf::new(sample::id(9, number), at, Actor::Hub, Body::Mandate(Box::new(line))));
            }
        }
        (200, Some(at)) => {
            if let Body::Intent(intent) = &mut leaves[at].body {
                intent.mandate = MandateId(sample::id(3, 9_999));
            }
        }
        (300, Some(at)) => {
            let when = leaves[at].at;
            if let Body::Intent(intent) = &mut leaves[at].body {
                intent.deadline.0 = when.0 + 1;
            }
        }
        (400, _) => {
            let beat = leaves.iter().position(|leaf| matches!(leaf.body, Body::Heartbeat(_)));
            beat.map(|at| leaves.remove(at));
        }
        (500, _) => leaves.retain(|leaf| !matches!(leaf.body, Body::Disposed(_))),
        _ => {}
    }
}

fn confirm(log: &mut Log, key: &LogKey) -> anyhow::Result<()> {
    let note = log.signed().clone();
    log.confirm(&note, &Policy::log_alone(key.public().clone()))?;
    Ok(())
}
