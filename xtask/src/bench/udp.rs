//! UDP ingest over loopback: the same datagrams at the same pace to nfcapd and to us.
//!
//! nfcapd receives, decodes and writes what it got to a file; we receive, decode and gate, once
//! without and once with the aggregates. That is what each does with a datagram in its daily
//! work, but it is not the same work: we write nothing at this stage.

use super::Bench;
use super::process::{figure, figure_after, installed, said, seconds_of};
use super::table::{Figure, Goal, Peer, Table};
use anyhow::Context;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a collector may take to start, and to write what it still holds.
const SETTLE: Duration = Duration::from_secs(2);
/// How long a collector may take to end.
const END_MAX: Duration = Duration::from_secs(30);
/// Bytes asked of the kernel for each collector's socket.
const BUFFER_BYTES: &str = "67108864";

/// Million records a processor-second, and how many of those sent were lost.
struct Ingested {
    rate: f64,
    lost: f64,
}

/// Measures; the folder with the peer's flows, if there is a peer.
pub(crate) fn measure(bench: &Bench<'_>, table: &mut Table) -> anyhow::Result<Option<PathBuf>> {
    let folder = bench.folder.join("nfcapd");
    let peer = if installed("nfcapd") && installed("nfdump") { Some(nfcapd(bench, &folder)?) } else { None };
    for (depth, name, goal) in [
        ("gate", "UDP receive + decode + direction", Some(Goal::Ratio(2.0))),
        ("aggregates", "UDP receive + decode + direction + aggregates", None),
    ] {
        let ours = noroshi(bench, depth)?;
        let peer = peer.as_ref().map(|peer| Peer { name: "nfcapd", value: peer.rate });
        table.push(name, Figure { value: ours.rate, unit: "M records/CPU-s", peer, goal });
        let peer = peer_lost(peer.is_some(), bench, &folder)?;
        table.push(&format!("records lost, {name}"), Figure { value: ours.lost, unit: "records", peer, goal: None });
    }
    Ok(peer.map(|_| folder))
}

fn peer_lost(there: bool, bench: &Bench<'_>, folder: &Path) -> anyhow::Result<Option<Peer>> {
    if !there {
        return Ok(None);
    }
    Ok(Some(Peer { name: "nfcapd", value: bench.records - stored(folder)? }))
}

/// Flows in the peer's files.
pub(crate) fn stored(folder: &Path) -> anyhow::Result<f64> {
    figure_after(&said(Command::new("nfdump").arg("-R").arg(folder).args(["-o", "null"]))?, "total flows:")
}

/// A collector that is ended when nobody looks after it any more.
struct Collector(Child);

impl Collector {
    /// Asks it to end, and waits.
    fn end(&mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(self.0.id().cast_signed()), Signal::SIGTERM)?;
        let began = Instant::now();
        while self.0.try_wait()?.is_none() {
            anyhow::ensure!(began.elapsed() < END_MAX, "the collector does not end");
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn nfcapd(bench: &Bench<'_>, folder: &Path) -> anyhow::Result<Ingested> {
    std::fs::create_dir_all(folder)?;
    let port = free_port()?;
    eprintln!("nfcapd receives {} datagrams a second", bench.args.rate);
    let mut command = Command::new("nfcapd");
    command.args(["-b", "127.0.0.1", "-p", &port.to_string(), "-t", "3600", "-B", BUFFER_BYTES, "-C", "none", "-w"]);
    command.arg(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let mut collector = Collector(command.spawn().context("cannot run nfcapd")?);
    sleep(SETTLE);
    let before = seconds_of(collector.0.id())?;
    send(bench, port)?;
    sleep(SETTLE);
    let seconds = seconds_of(collector.0.id())? - before;
    collector.end()?;
    let records = stored(folder)?;
    Ok(Ingested { rate: records / seconds.max(0.01) / 1e6, lost: bench.records - records })
}

fn noroshi(bench: &Bench<'_>, depth: &str) -> anyhow::Result<Ingested> {
    let port = free_port()?;
    eprintln!("noroshi receives {} datagrams a second, up to the {depth}", bench.args.rate);
    let mut command = Command::new(bench.programs.join("examples/udp_ingest_bench"));
    command.arg(format!("127.0.0.1:{port}")).arg(&bench.mandate).arg(depth);
    let mut collector = Collector(command.stdout(Stdio::piped()).spawn().context("cannot run udp_ingest_bench")?);
    sleep(SETTLE);
    send(bench, port)?;
    let mut said = String::new();
    let mut output = collector.0.stdout.take().context("no output")?;
    // It ends by itself after a silence.
    std::io::Read::read_to_string(&mut output, &mut said)?;
    let records = figure(&said, "records")?;
    let rate = records / figure(&said, "cpu_seconds")?.max(0.01) / 1e6;
    Ok(Ingested { rate, lost: bench.records - records })
}

fn send(bench: &Bench<'_>, port: u16) -> anyhow::Result<()> {
    let mut sender = Command::new(bench.programs.join("examples/udp_send"));
    said(sender.arg(&bench.flows).arg(format!("127.0.0.1:{port}")).arg(bench.args.rate.to_string())).map(drop)
}

/// A port that was free a moment ago.
fn free_port() -> anyhow::Result<u16> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port())
}
