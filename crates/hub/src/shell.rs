//! Completions and manual pages, made from the command line's own words.

use crate::cli::Cli;
use crate::exit::Exit;
use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

pub(crate) fn completions(shell: Shell) -> anyhow::Result<Exit> {
    clap_complete::generate(shell, &mut Cli::command(), "noroshi", &mut std::io::stdout());
    Ok(Exit::Done)
}

pub(crate) fn man(out: &Path) -> anyhow::Result<Exit> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make `{}`", out.display()))?;
    clap_mangen::generate_to(Cli::command(), out)
        .with_context(|| format!("cannot write manual pages into `{}`", out.display()))?;
    Ok(Exit::Done)
}
