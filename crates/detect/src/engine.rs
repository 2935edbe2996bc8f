//! The engine: DataFusion in this process. Detectors ask it in SQL and cannot tell where it runs.

mod distinct;
mod pushdown;

use datafusion::arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext};
use std::path::Path;

/// Why the engine failed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A query failed.
    #[error("{what}: {source}")]
    Query {
        /// What was asked.
        what: String,
        /// Why it failed.
        source: Box<DataFusionError>,
    },
    /// The runtime could not start.
    #[error("cannot start the query engine: {0}")]
    Start(#[from] std::io::Error),
}

/// Limits of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// Bytes queries may hold before they spill to disk.
    pub memory_bytes_max: usize,
    /// Partitions worked on at once.
    pub partitions: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { memory_bytes_max: 2 << 30, partitions: 2 }
    }
}

/// A query engine with tables.
pub struct Engine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine(local)")
    }
}

fn query(what: impl Into<String>) -> impl FnOnce(DataFusionError) -> EngineError {
    move |source| EngineError::Query { what: what.into(), source: Box::new(source) }
}

impl Engine {
    /// Starts an engine without tables.
    ///
    /// # Errors
    /// [`EngineError`] when threads cannot be started.
    pub fn local(options: EngineOptions) -> Result<Self, EngineError> {
        // Sketches read from a file are of the type that they are in memory.
        let config = SessionConfig::new()
            .with_target_partitions(options.partitions.max(1))
            .set_bool("datafusion.execution.parquet.schema_force_view_types", false);
        let environment = RuntimeEnvBuilder::new()
            .with_memory_limit(options.memory_bytes_max, 1.0)
            .build_arc()
            .map_err(query("cannot set the engine's memory limit"))?;
        let context = SessionContext::new_with_config_rt(config, environment);
        context.register_udaf(distinct::udaf());
        // One partition needs no threads, and none to be handed results by.
        let mut builder = match options.partitions {
            0 | 1 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        let runtime =
            builder.worker_threads(options.partitions.max(1)).thread_name("noroshi-engine").enable_time().build()?;
        Ok(Self { context, runtime })
    }

    /// Makes a Parquet file or folder a table.
    ///
    /// # Errors
    /// [`EngineError`] when it cannot be read.
    pub fn register_parquet(&self, table: &str, path: &Path) -> Result<(), EngineError> {
        let text = path.display().to_string();
        let options = ParquetReadOptions::default();
        self.runtime
            .block_on(self.context.register_parquet(table, &text, options))
            .map_err(query(format!("cannot read `{text}`")))
    }

    /// Makes a batch in memory a table.
    ///
    /// # Errors
    /// [`EngineError`] when the name is taken.
    pub fn register_batch(&self, table: &str, batch: RecordBatch) -> Result<(), EngineError> {
        self.context.register_batch(table, batch).map(|_| ()).map_err(query(format!("cannot register `{table}`")))
    }

    /// Asks in SQL; rows come back in batches, ordered if the query orders them.
    ///
    /// # Errors
    /// [`EngineError`] with the first line of the query.
    pub fn sql(&self, sql: &str) -> Result<Vec<RecordBatch>, EngineError> {
        let what = || sql.trim().lines().next().unwrap_or_default().to_owned();
        self.runtime.block_on(async {
            let (mut state, plan) = self.context.sql(sql).await.map_err(query(what()))?.into_parts();
            let while_decoding = pushdown::pays(&plan).map_err(query(what()))?;
            state.config_mut().options_mut().execution.parquet.pushdown_filters = while_decoding;
            DataFrame::new(state, plan).collect().await.map_err(query(what()))
        })
    }
}
