//! Makes the flows of a benchmark: what a mandate admits of an input, repeated with other hosts
//! until there is enough, as an IPFIX file of one-way records of 74 bytes.
//!
//! `bench_flows INPUT MANDATE OUT.ipfix RECORDS`. Each repetition flips low address bits, so that
//! pairs and groups grow with the records, as they would with more traffic.
#![allow(clippy::print_stdout, reason = "a benchmark program")]

mod bench_support;

use bench_support::{Failure, mandate};
use noroshi_flow::{FlowColumns, FlowSink, Intake, SinkError};
use noroshi_ingest::{Inputs, NoProgress, OpenOptions};
use noroshi_mandate::{Analyze, authorise};
use noroshi_model::Micros;
use noroshi_wire::{ExporterConfig, IpfixExporter};
use std::io::Write;

/// Records taken from the input at most.
const TAKEN_MAX: usize = 1_000_000;
/// Repetitions at most: the low eight bits of an address.
const REPETITIONS_MAX: u64 = 256;

#[derive(Default)]
struct Keep(FlowColumns);

impl FlowSink for Keep {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        batch.records().take(TAKEN_MAX - self.0.len()).for_each(|record| self.0.push(&record));
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, mandate_file, out, records] = args.as_slice() else {
        return Err("usage: bench_flows INPUT MANDATE OUT.ipfix RECORDS".into());
    };
    let (mandate, wanted) = (mandate(mandate_file)?, records.parse::<u64>()?);
    let permit = authorise::<Analyze>(&mandate, mandate.term.from)?;
    let (mut intake, mut keep) = (Intake::new(&permit)?, Keep::default());
    Inputs::open(&[input.into()], &OpenOptions::default())?.read(&mut intake, &mut keep, &NoProgress)?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(out)?);
    let (mut written, mut failed) = (0u64, None);
    let config = ExporterConfig { wide: true, templates_every: 1_000, ..ExporterConfig::default() };
    let mut exporter = IpfixExporter::new(config);
    let now = Micros(keep.0.end_us.iter().copied().max().unwrap_or_default());
    let mut send = |message: &[u8]| {
        if let Err(error) = file.write_all(message) {
            failed = Some(error);
        }
    };
    'enough: for repetition in 0..REPETITIONS_MAX {
        for mut record in keep.0.records() {
            if written >= wanted {
                break 'enough;
            }
            record.src ^= u128::from(repetition);
            record.dst ^= u128::from(repetition);
            written += 1 + u64::from(record.rev_packets > 0);
            exporter.push(&record, now, &mut send);
        }
    }
    exporter.flush(now, &mut send);
    if let Some(error) = failed {
        return Err(error.into());
    }
    file.flush()?;
    println!("records {written}");
    Ok(())
}
