//! Prints how many records a processor-second decodes, alone and through the gate.
//!
//! `cargo run --release -p noroshi-wire --example decode_bench [SECONDS]`
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a benchmark program")]

use noroshi_flow::damage::OffsetUnit;
use noroshi_flow::{Damage, FlowColumns, FlowRecord, FlowSink, Intake, SinkError};
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::Micros;
use noroshi_wire::{DecoderLimits, ExportDecoder, ExporterConfig, IpfixExporter, Origin};
use std::time::{Duration, Instant};

const MANDATE: &str = r#"
version = 1
id = "bench"
title = "benchmark"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[place]
domestic = ["192.0.2.0/24", "10.0.0.0/8"]
elsewhere = "foreign"
"#;

const NOW: Micros = Micros(1_771_286_400_000_000);

struct Discard(u64);

impl FlowSink for Discard {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.0 += batch.len() as u64;
        Ok(())
    }
}

/// A pool of datagrams: 18 records of 21 fields and 74 bytes each.
fn datagrams(count: u32) -> Vec<Vec<u8>> {
    let mut datagrams = Vec::new();
    let config = ExporterConfig { wide: true, sampling: 1_000, templates_every: 0, ..ExporterConfig::default() };
    let mut exporter = IpfixExporter::new(config);
    let mut send = |message: &[u8]| datagrams.push(message.to_vec());
    for n in 0..count * 18 {
        let mixed = n.wrapping_mul(2_654_435_761);
        let record = FlowRecord {
            start: Micros(NOW.0 - i64::from(mixed % 60_000) * 1_000),
            end: NOW,
            src: 0xffff_0a00_0000 | u128::from(mixed & 0xff_ffff),
            dst: 0xffff_0000_0000 | u128::from(mixed.rotate_left(9)),
            sport: mixed as u16 | 1_024,
            dport: 443,
            protocol: 6,
            tcp_flags: 0x1b,
            packets: u64::from(mixed & 0x3f) + 1,
            bytes: u64::from(mixed & 0xffff) + 40,
            ..FlowRecord::default()
        };
        exporter.push(&record, NOW, &mut send);
    }
    exporter.flush(NOW, &mut send);
    datagrams
}

fn main() {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2.0);
    let datagrams = datagrams(2_000);
    let mandate = Mandate::parse(MANDATE, "bench").expect("the benchmark's mandate parses");
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).expect("the benchmark's mandate is in force");
    let mut intake = Intake::new(&permit).expect("the benchmark's mandate compiles");
    let mut sink = Discard(0);
    let alone = measure(&datagrams, seconds, |decoder| decoder.forget_waiting());
    let gated = measure(&datagrams, seconds, |decoder| {
        decoder.hand_over(&mut intake);
        if intake.is_full() {
            intake.drain(&mut sink).expect("discarding does not fail");
        }
    });
    println!("decode alone     {alone:7.2} M records per CPU-second ({:.2} GB/s)", alone * 74.0 / 1e3);
    println!("decode and gate  {gated:7.2} M records per CPU-second ({} admitted)", sink.0);
}

fn measure(datagrams: &[Vec<u8>], seconds: f64, mut take: impl FnMut(&mut ExportDecoder)) -> f64 {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let mut damage = Damage::default();
    let at = Origin { input: "bench", offset: 0, unit: OffsetUnit::Datagram };
    let (start, cpu, mut records) = (Instant::now(), cpu_seconds(), 0);
    while start.elapsed() < Duration::from_secs_f64(seconds) {
        for datagram in datagrams {
            decoder.decode(1, datagram, NOW, &mut damage, &at);
            if decoder.waiting().len() >= 1_024 {
                records += decoder.waiting().len();
                take(&mut decoder);
            }
        }
    }
    assert_eq!(damage.total(), 0, "{damage:?}");
    // Processor time, so that a busy machine does not blur the figure; the clock where there is none.
    let busy = cpu.zip(cpu_seconds()).map_or(start.elapsed().as_secs_f64(), |(before, after)| after - before);
    records as f64 / busy / 1e6
}

/// Seconds this process has run on a processor, as Linux counts them.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 / 1e9)
}
