//! What needs no peer: decoding, and the whole broad pass.

use super::Bench;
use super::process::{figure, said};
use super::table::{Figure, Goal, Table};
use std::process::Command;

/// Million records a processor-second.
const UNIT: &str = "M records/CPU-s";

pub(crate) fn measure(bench: &Bench<'_>, table: &mut Table) -> anyhow::Result<()> {
    eprintln!("decoding and aggregating");
    let mut program = Command::new(bench.programs.join("examples/pipeline_bench"));
    let said = said(program.arg(&bench.flows).arg(&bench.mandate))?;
    let mut alone = |name: &str, label: &str, unit, goal| -> anyhow::Result<()> {
        table.push(name, Figure { value: figure(&said, label)?, unit, peer: None, goal });
        Ok(())
    };
    alone("decode", "decode", UNIT, Some(Goal::Value(30.0)))?;
    alone("decode + direction", "gate", UNIT, None)?;
    alone("decode + direction + aggregates + selection", "pipeline", UNIT, Some(Goal::Value(3.0)))?;
    alone("memory of its aggregates", "tables_mib", "MiB", None)?;
    alone("most their limits allow", "tables_max_mib", "MiB", None)?;
    alone("peak memory of that, flows in memory included", "peak_mib", "MiB", None)?;
    alone("of which the flows", "of_which_input_mib", "MiB", None)
}
