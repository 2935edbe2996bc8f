//! The program `noroshi`: command line and wiring, no logic.
//!
//! One file a command: [`analyze`], [`collect`], [`demo`], [`simulate`], [`evaluate`], [`mandate`],
//! [`shell`]. What they share: [`cli`] (the words), [`outputs`], [`progress`], [`key`], [`exit`].

mod analyze;
mod cli;
mod collect;
mod demo;
mod evaluate;
mod exit;
mod key;
mod mandate;
mod outputs;
mod progress;
mod receive;
mod retention;
mod shell;
mod simulate;
mod source;

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
