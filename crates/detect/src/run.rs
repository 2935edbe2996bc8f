//! Broad, then deep: two passes over one source, and the findings that come of them.

use crate::candidates;
use crate::context::Context;
use crate::detectors;
use crate::engine::{Engine, EngineError, EngineOptions};
use crate::lakeview;
use crate::pooled::{self, ServerFeatures};
use noroshi_flow::{
    Balance, Broad, BroadLimits, Lake, PseudonymKey, Pseudonyms, SelectionSet, SinkError, Source, features,
};
use noroshi_mandate::{Act, Permit};
use noroshi_model::Finding;
use std::path::{Path, PathBuf};

/// What a run is told beyond the mandate.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Limits of the aggregates.
    pub broad: BroadLimits,
    /// Limits of the engine.
    pub engine: EngineOptions,
    /// The key of the pseudonyms.
    pub key: PseudonymKey,
    /// Where the lake is written.
    pub folder: PathBuf,
    /// Where the hours of servers are written; `None` keeps them in memory for the run.
    pub features: Option<PathBuf>,
}

/// What a run found, and what became of every record.
#[derive(Debug)]
pub struct Run {
    /// Findings, most severe first.
    pub findings: Vec<Finding>,
    /// The balance; it adds up.
    pub balance: Balance,
    /// The selection in force for the deep pass.
    pub selection: SelectionSet,
    /// Domestic hosts seen.
    pub hosts: u64,
    /// Span of the traffic, seconds.
    pub span_s: f64,
    /// Start of the first flow, µs; above `last_us` when there was none.
    pub first_us: i64,
    /// Start of the last flow, µs.
    pub last_us: i64,
    /// Entries the bounded tables forgot to make room.
    pub evicted: u64,
    /// Memory of the bounded tables.
    pub tables: TableMemory,
}

/// What the aggregates hold in memory, and what their limits allow, whatever traffic comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableMemory {
    /// Bytes held at the end of the run.
    pub held_bytes: u64,
    /// Bytes the limits of the configuration allow at most.
    pub bound_bytes: u64,
}

impl TableMemory {
    /// Of the tables of a run.
    pub fn of(broad: &Broad) -> Self {
        let (held, bound) = broad.bytes();
        Self { held_bytes: held as u64, bound_bytes: bound as u64 }
    }
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError<S: std::error::Error> {
    /// The source could not be read.
    #[error("{0}")]
    Source(S),
    /// Something could not be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// A query failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What a person is told while waiting.
pub trait Stages {
    /// A stage begins.
    fn stage(&self, stage: Stage);
}

/// The stages of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading everything once, keeping aggregates.
    Broad,
    /// Choosing servers mechanically.
    Score,
    /// Reading again, keeping records of the chosen.
    Deep,
    /// Looking closely.
    Look,
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Stages for Quiet {
    fn stage(&self, _stage: Stage) {}
}

/// Runs broad, score, deep and look over one source.
///
/// # Errors
/// [`RunError`] when the source, the disk or the engine fails.
pub fn run<A: Act, S: Source>(
    permit: &Permit<'_, A>,
    source: &mut S,
    options: &RunOptions,
    stages: &dyn Stages,
) -> Result<Run, RunError<S::Error>> {
    stages.stage(Stage::Broad);
    let mut broad = Broad::new(options.broad);
    let mut balance = source.pass(&mut broad).map_err(RunError::Source)?;
    if let Some(folder) = &options.features {
        features::write_hours(folder, &broad.servers, ..)?;
    }
    stages.stage(Stage::Score);
    let engine = Engine::local(options.engine)?;
    let context = Context::new(&broad);
    let pooled = pooled::features(&engine, &broad)?;
    let selection = SelectionSet::default().next(candidates::figures(&broad, &context, &pooled).choose());
    stages.stage(Stage::Deep);
    let path = options.folder.join("lake.parquet");
    let selected_max = permit.mandate().selected_records_max;
    let mut lake = Lake::create(&path, selection.clone(), Pseudonyms::new(&options.key), selected_max)?;
    source.pass(&mut lake).map_err(RunError::Source)?;
    let kept = lake.finish()?;
    (balance.selected, balance.aggregated_only) = (kept.selected, kept.forgotten);
    stages.stage(Stage::Look);
    let findings = look(permit, &engine, &kept.path, &broad, &context, &pooled, options)?;
    Ok(Run {
        findings,
        balance,
        selection,
        hosts: context.usual.hosts,
        span_s: context.span_s,
        first_us: broad.first_us,
        last_us: broad.last_us,
        evicted: broad.evicted(),
        tables: TableMemory::of(&broad),
    })
}

/// Looks closely: every detector over aggregates and the lake.
pub(crate) fn look<A: Act>(
    permit: &Permit<'_, A>,
    engine: &Engine,
    lake: &Path,
    broad: &Broad,
    context: &Context,
    features: &[ServerFeatures],
    options: &RunOptions,
) -> Result<Vec<Finding>, EngineError> {
    engine.register_parquet("lake", lake)?;
    let pairs = lakeview::pairs(engine)?;
    let mut scene = detectors::Scene {
        broad,
        context,
        features,
        pairs: &pairs,
        pseudonyms: Pseudonyms::new(&options.key),
        mandate: &permit.mandate().id,
    };
    Ok(detectors::all(&mut scene))
}
