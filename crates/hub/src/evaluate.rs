//! `noroshi evaluate`: labelled captures in, the honest protocol out.

use crate::cli::EvaluateArgs;
use crate::exit::Exit;
use noroshi_model::Micros;

pub(crate) fn run(_args: &EvaluateArgs, _quiet: bool, _now: Micros) -> anyhow::Result<Exit> {
    anyhow::bail!("not wired yet")
}
