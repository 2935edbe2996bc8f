//! `noroshi demo`: hub and commission, a mandate between them, and the main job under it on a simulated nation,
//! streamed as IPFIX over UDP.

mod commission;
mod spine;
mod truth;

use crate::cli::{DemoArgs, OutputArgs};
use crate::exit::Exit;
use crate::outputs::{self, Told};
use crate::progress::Bar;
use crate::{collect, serve, tell};
use anyhow::Context;
use noroshi_casework::mandate::MandateTopic;
use noroshi_collection::{Collected, Collector, Places, gate};
use noroshi_ingest::udp::listen::Shared;
use noroshi_mandate::Mandate;
use noroshi_model::time::{DAY, HOUR};
use noroshi_model::{MandateId, Micros};
use noroshi_simulate::{Nation, Plan};
use spine::Spine;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use truth::{held_against, verdict};

/// Records on the way at most: the demonstration waits for its own receiver rather than lose anything.
const RECORDS_ON_THE_WAY_MAX: u64 = 20_000;
/// How long it waits for a receiver that does not move.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &DemoArgs, quiet: bool, now: Micros) -> anyhow::Result<Exit> {
    let nation = Nation::new(&plan(args, now))?;
    std::fs::create_dir_all(&args.out).with_context(|| format!("cannot make `{}`", args.out.display()))?;
    let put = |name: &str, bytes: &[u8]| noroshi_report::write_atomically(&args.out.join(name), bytes);
    put("registry.csv", nation.registry_csv().as_bytes())?;
    put("mandate.toml", nation.mandate_with_registry("registry.csv").as_bytes())?;
    put("truth.json", &serde_json::to_vec_pretty(nation.truth()).context("cannot write the truth")?)?;
    let papers = Mandate::read(&args.out.join("mandate.toml"))?;
    let runtime = serve::runtime()?;
    let spine = runtime.block_on(Spine::start(&args.out, &papers, nation.plan().start))?;
    if !quiet {
        tell(&format!("hub {}, commission {}: mandate {} is in force", spine.hub, spine.commission, spine.mandate));
    }
    let country = nation.plan().country.clone();
    let places = Places { foreign: papers.foreign, files: vec![args.out.join("registry.csv")], country };
    let collector = Collector::new(spine.means.clone(), spine.collector(places.clone()));
    let collected = stream(&nation, &collector, spine.mandate, runtime.handle(), quiet)?;
    let mandate = runtime.block_on(under(&spine, &places))?;
    let exit = shown(&nation, &mandate, collected, args, quiet, now)?;
    if !args.exit {
        if !quiet {
            tell(&links(&spine));
        }
        runtime.block_on(async {
            serve::told_to_stop()?.await;
            Ok::<_, anyhow::Error>(())
        })?;
    }
    runtime.block_on(spine.end())?;
    Ok(exit)
}

/// A day in the life of a nation: the last Monday before today, by its own clocks. A working day looks like another,
/// a weekend does not.
fn plan(args: &DemoArgs, now: Micros) -> Plan {
    let plan = Plan { seed: args.nation, ..Plan::demo() };
    let ahead = i64::from(plan.utc_offset_h) * HOUR;
    let yesterday = (now.0 + ahead).div_euclid(DAY) - 1;
    // 1970-01-01 was a Thursday: day 4 was a Monday.
    let monday = yesterday - (yesterday - 4).rem_euclid(7);
    Plan { start: Micros(monday * DAY - ahead), ..plan }
}

/// Streams the nation through a socket into a collector under the mandate.
fn stream(
    nation: &Nation,
    collector: &Collector,
    mandate: MandateId,
    runtime: &tokio::runtime::Handle,
    quiet: bool,
) -> anyhow::Result<Collected> {
    let (shared, bar, sent) = (Shared::default(), Bar::new(quiet), AtomicU64::new(0));
    let (ready, address) = std::sync::mpsc::sync_channel(1);
    let collected = std::thread::scope(|scope| {
        let (shared, bar, sent) = (&shared, &bar, &sent);
        let sender = scope.spawn(move || {
            let target: SocketAddr = address.recv().context("the collector did not start")?;
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
        let collected = collector.batch(runtime, mandate, None, shared, tell_sender, &mut || {});
        // Without a collector nobody would ever tell the sender where to send to.
        shared.stop.store(true, Ordering::Relaxed);
        drop(ready);
        let sent = sender.join().map_err(|_| anyhow::anyhow!("the simulator stopped unexpectedly"))?;
        let collected = collected?;
        sent?;
        Ok::<_, anyhow::Error>(collected)
    })?;
    bar.done();
    Ok(collected)
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

/// Writes the report and holds what was found against the truth.
fn shown(
    nation: &Nation,
    mandate: &Mandate,
    collected: Collected,
    args: &DemoArgs,
    quiet: bool,
    now: Micros,
) -> anyhow::Result<Exit> {
    let lost = collect::report_losses(&collected.received, quiet);
    let mut found = collected.run.context("the mandate ended before the detectors could look")?;
    let truth = held_against(&found, nation.truth());
    let told = Told {
        mandate,
        inputs: vec!["a simulated nation, as IPFIX over UDP".into()],
        damage: collected.received.damage,
        seed: Some(args.nation),
        now,
        truth: Some(truth.clone()),
    };
    let exit = outputs::write(&mut found, told, &outputs_of(args), quiet)?;
    if !quiet {
        tell(&verdict(&truth));
        tell(&format!("the report: {}", args.out.join("report.html").display()));
    }
    Ok(if lost { Exit::Damaged } else { exit })
}

/// The mandate as the gate had it.
async fn under(spine: &Spine, places: &Places) -> anyhow::Result<Mandate> {
    let found = spine.means.acts.db.load::<MandateTopic>(spine.mandate).await?;
    let mandate = found.map(|(mandate, _)| mandate).context("the mandate is gone")?;
    let granted = mandate.granted().context("the mandate was not granted")?;
    Ok(gate(mandate.id, &mandate.title, granted, places))
}

/// Where to look around, a link for each role.
fn links(spine: &Spine) -> String {
    let mut text = format!("\nlook around (one click signs in; loopback only):\n  {:<12}{}\n", "public", spine.hub);
    for slug in spine.cast.slugs() {
        text.push_str(&format!("  {slug:<12}{}/sign-in?role={slug}\n", spine.hub));
    }
    text.push_str(&format!("  {:<12}{}/board\n", "board", spine.commission));
    text.push_str(&format!(
        "check the record yourself:\n  noroshi-verify {0}/hub/log --keys {0}/verify-keys.toml\nCtrl-C ends hub and commission",
        spine.folder.display()
    ));
    text
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
