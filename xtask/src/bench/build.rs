//! The release programs and the flows to measure on.

use super::process::{figure, said};
use super::{Bench, BenchArgs};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A real capture, where somebody put it beside the repository.
const CAPTURE: &str = "../shared/data/flows/ctu13/capture20110816.binetflow.zst";

/// Programs of `noroshi-ingest` and `noroshi-detect`.
const EXAMPLES: [&str; 5] = ["bench_flows", "udp_send", "udp_ingest_bench", "pipeline_bench", "query_bench"];

pub(crate) fn prepare<'a>(root: &Path, args: &'a BenchArgs, folder: &'a Path) -> anyhow::Result<Bench<'a>> {
    if !args.no_build {
        eprintln!("building the release programs");
        build(root)?;
    }
    let programs = target(root)?.join("release");
    let flows = folder.join("flows.ipfix");
    let capture = root.join(CAPTURE);
    let (input, mandate, origin) = if capture.is_file() {
        (capture, root.join("docs/samples/mandate-ctu13.toml"), "CTU-13 scenario 6, what the sample mandate admits")
    } else {
        let nation = folder.join("nation");
        let mut simulate = Command::new(programs.join("noroshi"));
        said(simulate.args(["--quiet", "simulate", "--seed", "1", "--out"]).arg(&nation))?;
        (nation.join("flows.ipfix"), nation.join("mandate.toml"), "the simulated nation of seed 1")
    };
    let net = first_domestic(&std::fs::read_to_string(&mandate)?)?;
    eprintln!("making {} flows from {origin}", args.records());
    let mut make = Command::new(programs.join("examples/bench_flows"));
    let made = said(make.arg(input).arg(&mandate).arg(&flows).arg(args.records().to_string()))?;
    Ok(Bench { args, programs, folder, flows, mandate, net, records: figure(&made, "records")?, origin })
}

fn build(root: &Path) -> anyhow::Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).args(["build", "--release", "--bin", "noroshi"]);
    cargo.args(["-p", "noroshi", "-p", "noroshi-ingest", "-p", "noroshi-detect"]);
    EXAMPLES.iter().for_each(|example| {
        cargo.args(["--example", example]);
    });
    anyhow::ensure!(cargo.status().context("cannot run cargo")?.success(), "the release build failed");
    Ok(())
}

fn target(root: &Path) -> anyhow::Result<PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}

/// The first IPv4 prefix of the mandate's `domestic` list.
fn first_domestic(mandate: &str) -> anyhow::Result<String> {
    let list = mandate.split_once("domestic = [").map(|(_, rest)| rest).context("the mandate names no prefixes")?;
    let prefix = list.split('"').skip(1).step_by(2).find(|text| text.contains('.') && text.contains('/'));
    prefix.map(str::to_owned).context("the mandate names no IPv4 prefix")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_first_ipv4_prefix_is_found() {
        let mandate = "[place]\ndomestic = [\n  \"2001:db8::/32\", \"192.0.2.0/24\"]\n";
        assert_eq!(super::first_domestic(mandate).unwrap(), "192.0.2.0/24");
        assert!(super::first_domestic("domestic = []").is_err());
    }
}
