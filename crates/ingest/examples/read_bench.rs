//! Records a CPU second from file to the gate, everything outside 192.0.2.0/24 foreign.
//!
//! `cargo run --release -p noroshi-ingest --example read_bench FILE...`

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use noroshi_flow::{FlowColumns, FlowSink, Intake, SinkError};
use noroshi_ingest::{Inputs, NoProgress, OpenOptions};
use noroshi_mandate::{Analyze, Mandate, authorise};
use std::path::PathBuf;

const MANDATE: &str = r#"
version = 1
id = "bench"
title = "bench"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in", "foreign-foreign"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[place]
domestic = ["192.0.2.0/24"]
elsewhere = "foreign"
"#;

struct Count(u64);

impl FlowSink for Count {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.0 += batch.len() as u64;
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let mandate = Mandate::parse(MANDATE, "bench")?;
    let permit = authorise::<Analyze>(&mandate, mandate.term.from)?;
    let inputs = Inputs::open(&paths, &OpenOptions::default())?;
    for _ in 0..3 {
        let (mut intake, mut count) = (Intake::new(&permit)?, Count(0));
        let before = getrusage(UsageWho::RUSAGE_THREAD)?;
        let report = inputs.read(&mut intake, &mut count, &NoProgress)?;
        let after = getrusage(UsageWho::RUSAGE_THREAD)?;
        let spent = |used: nix::sys::resource::Usage| (used.user_time() + used.system_time()).num_microseconds();
        let seconds = (spent(after) - spent(before)) as f64 / 1e6;
        let bytes: u64 = report.inputs.iter().map(|input| input.bytes).sum();
        #[expect(clippy::print_stdout, reason = "what the example is for")]
        {
            println!(
                "{} records, {} kept, {bytes} bytes in {seconds:.3} CPU seconds: {:.2} M records/s, {:.0} MB/s",
                report.records,
                count.0,
                report.records as f64 / seconds / 1e6,
                bytes as f64 / seconds / 1e6
            );
        }
    }
    Ok(())
}
