//! The program `noroshi`: command line and wiring, no logic.
//!
//! One file a command: [`analyze`], [`collect`], [`demo`], [`simulate`], [`evaluate`], [`mandate`],
//! [`mod@serve`], [`taxii`], [`indicators`], [`misp`], [`shell`]. What they share: [`cli`] (the words), [`outputs`], [`objects`], [`progress`], [`key`], [`exit`].

mod analyze;
mod cli;
mod collect;
mod demo;
mod evaluate;
mod exit;
mod indicators;
mod key;
mod mandate;
mod misp;
mod objects;
mod outputs;
mod progress;
mod retention;
mod serve;
mod shell;
mod simulate;
mod source;
mod taxii;

use clap::Parser;
use cli::{Cli, Command};
use exit::Exit;
use std::process::ExitCode;

/// Queries and aggregates take and give back memory in large pieces, which the system's own
/// allocator returns to the kernel each time (docs/benchmarks.md).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let level = if cli.quiet { "error" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("NOROSHI_LOG").unwrap_or_else(|_| level.into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let now = clock();
    let outcome = match cli.command {
        Command::Analyze(args) => analyze::run(&args, cli.quiet, now),
        Command::Collect(args) => collect::run(&args, cli.quiet, now),
        Command::Demo(args) => demo::run(&args, cli.quiet, now),
        Command::Simulate(args) => simulate::run(&args, cli.quiet),
        Command::Evaluate(args) => evaluate::run(&args, cli.quiet, now),
        Command::Mandate(args) => mandate::run(&args, now),
        Command::Serve(args) => serve::run(&args, cli.quiet),
        Command::Doctor(args) => serve::check(&args),
        Command::Taxii(args) => taxii::run(&args, cli.quiet),
        Command::Indicators(args) => indicators::run(&args, cli.quiet, now),
        Command::Misp(args) => misp::run(&args, cli.quiet),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { out } => shell::man(&out),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            tell(&format!("noroshi: {}", chain(&error)));
            Exit::of(&error).into()
        }
    }
}

/// The one place where the clock is read.
#[expect(clippy::disallowed_methods, reason = "the hub reads the clock once and hands it on as an argument")]
fn clock() -> noroshi_model::Micros {
    noroshi_model::Micros(jiff::Timestamp::now().as_microsecond())
}

/// The clock of a program that runs for long: the system's at its first reading, and from then on only as
/// far as monotonic time has passed. Whoever sets the system's clock back revives no mandate.
fn guarded_clock() -> noroshi_model::Micros {
    static BEGUN: std::sync::OnceLock<(noroshi_model::Micros, std::time::Instant)> = std::sync::OnceLock::new();
    let (at, begun) = BEGUN.get_or_init(|| (clock(), std::time::Instant::now()));
    let passed = i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX);
    noroshi_model::Micros(at.0.saturating_add(passed))
}

/// An error and its causes, each said once: library errors often end with their cause already.
fn chain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Writes a line for a person to standard error.
#[expect(clippy::print_stderr, reason = "the one place where the program talks to a person outside its outputs")]
fn tell(line: &str) {
    eprintln!("{line}");
}
