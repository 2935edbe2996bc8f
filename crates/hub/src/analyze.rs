//! `noroshi analyze`: recorded exports, captures and logs.

use crate::cli::{AnalyzeArgs, RunArgs};
use crate::exit::Exit;
use crate::outputs::{self, Told};
use crate::progress::Bar;
use crate::source::Recorded;
use crate::{key, mandate, retention};
use anyhow::Context;
use noroshi_detect::engine::EngineOptions;
use noroshi_detect::run::{RunOptions, run as detect};
use noroshi_flow::BroadLimits;
use noroshi_ingest::{Inputs, OpenOptions};
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::Micros;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) fn run(args: &AnalyzeArgs, quiet: bool, now: Micros) -> anyhow::Result<Exit> {
    let mandate = mandate::read(args.mandate.as_deref())?;
    let permit = authorise::<Analyze>(&mandate, now)?;
    let inputs = Inputs::open(&args.inputs, &OpenOptions::default())?;
    let (options, _temporary) = options(&args.run, &mandate, now)?;
    let bar = Bar::new(quiet);
    let mut source = Recorded::new(&permit, &inputs, &bar)?;
    let mut found = detect(&permit, &mut source, &options, &bar)?;
    bar.done();
    if let Some(folder) = &args.run.lake {
        retention::note(folder, &mandate, &found, now)?;
    }
    let told = Told {
        mandate: &mandate,
        inputs: args.inputs.iter().map(|path| path.display().to_string()).collect(),
        damage: source.report.damage.clone(),
        seed: args.run.seed,
        now,
        truth: None,
    };
    outputs::write(&mut found, told, &args.outputs, quiet)
}

/// Options of a run, and the temporary folder of its lake where none was named.
pub(crate) fn options(args: &RunArgs, mandate: &Mandate, now: Micros) -> anyhow::Result<(RunOptions, Option<TempDir>)> {
    let (folder, temporary): (PathBuf, _) = match &args.lake {
        Some(folder) => {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
            retention::dispose(folder, mandate, now)?;
            (folder.clone(), None)
        }
        None => {
            let folder = tempfile::tempdir().context("cannot make a temporary folder for the lake")?;
            (folder.path().to_owned(), Some(folder))
        }
    };
    let options = RunOptions {
        broad: BroadLimits { pairs_max: args.pairs_max, ..BroadLimits::default() }.under(mandate),
        engine: EngineOptions { memory_bytes_max: args.query_memory << 20, ..EngineOptions::default() },
        key: key::of(args, mandate)?,
        folder,
        features: args.lake.as_deref().map(retention::features),
    };
    Ok((options, temporary))
}
