//! `noroshi serve` and `noroshi doctor`: the hub as a service.

use crate::cli::{DoctorArgs, ServeArgs};
use crate::exit::Exit;
use crate::tell;
use anyhow::Context;
use noroshi_collection::{Collector, Inspected, Means, Reader, Vault};
use noroshi_ingest::udp::listen::Shared;
use noroshi_leaf::Digest;
use noroshi_office::{Config, Health, Hub, Sources, doctor};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Runs the hub until Ctrl-C or SIGTERM.
pub(crate) fn run(args: &ServeArgs, quiet: bool) -> anyhow::Result<Exit> {
    let config = Config::read(&args.config)?;
    if args.log_key {
        say(&config.log_key(&sources())?);
        return Ok(Exit::Done);
    }
    let origin = config.origin.clone();
    let build = this_program()?;
    runtime()?.block_on(async {
        let hub = Hub::open(config, build, sources()).await?;
        if let Some(link) = &hub.first_link {
            tell(&format!("first start: whoever opens this link within an hour becomes the administrator\n  {link}"));
        }
        if !quiet {
            tell(&format!("pages at {origin}; Ctrl-C stops"));
        }
        let (hub, collectors) = collecting(hub)?;
        let told = told_to_stop()?;
        // While collectors seal what they have, the log still takes lines.
        let until = async {
            told.await;
            collectors.end().await;
        };
        hub.serve(None, until).await?.map_err(anyhow::Error::from)
    })?;
    Ok(Exit::Done)
}

/// Collectors at work, a thread each.
struct Collectors {
    shared: Arc<Shared>,
    threads: Vec<std::thread::JoinHandle<()>>,
    /// Answers the commission's requests to run an hour again.
    inspected: Option<tokio::task::JoinHandle<()>>,
}

impl Collectors {
    async fn end(self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(inspected) = self.inspected {
            inspected.abort();
        }
        let ended = tokio::task::spawn_blocking(move || {
            self.threads.into_iter().for_each(|thread| {
                if thread.join().is_err() {
                    tracing::error!("a collector stopped unexpectedly");
                }
            });
        });
        if let Err(error) = ended.await {
            tracing::error!(%error, "collectors");
        }
    }
}

/// Starts the configured collectors, and lets the desk read what they keep.
fn collecting(hub: Hub) -> anyhow::Result<(Hub, Collectors)> {
    let shared = Arc::new(Shared::default());
    let mut collectors = Collectors { shared: Arc::clone(&shared), threads: Vec::new(), inspected: None };
    let (config, Some(commission)) = (hub.config().clone(), hub.commission().cloned()) else {
        return Ok((hub, collectors));
    };
    let means = Means {
        acts: hub.acts.clone(),
        scribe: hub.scribe.clone(),
        commission,
        commission_hpke: hub.commission_hpke().unwrap_or_default().to_owned(),
        vault: Vault::open(&config.folder.join("vault"), &config.memory)?,
        sources: hub.sources(),
    };
    let runtime = tokio::runtime::Handle::current();
    if let Some(first) = config.collectors.first() {
        let inspected = Inspected::new(means.clone(), first.detector);
        collectors.inspected = Some(tokio::spawn(async move { inspected.follow().await }));
    }
    for settings in config.collectors {
        let (name, collector) = (settings.source.clone(), Collector::new(means.clone(), settings));
        let (runtime, shared) = (runtime.clone(), Arc::clone(&shared));
        let work = move || collector.follow(&runtime, &shared);
        let thread = std::thread::Builder::new().name(format!("collect {name}")).spawn(work);
        collectors.threads.push(thread.context("cannot start a collector's thread")?);
    }
    Ok((hub.reading(Arc::new(Reader::new(means))), collectors))
}

/// Says what is wrong and what to do, without changing anything.
pub(crate) fn check(args: &DoctorArgs) -> anyhow::Result<Exit> {
    let config = Config::read(&args.config)?;
    let checks = runtime()?.block_on(doctor(&config));
    for check in &checks {
        let word = match check.health {
            Health::Well => "well",
            Health::Look => "look",
            Health::Ill => "ILL ",
        };
        say(&format!("{word}  {:<10} {}", check.what, check.words));
    }
    let ill = checks.iter().any(|check| check.health == Health::Ill);
    Ok(if ill { Exit::Failed } else { Exit::Done })
}

/// Clock and dice of the system.
pub(crate) fn sources() -> Sources {
    Sources { now: crate::guarded_clock, random }
}

/// 32 bytes of the system's randomness. A system that gives none cannot keep secrets: the program ends.
#[expect(clippy::expect_used, reason = "without randomness no id, salt or secret may be made, and none is")]
fn random() -> [u8; 32] {
    use rand::TryRng;
    let mut bytes = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).expect("the system gives randomness");
    bytes
}

/// SHA-256 of the running program: stands in every intent.
pub(crate) fn this_program() -> anyhow::Result<Digest> {
    let path = std::env::current_exe().context("cannot find the running program")?;
    Ok(Digest::of(&std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?))
}

pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}

/// Ready at Ctrl-C or SIGTERM.
pub(crate) fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[expect(clippy::print_stdout, reason = "what a doctor says is the output of the command")]
fn say(line: &str) {
    println!("{line}");
}
