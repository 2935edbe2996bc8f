//! Chores of the house: `cargo xtask tidy` holds its rules, `cargo xtask prove` proves its
//! policies, `cargo xtask bench` measures it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

mod bench;
mod prove;
mod tidy;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Chores of the house.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Check the rules that no compiler checks: dependency direction, file length, documentation.
    Tidy,
    /// Prove the theorems about the policies, or show where one fails. Needs the solver `cvc5`.
    Prove,
    /// Measure speed beside the peers that are installed, and print ratios.
    Bench(bench::BenchArgs),
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    match &cli.chore {
        Chore::Tidy => tidy::run(&root()),
        Chore::Prove => prove::run(&root()),
        Chore::Bench(args) => bench::run(&root(), args),
    }
}

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}
