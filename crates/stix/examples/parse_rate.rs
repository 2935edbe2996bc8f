//! How many objects of a bundle are parsed and validated per second of processor time.
//!
//! `cargo run --release -p noroshi-stix --example parse_rate FILE [SECONDS]` reads the file over and over for the
//! seconds given, three if none are, on one thread, and prints the rate, what was refused, and what was odd.

use noroshi_stix::{Limits, Received, envelope};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

/// Processor time of this process in nanoseconds (Linux).
fn cpu_nanos() -> Result<u64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name a file with a bundle")?;
    let seconds: u64 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let bytes = std::fs::read(&file)?;
    let limits = Limits { envelope_bytes_max: usize::MAX, objects_max: usize::MAX, ..Limits::default() };
    let mut out = std::io::stdout().lock();

    let (mut refused, mut odd) = (Vec::new(), BTreeMap::<_, usize>::new());
    let items = envelope::split(&bytes, &limits)?;
    for item in &items {
        match Received::read(item.bytes, &limits) {
            Ok(object) => object.warnings().iter().for_each(|warning| *odd.entry(warning.code).or_default() += 1),
            Err(fault) => refused.push(fault),
        }
    }
    writeln!(out, "{} objects, {} bytes, {} refused, odd: {odd:?}", items.len(), bytes.len(), refused.len())?;
    for fault in refused.iter().take(10) {
        writeln!(out, "  {} {fault}", fault.code)?;
    }

    let (start, mut rounds, mut bytes_kept) = (cpu_nanos()?, 0u64, 0usize);
    while cpu_nanos()? - start < seconds * 1_000_000_000 {
        for item in envelope::split(&bytes, &limits)? {
            bytes_kept += Received::read(item.bytes, &limits).map_or(0, |object| object.bytes().len());
        }
        rounds += 1;
    }
    let nanos = u128::from(cpu_nanos()? - start);
    let objects = u128::from(rounds) * items.len() as u128;
    writeln!(
        out,
        "{} objects per CPU-second, {} MB per CPU-second, {bytes_kept} bytes kept in {rounds} rounds",
        objects * 1_000_000_000 / nanos,
        u128::from(rounds) * bytes.len() as u128 * 1_000 / nanos
    )?;
    Ok(())
}
