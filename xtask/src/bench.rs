//! Speed, measured in one run beside the peers that are installed, printed as ratios.
//!
//! In order: [`build`] makes the release programs and the flows, [`ours`] runs what needs no
//! peer, [`udp`] feeds nfcapd and ourselves over loopback at one pace, [`queries`] asks nfdump
//! and the engine the same of the same flows, [`table`] says how it went.

mod build;
mod ours;
mod process;
mod queries;
mod table;
mod udp;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use table::Table;

/// How to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// Print one JSON object: name to value, unit, peer, peer_value, ratio, goal.
    #[arg(long)]
    json: bool,
    /// A quarter of the flows, each query once: a look, not a figure to quote.
    #[arg(long)]
    quick: bool,
    /// Datagrams a second over loopback, for us and for the peer alike.
    #[arg(long, default_value_t = 20_000)]
    rate: u64,
    /// Use the release programs that are there, do not build.
    #[arg(long)]
    no_build: bool,
}

impl BenchArgs {
    /// One-way flow records measured on.
    fn records(&self) -> u64 {
        if self.quick { 1_000_000 } else { 4_000_000 }
    }

    /// How often each query is asked; the best counts, for us and for the peer.
    fn repeats(&self) -> u32 {
        if self.quick { 1 } else { 3 }
    }
}

/// What all measurements need.
struct Bench<'a> {
    args: &'a BenchArgs,
    /// Folder of the release programs.
    programs: PathBuf,
    /// Temporary folder.
    folder: &'a Path,
    /// The flows, as IPFIX of 74-byte records.
    flows: PathBuf,
    /// The mandate that admits them.
    mandate: PathBuf,
    /// A source network that the filter query asks for.
    net: String,
    /// How many there are: a few more than asked for, as the last may have an answer.
    records: f64,
    /// What the flows were made of.
    origin: &'static str,
}

pub(crate) fn run(root: &Path, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let bench = build::prepare(root, args, folder.path())?;
    let mut table = Table::default();
    ours::measure(&bench, &mut table)?;
    let peer_flows = udp::measure(&bench, &mut table)?;
    queries::measure(&bench, peer_flows.as_deref(), &mut table)?;
    if args.json {
        println!("{:#}", table.json());
    } else {
        println!("{}", table.markdown(&bench));
    }
    Ok(ExitCode::SUCCESS)
}
