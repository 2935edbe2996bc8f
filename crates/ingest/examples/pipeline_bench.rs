//! Records a processor-second from datagram to aggregates and selection, all on one thread.
//!
//! `pipeline_bench FILE.ipfix MANDATE`: decoding alone and up to the gate, over a pool of
//! datagrams that fits the processor's cache as it does when they come from a network; then the
//! whole file through decode, direction, aggregates, and the question of the second pass (may
//! this record be kept?) for every record, without writing any.
#![allow(clippy::print_stdout, reason = "a benchmark program")]

mod bench_support;

use bench_support::{Failure, cpu_seconds, mandate, messages, peak_mib};
use noroshi_flow::damage::OffsetUnit;
use noroshi_flow::{
    Broad, BroadLimits, Damage, FlowColumns, FlowSink, Intake, SelectionSet, Selector, SinkError, Turner,
};
use noroshi_mandate::place::from_bits;
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::Micros;
use noroshi_wire::{DecoderLimits, ExportDecoder, Origin};
use std::collections::BTreeSet;

/// As in the program `noroshi`.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Servers selected: as many as a first pass names.
const SELECTED: usize = 1_000;

/// Datagrams in the pool that is decoded over and over, and how often.
const POOL: (usize, usize) = (2_000, 600);

/// Aggregates, and asks of every record whether it may be kept.
struct Both {
    broad: Broad,
    selection: SelectionSet,
    selected: u64,
}

impl FlowSink for Both {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.broad.flows_then(batch, |contacts| {
            self.selected += contacts.iter().filter(|contact| self.selection.selects(contact)).count() as u64;
            Ok(())
        })
    }
}

/// Counts and forgets.
struct Forget(u64);

impl FlowSink for Forget {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.0 += batch.len() as u64;
        Ok(())
    }
}

/// Notes the first servers it meets.
#[derive(Default)]
struct Meet(BTreeSet<(u128, u16, u8)>, Turner);

impl FlowSink for Meet {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        for index in 0..batch.len().min(SELECTED.saturating_sub(self.0.len())) {
            let contact = self.1.turn(batch, index);
            self.0.insert((contact.server, contact.server_port, contact.protocol));
        }
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, mandate_file] = args.as_slice() else { return Err("usage: pipeline_bench FILE.ipfix MANDATE".into()) };
    let (mandate, messages) = (mandate(mandate_file)?, messages(file.as_ref())?);
    let file_mib = peak_mib();
    let mut meet = Meet::default();
    pass(&mandate, &messages, &mut meet)?;
    let selector = |&(server, port, protocol): &(u128, u16, u8)| Selector {
        server: from_bits(server),
        port: Some(port),
        protocol: Some(protocol),
        rule: "benchmark".into(),
    };
    let selection = SelectionSet::default().next(meet.0.iter().map(selector).collect());
    let pool = messages.get(..POOL.0).unwrap_or(&messages);
    println!(
        "decode {:.3}",
        decoding(pool, |decoder| {
            decoder.forget_waiting();
            Ok(())
        })?
    );
    let permit = authorise::<Analyze>(&mandate, mandate.term.from)?;
    let (mut intake, mut forget) = (Intake::new(&permit)?, Forget(0));
    let gated = decoding(pool, |decoder| {
        decoder.hand_over(&mut intake);
        if intake.is_full() { intake.drain(&mut forget) } else { Ok(()) }
    });
    println!("gate {:.3}", gated?);
    let mut best = 0.0f64;
    let (mut selected, mut held) = (0, (0, 0));
    for _ in 0..3 {
        // As in the program: room for names only under the mandate's switch.
        let domains_max = if mandate.dns_names { BroadLimits::default().domains_max } else { 0 };
        let broad = Broad::new(BroadLimits { domains_max, ..BroadLimits::default() });
        let mut both = Both { broad, selection: selection.clone(), selected: 0 };
        let before = cpu_seconds()?;
        let records = pass(&mandate, &messages, &mut both)?;
        best = best.max(records as f64 / (cpu_seconds()? - before).max(0.01) / 1e6);
        (selected, held) = (both.selected, both.broad.bytes());
    }
    println!("pipeline {best:.3}\nselected {selected}");
    println!("tables_mib {}\ntables_max_mib {}", held.0 >> 20, held.1 >> 20);
    println!("peak_mib {:.0}\nof_which_input_mib {file_mib:.0}", peak_mib());
    Ok(())
}

/// Million records a processor-second; `take` empties the decoder.
fn decoding(
    pool: &[Vec<u8>],
    mut take: impl FnMut(&mut ExportDecoder) -> Result<(), SinkError>,
) -> Result<f64, Failure> {
    let (mut decoder, mut damage) = (ExportDecoder::new(DecoderLimits::default()), Damage::default());
    let at = Origin { input: "bench", offset: 0, unit: OffsetUnit::Datagram };
    let (before, mut records) = (cpu_seconds()?, 0);
    for message in (0..POOL.1).flat_map(|_| pool) {
        decoder.decode(1, message, Micros(0), &mut damage, &at);
        if decoder.waiting().len() >= 1_024 {
            records += decoder.waiting().len();
            take(&mut decoder)?;
        }
    }
    Ok(records as f64 / (cpu_seconds()? - before).max(0.01) / 1e6)
}

fn pass(mandate: &Mandate, messages: &[Vec<u8>], sink: &mut dyn FlowSink) -> Result<u64, Failure> {
    let permit = authorise::<Analyze>(mandate, mandate.term.from)?;
    let (mut intake, mut damage) = (Intake::new(&permit)?, Damage::default());
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let at = Origin { input: "bench", offset: 0, unit: OffsetUnit::Datagram };
    for message in messages {
        decoder.decode(1, message, Micros(0), &mut damage, &at);
        if decoder.is_worth_handing_over() {
            decoder.hand_over(&mut intake);
            if intake.is_full() {
                intake.drain(sink)?;
            }
        }
    }
    decoder.hand_over(&mut intake);
    intake.drain(sink)?;
    Ok(intake.balance().received)
}
