//! Runs the prover, which is a program of its own so that the other chores do not wait for Cedar to compile.

use anyhow::Context;
use std::path::Path;
use std::process::{Command, ExitCode};

pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let arguments = ["run", "--quiet", "--locked", "--package", "noroshi-prove"];
    let status = Command::new(env!("CARGO")).args(arguments).current_dir(root).status().context("cannot run cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
