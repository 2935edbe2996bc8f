//! `noroshi collect`: exports over UDP, as they come.

use crate::analyze;
use crate::cli::CollectArgs;
use crate::exit::Exit;
use crate::outputs::{self, Told};
use crate::progress::Bar;
use crate::{mandate, retention, tell};
use anyhow::Context;
use noroshi_detect::live::Live;
use noroshi_flow::Intake;
use noroshi_flow::SelectionSet;
use noroshi_ingest::ReceiverOptions;
use noroshi_ingest::udp::listen::{self, Listen, Received, Shared};
use noroshi_mandate::{Collect, authorise};
use noroshi_model::Micros;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Sockets that may share one address.
const RECEIVERS_MAX: usize = 64;

pub(crate) fn run(args: &CollectArgs, quiet: bool, now: Micros) -> anyhow::Result<Exit> {
    let mandate = mandate::read(args.mandate.as_deref())?;
    let permit = authorise::<Collect>(&mandate, now)?;
    let (options, _temporary) = analyze::options(&args.run, &mandate, now)?;
    let receiver = ReceiverOptions { receive_buffer_bytes: args.buffer << 20, ..ReceiverOptions::default() };
    let listen = Listen { address: args.listen, options: receiver };
    let mut intakes = Vec::new();
    for _ in 0..args.receivers.clamp(1, RECEIVERS_MAX) {
        intakes.push(Intake::new(&permit)?);
    }
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted)).context("cannot watch for Ctrl-C")?;
    }
    let shared = Shared::default();
    let mut live = Live::new(&permit, options, SelectionSet::default())?;
    let (begun, bar) = (Instant::now(), Bar::new(quiet));
    let ready = |address| {
        if !quiet {
            tell(&format!("listening on {address}; Ctrl-C ends the run and shows what was found"));
        }
    };
    let received = listen::run(&listen, intakes, &mut live, &shared, now, ready, &mut || {
        let records = shared.received.load(Ordering::Relaxed);
        bar.records("receiving".into(), records);
        let late = args.seconds.is_some_and(|seconds| begun.elapsed() >= Duration::from_secs(seconds));
        if late || args.records.is_some_and(|max| records >= max) || interrupted.load(Ordering::Relaxed) {
            shared.stop.store(true, Ordering::Relaxed);
        }
    })?;
    bar.done();
    let lost = report_losses(&received, quiet);
    let mut found = live.finish(&permit, received.balance)?;
    if let Some(folder) = &args.run.lake {
        retention::note(folder, &mandate, &found, now)?;
    }
    let told = Told {
        mandate: &mandate,
        inputs: vec![format!("udp://{}", args.listen)],
        damage: received.damage,
        seed: args.run.seed,
        now,
        truth: None,
    };
    let exit = outputs::write(&mut found, told, &args.outputs, quiet)?;
    Ok(if lost { Exit::Damaged } else { exit })
}

/// Says what never arrived; `true` if anything.
pub(crate) fn report_losses(received: &Received, quiet: bool) -> bool {
    let lost = received.kernel_drops > 0 || received.lost > 0;
    if lost && !quiet {
        tell(&format!(
            "lost on the way: {} datagrams dropped by the kernel (raise --buffer or --receivers), \
             {} records or datagrams missing by sequence number",
            received.kernel_drops, received.lost
        ));
    }
    lost
}
