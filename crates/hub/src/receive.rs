//! Receivers on threads, one aggregator: what `collect` and `demo` share.

use anyhow::Context;
use noroshi_flow::damage::OffsetUnit;
use noroshi_flow::{Balance, Damage, DnsQuery, FlowColumns, FlowSink, Intake, SinkError};
use noroshi_ingest::{ReceiverOptions, UdpReceiver};
use noroshi_mandate::place::to_bits;
use noroshi_model::Micros;
use noroshi_wire::{DecoderLimits, ExportDecoder, Origin};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Batches that may wait for the aggregator; then receivers wait, and the kernel buffers.
const BATCHES_WAITING_MAX: usize = 64;
/// How long a receiver waits before it looks whether to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// What receivers and aggregator tell each other.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Set to end the run.
    pub(crate) stop: AtomicBool,
    /// Records decoded so far.
    pub(crate) received: AtomicU64,
}

/// What all receivers counted.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) balance: Balance,
    pub(crate) damage: Damage,
    pub(crate) datagrams: u64,
    pub(crate) kernel_drops: u64,
    /// Records or datagrams missing by sequence number.
    pub(crate) lost: u64,
}

impl Received {
    fn merge(&mut self, other: Self) {
        self.balance.merge(&other.balance);
        self.damage.merge(other.damage);
        self.datagrams += other.datagrams;
        self.kernel_drops += other.kernel_drops;
        self.lost += other.lost;
    }
}

/// Where and how to listen.
pub(crate) struct Listen {
    /// Address; port 0 takes a free one.
    pub(crate) address: SocketAddr,
    /// How each socket receives.
    pub(crate) options: ReceiverOptions,
}

/// Runs one receiver for each intake until `shared.stop`, handing admitted records to `sink` on this
/// thread. `ready` is told the address once it is listened on; `watch` is called after every batch.
///
/// A socket lives on the thread that reads it: its preallocated headers cannot move to another.
pub(crate) fn run(
    listen: &Listen,
    intakes: Vec<Intake>,
    sink: &mut dyn FlowSink,
    shared: &Shared,
    now: Micros,
    ready: impl FnOnce(SocketAddr),
    watch: &mut dyn FnMut(),
) -> anyhow::Result<Received> {
    std::thread::scope(|scope| {
        let (sender, batches) = sync_channel(BATCHES_WAITING_MAX);
        let (mut threads, mut address) = (Vec::new(), listen.address);
        for intake in intakes {
            let (sender, (bound, told)) = (sender.clone(), sync_channel(1));
            let options = &listen.options;
            threads.push(scope.spawn(move || -> anyhow::Result<Received> {
                let receiver = UdpReceiver::bind(address, options)?;
                let _ = bound.send(receiver.local_addr());
                receive(receiver, intake, &sender, shared, now)
            }));
            // A thread that could not bind drops its end; its error comes with the join below.
            address = told.recv().unwrap_or(address);
        }
        drop(sender);
        ready(address);
        let aggregated = aggregate(&batches, sink, watch);
        shared.stop.store(true, Ordering::Relaxed);
        // Receivers that still want to hand something on must find nobody, not wait for ever.
        drop(batches);
        let mut total = Received::default();
        for thread in threads {
            let received = thread.join().map_err(|_| anyhow::anyhow!("a receiver stopped unexpectedly"))?;
            total.merge(received?);
        }
        aggregated.context("cannot take the records received")?;
        Ok(total)
    })
}

fn aggregate(
    batches: &Receiver<FlowColumns>,
    sink: &mut dyn FlowSink,
    watch: &mut dyn FnMut(),
) -> Result<(), SinkError> {
    loop {
        match batches.recv_timeout(PATIENCE) {
            Ok(batch) => sink.flows(&batch)?,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
        }
        watch();
    }
}

/// Hands batches to the aggregator's thread.
struct Handover<'a>(&'a SyncSender<FlowColumns>);

impl FlowSink for Handover<'_> {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.0.send(batch.clone()).map_err(|_| SinkError {
            what: "the aggregator has stopped".into(),
            source: "nobody takes records any more".into(),
        })
    }

    fn dns(&mut self, _query: &DnsQuery) -> Result<(), SinkError> {
        Ok(())
    }
}

fn receive(
    mut receiver: UdpReceiver,
    mut intake: Intake,
    sender: &SyncSender<FlowColumns>,
    shared: &Shared,
    now: Micros,
) -> anyhow::Result<Received> {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let mut received = Received::default();
    let name = receiver.local_addr().to_string();
    let mut handover = Handover(sender);
    let begun = Instant::now();
    while !shared.stop.load(Ordering::Relaxed) {
        let before = intake.balance().received;
        let count = receiver.receive(PATIENCE, &mut |exporter, bytes| {
            received.datagrams += 1;
            let origin = Origin { input: &name, offset: received.datagrams, unit: OffsetUnit::Datagram };
            let exporter = to_bits(exporter.ip());
            let at = Micros(now.0.saturating_add(i64::try_from(begun.elapsed().as_micros()).unwrap_or_default()));
            decoder.decode(exporter, bytes, at, &mut received.damage, &origin);
        })?;
        // A batch of datagrams at once costs less for each record than one after the other.
        if decoder.is_worth_handing_over() || count == 0 {
            decoder.hand_over(&mut intake);
        }
        shared.received.fetch_add(intake.balance().received - before, Ordering::Relaxed);
        // Full batches while busy; whatever there is when idle, so that nothing waits for more to come.
        if (intake.is_full() || count == 0) && intake.drain(&mut handover).is_err() {
            break;
        }
    }
    decoder.hand_over(&mut intake);
    let _ = intake.drain(&mut handover);
    received.balance = intake.balance().clone();
    received.kernel_drops = receiver.kernel_drops();
    let stats = decoder.stats();
    received.lost = stats.lost_records + stats.lost_datagrams;
    Ok(received)
}
