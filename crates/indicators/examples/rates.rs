//! How many lines are imported, how many values are checked against warning lists, and how much text is scrubbed in a
//! second of processor time.
//!
//! `cargo run --release -p noroshi-indicators --example rates [FOLDER]` with a folder of warning lists in MISP's format
//! (every `.json` below it) checks against those, too.

use noroshi_indicators::import::{self, Format, Source};
use noroshi_indicators::scrub::{Keep, scrub};
use noroshi_indicators::warning::{Lists, Terms, WarningList};
use noroshi_indicators::{Value, export};
use noroshi_stix::{Limits, Received, Timestamp};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Processor time of this process in seconds (Linux).
fn cpu_seconds() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse::<f64>()? / 1e9)
}

/// Prints a rate, and gives what was made.
fn timed<T>(what: &str, unit: &str, count: usize, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let start = cpu_seconds()?;
    let made = work()?;
    let seconds = cpu_seconds()? - start;
    let rate = count as f64 / seconds;
    writeln!(std::io::stdout().lock(), "{what}: {count} {unit} in {seconds:.3} s, {rate:.0} {unit}/s")?;
    Ok(made)
}

const LINES: usize = 200_000;

/// A list of everything, a third of it defanged.
fn list() -> String {
    let mut text = String::new();
    for at in 0..LINES {
        let _ = match at % 6 {
            0 => writeln!(text, "198.{}.{}.{}", 18 + at / 65_536, at / 256 % 256, at % 256),
            1 => writeln!(text, "host{at}.bad.example"),
            2 => writeln!(text, "hxxp://host{at}[.]bad[.]example/path/{at}.php?x={at}"),
            3 => writeln!(text, "{at:064x}"),
            4 => writeln!(text, "host{at}[.]bad[.]example  # seen in a report"),
            _ => writeln!(text, "2001:db8:{:x}:{:x}::1", at >> 16, at & 0xffff),
        };
    }
    text
}

fn table() -> String {
    let mut text = "first_seen,ip,port,malware,comment\n".to_owned();
    for at in 0..LINES {
        let _ = writeln!(
            text,
            "2026-11-20 10:00:00,198.18.{}.{},443,example,\"a, comment {at}\"",
            at / 256 % 256,
            at % 256
        );
    }
    text
}

fn suricata() -> String {
    let rule = |at: usize| {
        format!(
            "alert http any any -> any any (msg:\"rule {at}\"; content:\"a\\;{at}\"; reference:url,example.org/{at}; sid:{at}; rev:1;)\n"
        )
    };
    (0..LINES / 4).map(rule).collect()
}

fn yara() -> String {
    let rule = |at: usize| {
        format!(
            "rule r{at} : tag {{\n meta:\n  description = \"x\"\n strings:\n  $a = \"}} {at}\"\n  $b = {{ 00 ?? [2-4] }}\n condition:\n  any of them\n}}\n"
        )
    };
    (0..LINES / 10).map(rule).collect()
}

fn sigma() -> String {
    let rule = |at: usize| {
        format!(
            "title: rule {at}\nlogsource:\n  category: dns\ndetection:\n  selection:\n    query: host{at}.bad.example\n  condition: selection\nlevel: high\n---\n"
        )
    };
    (0..LINES / 10).map(rule).collect()
}

fn main() -> Outcome<()> {
    let at = Timestamp::parse("2026-11-25T00:00:00.000Z")?;
    let source = Source::new("rates", at);
    let inputs: [(Format, String); 5] = [
        (Format::List, list()),
        (Format::Table, table()),
        (Format::Suricata, suricata()),
        (Format::Yara, yara()),
        (Format::Sigma, sigma()),
    ];
    let mut objects = Vec::new();
    for (format, text) in &inputs {
        let lines = text.lines().count();
        let name = format!("import of {}", format.as_str());
        let made = timed(&name, "lines", lines, || Ok(import::import(text.as_bytes(), "", Some(*format), &source)?))?;
        writeln!(std::io::stdout().lock(), "  {} objects, {} faults", made.objects.len(), made.faults.count)?;
        objects.extend(made.objects);
    }
    let limits = Limits::default();
    let read = |made: &import::Made| Received::read(&made.object.to_json(), &limits);
    let received = timed("strict reading", "objects", objects.len(), || {
        Ok(objects.iter().map(read).collect::<Result<Vec<_>, _>>()?)
    })?;
    let chosen =
        timed("choosing", "objects", received.len(), || Ok(export::choose(&received, &export::Wanted::at(at))))?;
    timed("block lists", "indicators", chosen.indicators.len(), || Ok(export::block_lists(&chosen.indicators, at)))?;
    check("own lists", WarningList::own()?, &chosen.indicators, at)?;
    if let Some(folder) = std::env::args().nth(1) {
        let mut lists = Vec::new();
        gather(Path::new(&folder), &mut lists)?;
        lists.extend(WarningList::own()?);
        check("own lists and those of the folder", lists, &chosen.indicators, at)?;
    }
    let text = "the host 10.1.2.3 of taro@victim.example (03-1234-5678) called 198.51.100.7, d41d8cd98f00b204e9800998ecf8427e\n".repeat(9_000);
    timed("scrubbing", "bytes", text.len(), || Ok(scrub(&text, &Keep::default())?))?;
    Ok(())
}

fn gather(folder: &Path, lists: &mut Vec<WarningList>) -> Outcome<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, lists)?;
        } else if path.extension().is_some_and(|ending| ending == "json") {
            match WarningList::read(&std::fs::read(&path)?, &Terms::default()) {
                Ok(list) => {
                    let faults = list.faults();
                    if let Some(first) = faults.kept.first() {
                        writeln!(std::io::stdout().lock(), "  {}: {} faults, {first}", list.name, faults.count)?;
                    }
                    lists.push(list);
                }
                Err(fault) => writeln!(std::io::stdout().lock(), "  {}: {fault}", path.display())?,
            }
        }
    }
    Ok(())
}

fn check(what: &str, lists: Vec<WarningList>, indicators: &[export::Indicator], at: Timestamp) -> Outcome<()> {
    let entries = lists.iter().map(WarningList::len).sum();
    let lists = timed(&format!("index of {} {what}", lists.len()), "entries", entries, || Ok(Lists::new(lists)?))?;
    let stale = lists.ages(at).filter(|age| age.stale).count();
    let hits = timed("checks", "values", indicators.len(), || {
        Ok(indicators.iter().map(|indicator| lists.check(&indicator.value, at).len()).sum::<usize>())
    })?;
    writeln!(std::io::stdout().lock(), "  {hits} hits, {stale} stale lists")?;
    for value in ["www.google.com", "8.8.8.8", "104.16.1.1", "52.95.110.1", "https://github.com/x", "mail.example.net"]
    {
        let value = Value::parse(value)?;
        let hits = lists.check(&value, at);
        let first = hits.first().map(|hit| format!("{:?} {} `{}` {:?}", hit.action, hit.list, hit.entry, hit.age_days));
        writeln!(std::io::stdout().lock(), "  {value}: {} hits, {}", hits.len(), first.unwrap_or_default())?;
    }
    Ok(())
}
