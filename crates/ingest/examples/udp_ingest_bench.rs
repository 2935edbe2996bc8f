//! Processor time from datagram to gate: receives, decodes and gates until the sender is silent.
//!
//! `udp_ingest_bench ADDRESS MANDATE gate|aggregates`. With `aggregates`, admitted records also
//! feed the aggregates on the same thread. Waits at most a minute for the first datagram.
#![allow(clippy::print_stdout, reason = "a benchmark program")]

mod bench_support;

use bench_support::{Failure, cpu_seconds, mandate, peak_mib};
use noroshi_flow::damage::OffsetUnit;
use noroshi_flow::{Broad, BroadLimits, Damage, FlowColumns, FlowSink, Intake, SinkError};
use noroshi_ingest::{ReceiverOptions, UdpReceiver};
use noroshi_mandate::place::to_bits;
use noroshi_mandate::{Collect, authorise};
use noroshi_model::Micros;
use noroshi_wire::{DecoderLimits, ExportDecoder, Origin};
use std::time::{Duration, Instant};

/// As in the program `noroshi`.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Silence after which the sender is done.
const SILENCE: Duration = Duration::from_secs(2);
/// How long to wait for the first datagram.
const FIRST_WAIT: Duration = Duration::from_secs(60);

struct Forget;

impl FlowSink for Forget {
    fn flows(&mut self, _batch: &FlowColumns) -> Result<(), SinkError> {
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, mandate_file, depth] = args.as_slice() else {
        return Err("usage: udp_ingest_bench ADDRESS MANDATE gate|aggregates".into());
    };
    let mandate = mandate(mandate_file)?;
    let permit = authorise::<Collect>(&mandate, mandate.term.from)?;
    let (mut intake, mut damage) = (Intake::new(&permit)?, Damage::default());
    let mut receiver = UdpReceiver::bind(address.parse()?, &ReceiverOptions::default())?;
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let (mut forget, mut broad) = (Forget, Broad::new(BroadLimits::default()));
    let sink: &mut dyn FlowSink = if depth == "aggregates" { &mut broad } else { &mut forget };
    let (began, before, mut datagrams, mut last) = (Instant::now(), cpu_seconds()?, 0u64, None);
    loop {
        let count = receiver.receive(Duration::from_millis(200), &mut |exporter, bytes| {
            datagrams += 1;
            let at = Origin { input: address, offset: datagrams, unit: OffsetUnit::Datagram };
            decoder.decode(to_bits(exporter.ip()), bytes, Micros(0), &mut damage, &at);
        })?;
        if decoder.is_worth_handing_over() {
            decoder.hand_over(&mut intake);
        }
        if intake.is_full() {
            intake.drain(sink)?;
        }
        match last {
            _ if count > 0 => last = Some(Instant::now()),
            Some(at) if at.elapsed() > SILENCE => break,
            None if began.elapsed() > FIRST_WAIT => return Err("no datagram came".into()),
            _ => {}
        }
    }
    decoder.hand_over(&mut intake);
    intake.drain(sink)?;
    let (records, cpu) = (intake.balance().received, cpu_seconds()? - before);
    println!(
        "datagrams {datagrams}\nrecords {records}\ncpu_seconds {cpu:.3}\nkernel_drops {}",
        receiver.kernel_drops()
    );
    println!("lost_records {}\npeak_mib {:.0}", decoder.stats().lost_records, peak_mib());
    Ok(())
}
