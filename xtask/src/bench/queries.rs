//! The same questions of the same flows to nfdump and to the engine, one process each.
//!
//! nfdump reads the uncompressed files that nfcapd wrote, which it reads fastest; the engine
//! reads the lake as it is laid out, on one partition. Both are counted from the
//! start of the process to its end.

use super::Bench;
use super::process::{figure, figure_after, said, timed};
use super::table::{Figure, Goal, Peer, Table};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A question: our name for it, what it is called in the table, nfdump's way to ask it.
struct Query {
    ours: &'static str,
    name: &'static str,
    peer: Vec<String>,
}

fn queries(net: &str) -> [Query; 4] {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let filter = format!("proto tcp and dst port 25 and packets > 3 and src net {net}");
    let with = |mut arguments: Vec<String>, filter: &str| {
        arguments.push(filter.to_owned());
        arguments
    };
    [
        Query { ours: "filter", name: "query: filter", peer: with(words("-o null"), &filter) },
        Query { ours: "top-src", name: "query: top 10 sources by flows", peer: words("-q -n 10 -s srcip/flows") },
        Query {
            ours: "top-dst",
            name: "query: top 10 destinations by bytes, tcp",
            peer: with(words("-q -n 10 -s dstip/bytes"), "proto tcp"),
        },
        Query {
            ours: "group3",
            name: "query: group by source, destination, port",
            peer: words("-q -n 10 -A srcip,dstip,dstport -s record/bytes"),
        },
    ]
}

pub(crate) fn measure(bench: &Bench<'_>, peer: Option<&Path>, table: &mut Table) -> anyhow::Result<()> {
    let lake = bench.folder.join("flows.parquet");
    let mut make = Command::new(bench.programs.join("examples/query_bench"));
    let made = said(make.arg("make").arg(&bench.flows).arg(&bench.mandate).arg(&lake))?;
    let flows = figure(&made, "records")?;
    let bytes_per_flow = figure(&made, "bytes")? / flows;
    let peer_bytes = peer.map(|folder| folder_bytes(folder) / flows);
    let peer_bytes = peer_bytes.map(|value| Peer { name: "nfcapd", value });
    table.push("bytes a flow on disk", Figure { value: bytes_per_flow, unit: "bytes", peer: peer_bytes, goal: None });
    for query in queries(&bench.net) {
        eprintln!("{}", query.name);
        let (said, seconds) = best(bench.args.repeats(), || {
            let mut program = Command::new(bench.programs.join("examples/query_bench"));
            program.arg("run").arg(&lake).arg(query.ours).arg(&bench.net);
            program
        })?;
        let peer = peer.map(|folder| ask_peer(bench, folder, &query, &said)).transpose()?;
        let peer = peer.map(|seconds| Peer { name: "nfdump", value: flows / seconds / 1e6 });
        let goal = Some(Goal::Ratio(2.5));
        table.push(query.name, Figure { value: flows / seconds / 1e6, unit: "M flows/CPU-s", peer, goal });
        let peak = figure(&said, "peak_mib")?;
        let name = format!("peak memory, {}", query.name);
        table.push(&name, Figure { value: peak, unit: "MiB", peer: None, goal: None });
    }
    Ok(())
}

/// The peer's seconds; an error when it answers something else.
fn ask_peer(bench: &Bench<'_>, folder: &Path, query: &Query, ours: &str) -> anyhow::Result<f64> {
    let (said, seconds) = best(bench.args.repeats(), || {
        let mut program = Command::new("nfdump");
        program.arg("-N").arg("-R").arg(folder).args(&query.peer);
        program
    })?;
    if query.ours == "filter" {
        let peers = figure_after(&said, "total flows:")?;
        let same = ours.split(['|', '\n']).any(|cell| cell.trim().parse() == Ok(peers));
        anyhow::ensure!(same, "nfdump's filter finds {peers} flows, ours answers\n{ours}");
    }
    Ok(seconds)
}

/// The fastest of some runs.
fn best(repeats: u32, command: impl Fn() -> Command) -> anyhow::Result<(String, f64)> {
    let mut best = timed(&mut command())?;
    for _ in 1..repeats {
        let again = timed(&mut command())?;
        if again.1 < best.1 {
            best = again;
        }
    }
    best.1 = best.1.max(0.001);
    Ok(best)
}

fn folder_bytes(folder: &Path) -> f64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let length = |path: PathBuf| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    files.map(length).sum::<u64>() as f64
}
