//! Makes the table of trigrams, and measures the detector of generated names.
//!
//! `cargo run -p noroshi-detect --example generated_names -- table LIST > legit_trigrams.txt`
//! `cargo run -p noroshi-detect --example generated_names -- measure LIST LEGIT.gz DGA_FOLDER`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of its own")]

use flate2::read::GzDecoder;
use noroshi_detect::detectors::generated_names::weigh;
use noroshi_detect::names::{self, LAST_CELL, STEPS_PER_NAT, SYMBOLS, ZERO_CELL};
use noroshi_detect::weigh::Assessment;
use noroshi_flow::DnsQuery;
use noroshi_flow::names::{NameTable, registered_domain};
use noroshi_model::{Micros, Severity};
use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Hosts made of one family.
const HOSTS: usize = 200;
/// Names each of them asks for in vain, and in how many hours.
const TRIALS: [(usize, i64); 3] = [(30, 1), (30, 24), (100, 1)];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["table", list] => table(&labels(&plain(list)?)),
        ["measure", list, legit, folder] => return measure(list, legit, folder),
        _ => eprintln!("usage: generated_names table LIST | measure LIST LEGIT.gz DGA_FOLDER"),
    }
    Ok(())
}

fn plain(path: &str) -> Result<Vec<String>, Box<dyn Error>> {
    Ok(BufReader::new(File::open(path)?).lines().collect::<Result<_, _>>()?)
}

fn gzipped(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    Ok(BufReader::new(GzDecoder::new(File::open(path)?)).lines().collect::<Result<_, _>>()?)
}

fn domain(line: &str) -> String {
    registered_domain(line.trim()).to_lowercase()
}

fn labels(lines: &[String]) -> BTreeSet<String> {
    lines.iter().map(|line| names::main_label(&domain(line)).to_owned()).filter(|l| !l.is_empty()).collect()
}

/// Counts of one, two and three characters, smoothed by Witten and Bell's method (IEEE Trans.
/// Information Theory 37(4), 1991): a context lends to the next shorter one as often as it met
/// something new.
struct Counts {
    one: Vec<f64>,
    two: Vec<f64>,
    three: Vec<f64>,
}

impl Counts {
    fn of<'a>(labels: impl Iterator<Item = &'a String>) -> Self {
        let mut counts =
            Self { one: vec![0.0; SYMBOLS], two: vec![0.0; SYMBOLS.pow(2)], three: vec![0.0; SYMBOLS.pow(3)] };
        for label in labels {
            for w in names::symbols(label).windows(3) {
                counts.one[w[2]] += 1.0;
                counts.two[w[1] * SYMBOLS + w[2]] += 1.0;
                counts.three[(w[0] * SYMBOLS + w[1]) * SYMBOLS + w[2]] += 1.0;
            }
        }
        counts
    }

    /// Probabilities of what follows each two characters.
    fn probabilities(&self) -> Vec<f64> {
        let even = vec![1.0 / SYMBOLS as f64; SYMBOLS];
        let one = smoothed(&self.one, &even);
        let two: Vec<f64> = self.two.chunks(SYMBOLS).flat_map(|row| smoothed(row, &one)).collect();
        let shorter = two.chunks(SYMBOLS).cycle();
        self.three.chunks(SYMBOLS).zip(shorter).flat_map(|(row, shorter)| smoothed(row, shorter)).collect()
    }
}

fn smoothed(row: &[f64], shorter: &[f64]) -> Vec<f64> {
    let total: f64 = row.iter().sum();
    let kinds = row.iter().filter(|&&n| n > 0.0).count().max(1) as f64;
    row.iter().zip(shorter).map(|(n, p)| (n + kinds * p) / (total + kinds)).collect()
}

fn cells(probabilities: &[f64]) -> Vec<u8> {
    let last = f64::from(LAST_CELL - ZERO_CELL);
    probabilities.iter().map(|p| ZERO_CELL + (-p.ln() * STEPS_PER_NAT).round().clamp(0.0, last) as u8).collect()
}

fn table(labels: &BTreeSet<String>) {
    println!("# Surprise of a character after two others, 1/8 nat above `!`, in the order of names::ALPHABET.");
    println!("# Derived from the main labels of the OpenDNS top domains list, which is in the public domain.");
    let cells = cells(&Counts::of(labels.iter()).probabilities());
    cells.chunks(SYMBOLS).for_each(|row| println!("{}", String::from_utf8_lossy(row)));
    let (mean, deviation) = held_out(labels);
    eprintln!("MEAN {mean:.3} DEVIATION {deviation:.3}, labels {}", labels.len());
}

/// Mean and deviation of labels in a model that has not seen them.
fn held_out(labels: &BTreeSet<String>) -> (f64, f64) {
    let fold = |n: usize, fold: usize| n % 10 == fold;
    let mut scores = Vec::new();
    for k in 0..10 {
        let seen = labels.iter().enumerate().filter(|(n, _)| !fold(*n, k)).map(|(_, label)| label);
        let probabilities = Counts::of(seen).probabilities();
        for (_, label) in labels.iter().enumerate().filter(|(n, _)| fold(*n, k)) {
            let symbols = names::symbols(label);
            let sum: f64 =
                symbols.windows(3).map(|w| -probabilities[(w[0] * SYMBOLS + w[1]) * SYMBOLS + w[2]].ln()).sum();
            scores.push(sum / (symbols.len() - 2) as f64);
        }
    }
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    (mean, (scores.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / scores.len() as f64).sqrt())
}

fn measure(list: &str, legit: &str, folder: &str) -> Result<(), Box<dyn Error>> {
    let seen = labels(&plain(list)?);
    let all: BTreeSet<String> = gzipped(Path::new(legit))?.iter().map(|line| domain(line)).collect();
    let unseen: Vec<String> = all.iter().filter(|d| !seen.contains(names::main_label(d))).cloned().collect();
    println!("legitimate {} of which not in the list {}", all.len(), unseen.len());
    let mut chosen: Vec<f64> = unseen.iter().map(|d| names::strangeness(names::main_label(d))).collect();
    chosen.sort_by(f64::total_cmp);
    println!("| family | names | AUC | 30 in 1 h: median log odds | 30 in 1 h | 30 in 24 h | 100 in 1 h |");
    println!("|---|---|---|---|---|---|---|");
    row("legitimate", &unseen, &chosen);
    for top in [".jp", ".cn", ".ru", ".de"] {
        let some: Vec<String> = unseen.iter().filter(|d| d.ends_with(top)).cloned().collect();
        row(&format!("legitimate {top}"), &some, &chosen);
    }
    let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let family: BTreeSet<String> = gzipped(&file.path())?.iter().map(|line| domain(line)).collect();
        let name = file.file_name().to_string_lossy().replace(".txt.gz", "");
        row(&name, &family.into_iter().collect::<Vec<_>>(), &chosen);
    }
    Ok(())
}

/// One line: single names against legitimate ones, then the share of hosts found, medium or more.
fn row(name: &str, domains: &[String], chosen: &[f64]) {
    let mut ranks = 0.0;
    for domain in domains {
        let score = names::strangeness(names::main_label(domain));
        let (below, upto) = (chosen.partition_point(|&c| c < score), chosen.partition_point(|&c| c <= score));
        ranks += (below + upto) as f64 / 2.0;
    }
    let auc = ranks / domains.len() as f64 / chosen.len() as f64;
    let mut line = format!("| {name} | {} | {auc:.3} |", domains.len());
    for (trial, (count, hours)) in TRIALS.into_iter().enumerate() {
        let found = trial_of(domains, count, hours);
        let medium = found.iter().filter(|scales| scales.severity() >= Some(Severity::Medium)).count();
        let mut odds: Vec<f64> = found.iter().map(|scales| scales.log_odds).collect();
        odds.sort_by(f64::total_cmp);
        if trial == 0 {
            line += &format!(" {:.1} |", odds.get(odds.len() / 2).copied().unwrap_or(f64::NAN));
        }
        line += &format!(" {:.1} % |", 100.0 * medium as f64 / HOSTS as f64);
    }
    println!("{line}");
}

/// [`HOSTS`] hosts that each ask in vain for `count` names within `hours`, weighed.
fn trial_of(domains: &[String], count: usize, hours: i64) -> Vec<Assessment> {
    let host = |host: usize| {
        let mut table = NameTable::new(10);
        for n in 0..count {
            let name = domains[dice(host * count + n) % domains.len()].clone();
            let at = Micros(n as i64 * hours * 3_600_000_000 / count as i64);
            table.add(&DnsQuery { at, client: 1, resolver: 2, name, qtype: 1, rcode: Some(3) });
        }
        table.hosts().first().and_then(|(_, asked)| weigh(asked))
    };
    (0..HOSTS).filter_map(host).collect()
}

/// Fixed dice (SplitMix64), so that the table in the documentation can be made again.
fn dice(n: usize) -> usize {
    let value = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (value ^ (value >> 31)) as usize >> 1
}
