//! `noroshi demo`: the main job on a simulated nation, streamed as IPFIX over UDP.

use crate::cli::{DemoArgs, OutputArgs, RunArgs};
use crate::exit::Exit;
use crate::outputs::{self, Told};
use crate::progress::Bar;
use crate::receive::{self, Listen, Received, Shared};
use crate::{analyze, collect, tell};
use anyhow::Context;
use noroshi_detect::live::Live;
use noroshi_detect::run::Run;
use noroshi_flow::Intake;
use noroshi_ingest::ReceiverOptions;
use noroshi_mandate::{Collect, Mandate, authorise};
use noroshi_model::{Micros, Severity};
use noroshi_report::{TruthResult, TruthRow, TruthSummary};
use noroshi_simulate::{Nation, Plan, Truth};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Records on the way at most: the demonstration waits for its own receiver rather than lose anything.
const RECORDS_ON_THE_WAY_MAX: u64 = 20_000;
/// How long it waits for a receiver that does not move.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &DemoArgs, quiet: bool, now: Micros) -> anyhow::Result<Exit> {
    let nation = Nation::new(&Plan { seed: args.nation, ..Plan::demo() })?;
    std::fs::create_dir_all(&args.out).with_context(|| format!("cannot make `{}`", args.out.display()))?;
    let put = |name: &str, bytes: &[u8]| noroshi_report::write_atomically(&args.out.join(name), bytes);
    put("registry.csv", nation.registry_csv().as_bytes())?;
    put("mandate.toml", nation.mandate_with_registry("registry.csv").as_bytes())?;
    put("truth.json", &serde_json::to_vec_pretty(nation.truth()).context("cannot write the truth")?)?;
    let mandate = Mandate::read(&args.out.join("mandate.toml"))?;
    let (mut found, received) = stream(&nation, &mandate, args, quiet, now)?;
    let lost = collect::report_losses(&received, quiet);
    let told = Told {
        mandate: &mandate,
        inputs: vec!["a simulated nation, as IPFIX over UDP".into()],
        damage: received.damage,
        seed: Some(args.nation),
        now,
        truth: Some(held_against(&found, nation.truth())),
    };
    let truth = told.truth.clone().unwrap_or_default();
    let exit = outputs::write(&mut found, told, &outputs_of(args), quiet)?;
    if !quiet {
        tell(&verdict(&truth));
        tell(&format!("the report: {}", args.out.join("report.html").display()));
    }
    Ok(if lost { Exit::Damaged } else { exit })
}

/// Streams the nation through a socket into a live run.
fn stream(
    nation: &Nation,
    mandate: &Mandate,
    args: &DemoArgs,
    quiet: bool,
    now: Micros,
) -> anyhow::Result<(Run, Received)> {
    let permit = authorise::<Collect>(mandate, now)?;
    let run =
        RunArgs { key_file: None, seed: Some(args.nation), lake: None, pairs_max: 2_000_000, query_memory: 2_048 };
    let (options, _temporary) = analyze::options(&run, mandate, now)?;
    let listen = Listen { address: SocketAddr::from(([127, 0, 0, 1], 0)), options: ReceiverOptions::default() };
    let mut live = Live::new(&permit, options)?;
    let (shared, bar, sent) = (Shared::default(), Bar::new(quiet), AtomicU64::new(0));
    let intakes = vec![Intake::new(&permit)?];
    let (ready, address) = std::sync::mpsc::sync_channel(1);
    let received = std::thread::scope(|scope| {
        let (shared, bar, sent) = (&shared, &bar, &sent);
        let sender = scope.spawn(move || {
            let target: SocketAddr = address.recv().context("the receiver did not start")?;
            let streamed = noroshi_simulate::stream_udp(nation, target, 0, None, &mut |records, at| {
                sent.store(records, Ordering::Relaxed);
                bar.records(format!("streaming a nation to {target}, simulated time {at}"), records);
                keep_step(records, shared)
            });
            // What is still on the way is waited for, then the run ends.
            keep_step(sent.load(Ordering::Relaxed) + RECORDS_ON_THE_WAY_MAX, shared);
            shared.stop.store(true, Ordering::Relaxed);
            Ok::<_, anyhow::Error>(streamed?)
        });
        let tell_sender = |target| {
            // A simulator that failed already says so itself.
            let _ = ready.send(target);
        };
        let received = receive::run(&listen, intakes, &mut live, shared, now, tell_sender, &mut || {});
        sender.join().map_err(|_| anyhow::anyhow!("the simulator stopped unexpectedly"))??;
        received
    })?;
    bar.done();
    let found = live.finish(&permit, received.balance.clone())?;
    Ok((found, received))
}

/// Waits until no more than a little is on the way; `false` when the receiver has stopped.
fn keep_step(sent: u64, shared: &Shared) -> bool {
    let begun = Instant::now();
    while !shared.stop.load(Ordering::Relaxed) {
        let on_the_way = sent.saturating_sub(shared.received.load(Ordering::Relaxed));
        if on_the_way <= RECORDS_ON_THE_WAY_MAX || begun.elapsed() > PATIENCE {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

fn outputs_of(args: &DemoArgs) -> OutputArgs {
    let at = |name: &str| Some(args.out.join(name));
    OutputArgs {
        json: args.json,
        balance: at("balance.json"),
        csv: at("findings.csv"),
        stix: at("findings.stix.json"),
        html: at("report.html"),
        lang: args.lang,
    }
}

/// Holds findings above low against the truth: command servers found and missed, and who was accused wrongly.
fn held_against(run: &Run, truth: &Truth) -> TruthSummary {
    let mut summary = TruthSummary::default();
    let loud = || run.findings.iter().filter(|finding| finding.severity >= Severity::Medium);
    for server in truth.command_servers(1) {
        let by = loud().find(|f| f.server == server.address && (f.port == server.port || f.port == 0));
        let result = if by.is_some() { TruthResult::Found } else { TruthResult::Missed };
        *(if by.is_some() { &mut summary.found } else { &mut summary.missed }) += 1;
        let what = format!("{}: {}:{}, {} clients", server.family, server.address, server.port, server.clients);
        summary.rows.push(TruthRow { what, result, by: by.map(|f| f.detector) });
    }
    for finding in loud().filter(|f| !f.domestic && !truth.is_hostile(f.server)) {
        summary.wrong += 1;
        let what = format!("{}:{}", finding.server, finding.port);
        summary.rows.push(TruthRow { what, result: TruthResult::Wrong, by: Some(finding.detector) });
    }
    summary
}

fn verdict(truth: &TruthSummary) -> String {
    let mut text = format!(
        "against the truth: {} of {} command servers found, {} wrongly accused",
        truth.found,
        truth.found + truth.missed,
        truth.wrong
    );
    for row in &truth.rows {
        let word = match row.result {
            TruthResult::Found => "found ",
            TruthResult::Missed => "missed",
            TruthResult::Wrong => "wrong ",
        };
        let by = row.by.map(|d| format!(" ({d})")).unwrap_or_default();
        text.push_str(&format!("\n  {word} {}{by}", row.what));
    }
    text
}
