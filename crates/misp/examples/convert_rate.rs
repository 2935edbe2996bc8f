//! How many attributes are converted per second of processor time, to STIX and back, on one thread.
//!
//! `cargo run --release -p noroshi-misp --example convert_rate [SECONDS]` converts the golden events over and over for
//! the seconds given, three if none are, bytes in and bytes out, and prints the rate and how many times that of the
//! reference converter (PyPI `misp-stix` 2026.10.12 on the same events: `tests/golden/regenerate.py`, last line) it is.

use noroshi_misp::{Event, Mode, from_stix, to_stix};
use noroshi_stix::{Limits, Received, envelope};
use std::error::Error;
use std::io::Write;
use std::path::Path;

/// The reference's attributes per second of processor time: to STIX, and back.
const REFERENCE: [u64; 2] = [2_133, 1_915];

/// Processor time of this process in nanoseconds (Linux).
fn cpu_nanos() -> Result<u64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

fn to(bytes: &[u8], mode: Mode) -> Result<String, Box<dyn Error>> {
    let (event, _) = Event::read(bytes)?;
    Ok(to_stix(&event, mode).bundle())
}

fn back(bundle: &str, limits: &Limits) -> Result<usize, Box<dyn Error>> {
    let items = envelope::split(bundle.as_bytes(), limits)?;
    let objects = items.iter().map(|item| Received::read(item.bytes, limits)).collect::<Result<Vec<_>, _>>()?;
    Ok(from_stix(&objects)?.events.iter().map(|event| event.write().len()).sum())
}

fn rate(
    seconds: u64,
    attributes: u64,
    mut round: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<u64, Box<dyn Error>> {
    let (start, mut rounds) = (cpu_nanos()?, 0);
    while cpu_nanos()? - start < seconds * 1_000_000_000 {
        round()?;
        rounds += 1;
    }
    Ok(rounds * attributes * 1_000_000_000 / (cpu_nanos()? - start))
}

fn main() -> Result<(), Box<dyn Error>> {
    let seconds: u64 = std::env::args().nth(1).map_or(Ok(3), |text| text.parse())?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/event");
    let mut events = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        events.push(std::fs::read(entry?.path())?);
    }
    let mut attributes = 0;
    for bytes in &events {
        let (event, _) = Event::read(bytes)?;
        attributes +=
            event.attributes.len() + event.objects.iter().map(|object| object.attributes.len()).sum::<usize>();
    }
    let (attributes, limits) = (u64::try_from(attributes)?, noroshi_misp::limits::stix());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} events, {attributes} attributes", events.len())?;
    for mode in [Mode::Lossless, Mode::Reference] {
        let there = rate(seconds, attributes, || events.iter().try_for_each(|bytes| to(bytes, mode).map(drop)))?;
        let bundles = events.iter().map(|bytes| to(bytes, mode)).collect::<Result<Vec<_>, _>>()?;
        let again = rate(seconds, attributes, || bundles.iter().try_for_each(|text| back(text, &limits).map(drop)))?;
        for (what, rate, reference) in [("to STIX", there, REFERENCE[0]), ("back", again, REFERENCE[1])] {
            let times = rate as f64 / reference as f64;
            writeln!(out, "{mode:?} {what}: {rate} attributes per CPU-second, {times:.1} times the reference")?;
        }
    }
    Ok(())
}
