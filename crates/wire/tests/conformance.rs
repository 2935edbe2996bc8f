//! Every vendor's datagrams and captures of the shared data, against a snapshot. Skipped where
//! the data is absent: it is not part of this repository.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "a test")]

use noroshi_flow::damage::OffsetUnit;
use noroshi_flow::{Damage, FlowColumns, FlowRecord, FlowSink, Intake, SinkError};
use noroshi_mandate::place::from_bits;
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::{Micros, Protocol};
use noroshi_wire::{
    CaptureContext, DecoderLimits, ExportDecoder, MeterLimits, Origin, export_time, read_exports, read_pcap,
};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const MANDATE: &str = r#"
version = 1
id = "conformance"
title = "everything is foreign"
legal_basis = "party-agreement"
directions = ["foreign-foreign", "out-foreign", "foreign-in"]
purposes = ["find-attack-servers"]
[term]
from = 1970-01-01
until = 2100-01-01
[place]
domestic = ["192.0.2.0/32"]
foreign = ["0.0.0.0/0", "::/0"]
elsewhere = "foreign"
"#;

#[derive(Default)]
struct Kept(Vec<FlowRecord>);

impl FlowSink for Kept {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.0.extend(batch.records());
        Ok(())
    }
}

fn gate() -> Intake {
    let mandate = Mandate::parse(MANDATE, "conformance").unwrap();
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
    Intake::new(&permit).unwrap()
}

fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/flows").join(folder);
    if !path.is_dir() {
        println!("skipped: {folder} of the shared data is not here");
        return None;
    }
    Some(path)
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// Files whose templates and data belong together share what stands before these words.
fn group(path: &Path, words: &[&str]) -> String {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let cut = words.iter().filter_map(|word| name.find(word)).min().unwrap_or(name.len());
    name[..cut].trim_end_matches(['_', '-']).to_owned()
}

fn groups(paths: Vec<PathBuf>, words: &[&str]) -> BTreeMap<String, Vec<PathBuf>> {
    let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        groups.entry(format!("{folder}/{}", group(&path, words))).or_default().push(path);
    }
    groups
}

fn describe(out: &mut String, name: &str, records: &[FlowRecord], decoder: &ExportDecoder, damage: &Damage) {
    let stats = decoder.stats();
    writeln!(out, "{name}: {} records, {} templates", records.len(), stats.templates).unwrap();
    let counts = [
        ("options", stats.options_records),
        ("rates", stats.sampling_rates),
        ("held", stats.sets_held),
        ("replayed", stats.sets_replayed),
        ("not flows", stats.records_not_flows),
        ("not ip", stats.samples_not_ip),
        ("skipped", stats.samples_skipped),
        ("refused templates", stats.templates_refused),
    ];
    for (what, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        writeln!(out, "  {what} {count}").unwrap();
    }
    for (kind, count) in &damage.counts {
        writeln!(out, "  damage {kind} {count}: {}", damage.first[0].reason).unwrap();
    }
    for record in [records.first(), records.last().filter(|_| records.len() > 1)].into_iter().flatten() {
        writeln!(out, "  {}", line(record)).unwrap();
    }
}

fn line(r: &FlowRecord) -> String {
    format!(
        "{} +{}us {} {}:{} > {}:{} {}p {}B back {}p {}B 1:{} {:?}",
        r.start,
        r.end.0 - r.start.0,
        Protocol(r.protocol),
        from_bits(r.src),
        r.sport,
        from_bits(r.dst),
        r.dport,
        r.packets,
        r.bytes,
        r.rev_packets,
        r.rev_bytes,
        r.sampling,
        r.outcome
    )
}

#[test]
fn vendor_datagrams() {
    let Some(folder) = shared("netflow") else { return };
    let mut paths = Vec::new();
    files(&folder, "dat", &mut paths);
    files(&folder, "ipfix", &mut paths);
    let mut out = String::new();
    for (name, paths) in groups(paths, &["_tpl", "_data", "_opttpl"]) {
        let (mut intake, mut kept, mut damage) = (gate(), Kept::default(), Damage::default());
        let mut decoder = ExportDecoder::new(DecoderLimits::default());
        for path in paths {
            let mut context = CaptureContext { intake: &mut intake, sink: &mut kept, damage: &mut damage };
            let file = std::fs::File::open(&path).unwrap();
            read_exports(file, &name, (1, Micros(0)), &mut decoder, &mut context).unwrap();
        }
        describe(&mut out, &name, &kept.0, &decoder, &damage);
    }
    insta::assert_snapshot!("vendor_datagrams", out);
}

#[test]
fn captures() {
    let Some(folder) = shared("pcap") else { return };
    let mut paths = Vec::new();
    files(&folder, "pcap", &mut paths);
    let mut out = String::new();
    for (name, paths) in groups(paths, &["data", "template", "options"]) {
        let (mut intake, mut kept, mut damage) = (gate(), Kept::default(), Damage::default());
        let mut decoder = ExportDecoder::new(DecoderLimits::default());
        let mut read = Vec::new();
        for path in paths {
            let mut context = CaptureContext { intake: &mut intake, sink: &mut kept, damage: &mut damage };
            let file = std::fs::File::open(&path).unwrap();
            read.push(read_pcap(file, &name, MeterLimits::default(), &mut decoder, &mut context).unwrap());
        }
        describe(&mut out, &name, &kept.0, &decoder, &damage);
        let sum = |count: fn(&noroshi_wire::PacketStats) -> u64| read.iter().map(count).sum::<u64>();
        let (packets, exports) = (sum(|stats| stats.packets), sum(|stats| stats.exports));
        writeln!(out, "  packets {packets} exports {exports} not ip {} flows {}", sum(|s| s.not_ip), sum(|s| s.flows))
            .unwrap();
    }
    insta::assert_snapshot!("captures", out);
}

/// Each file cut at every length and with every byte turned over: nothing panics or stands still.
#[test]
fn damaged_vendor_datagrams() {
    let Some(folder) = shared("netflow/vendors") else { return };
    let mut paths = Vec::new();
    files(&folder, "dat", &mut paths);
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let at = Origin { input: "vendor", offset: 0, unit: OffsetUnit::Byte };
        let now = export_time(&bytes).unwrap_or_default();
        let mut decoder = ExportDecoder::new(DecoderLimits::default());
        let mut damage = Damage::default();
        for cut in (0..bytes.len()).step_by(7) {
            decoder.decode(1, &bytes[..cut], now, &mut damage, &at);
            let mut turned = bytes.clone();
            turned[cut] ^= 0xff;
            decoder.decode(1, &turned, now, &mut damage, &at);
            decoder.forget_waiting();
        }
    }
}
