//! UDP ingest over loopback: the same datagrams at the same pace to each peer and to us.
//!
//! nfcapd receives, decodes and writes what it got to a file; nfacctd receives, decodes and sums
//! by protocol, in two processes; we receive, decode and gate, once without aggregates, once with
//! them on the same thread, and once as `noroshi collect` does it, on another thread and with
//! selection. That is what each does with a datagram in its daily work, but it is not the same
//! work: we write nothing at the first stage.

use super::Bench;
use super::process::{figure, figure_after, installed, said, seconds_of, seconds_of_family};
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
/// How long a collector may take to end; `noroshi collect` looks at what it gathered first.
const END_MAX: Duration = Duration::from_secs(180);
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
    let nfcapd = if installed("nfcapd") && installed("nfdump") { Some(nfcapd(bench, &folder)?) } else { None };
    let nfacctd = if installed("nfacctd") { Some(nfacctd(bench)?) } else { None };
    let gate = noroshi(bench, "gate")?;
    let name = "UDP receive + decode + direction";
    push(table, name, &gate, ("nfcapd", nfcapd.as_ref()), Some(Goal::Ratio(2.0)));
    push(table, &format!("{name}, beside nfacctd"), &gate, ("nfacctd", nfacctd.as_ref()), None);
    let name = "UDP receive + decode + direction + aggregates";
    push(table, name, &noroshi(bench, "aggregates")?, ("nfcapd", nfcapd.as_ref()), None);
    push(
        table,
        "noroshi collect: the same on two threads, and selection",
        &collect(bench)?,
        ("nfcapd", nfcapd.as_ref()),
        None,
    );
    Ok(nfcapd.map(|_| folder))
}

fn push(table: &mut Table, name: &str, ours: &Ingested, peer: (&'static str, Option<&Ingested>), goal: Option<Goal>) {
    let beside = |value: fn(&Ingested) -> f64| peer.1.map(|theirs| Peer { name: peer.0, value: value(theirs) });
    let rate = Figure { value: ours.rate, unit: "M records/CPU-s", peer: beside(|theirs| theirs.rate), goal };
    table.push(name, rate);
    let lost = Figure { value: ours.lost, unit: "records", peer: beside(|theirs| theirs.lost), goal: None };
    table.push(&format!("records lost, {name}"), lost);
}

/// Flows in the peer's files.
pub(crate) fn stored(folder: &Path) -> anyhow::Result<f64> {
    figure_after(&said(Command::new("nfdump").arg("-R").arg(folder).args(["-o", "null"]))?, "total flows:")
}

/// A collector that is ended when nobody looks after it any more.
struct Collector(Child, Signal);

impl Collector {
    /// Asks it to end, and waits.
    fn end(&mut self) -> anyhow::Result<()> {
        if self.0.try_wait()?.is_none() {
            kill(Pid::from_raw(self.0.id().cast_signed()), self.1)?;
        }
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
    let mut collector = Collector(command.spawn().context("cannot run nfcapd")?, Signal::SIGTERM);
    sleep(SETTLE);
    let before = seconds_of(collector.0.id())?;
    send(bench, port)?;
    sleep(SETTLE);
    let seconds = seconds_of(collector.0.id())? - before;
    collector.end()?;
    let records = stored(folder)?;
    Ok(Ingested { rate: records / seconds.max(0.01) / 1e6, lost: bench.records - records })
}

/// The second peer: a core process that receives and decodes, and another that sums by protocol.
fn nfacctd(bench: &Bench<'_>) -> anyhow::Result<Ingested> {
    let (port, sums) = (free_port()?, bench.folder.join("nfacctd.csv"));
    eprintln!("nfacctd receives {} datagrams a second", bench.args.rate);
    let settings = bench.folder.join("nfacctd.conf");
    std::fs::write(
        &settings,
        format!(
            "daemonize: false\nnfacctd_ip: 127.0.0.1\nnfacctd_port: {port}\nnfacctd_pipe_size: {BUFFER_BYTES}\n\
             plugins: print\nplugin_pipe_size: {BUFFER_BYTES}\nplugin_buffer_size: 65536\naggregate: proto, flows\n\
             print_output: csv\nprint_output_file: {}\nprint_refresh_time: 3600\n",
            sums.display()
        ),
    )?;
    let mut command = Command::new("nfacctd");
    command.arg("-f").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null());
    let mut collector = Collector(command.spawn().context("cannot run nfacctd")?, Signal::SIGINT);
    sleep(SETTLE);
    let before = seconds_of_family(collector.0.id())?;
    send(bench, port)?;
    sleep(SETTLE);
    let seconds = seconds_of_family(collector.0.id())? - before;
    collector.end()?;
    // The summing process writes and ends after its parent has.
    sleep(SETTLE);
    let records = flows_summed(&std::fs::read_to_string(&sums).context("nfacctd wrote nothing")?);
    Ok(Ingested { rate: records / seconds.max(0.01) / 1e6, lost: bench.records - records })
}

/// The column FLOWS of what nfacctd prints, summed.
fn flows_summed(csv: &str) -> f64 {
    let mut lines = csv.lines().map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
    let at = lines.next().and_then(|names| names.iter().position(|name| *name == "FLOWS"));
    lines.filter_map(|cells| cells.get(at?)?.parse::<f64>().ok()).sum()
}

/// The whole program: a receiving thread, an aggregating one, the selection of each hour.
fn collect(bench: &Bench<'_>) -> anyhow::Result<Ingested> {
    let port = free_port()?;
    eprintln!("noroshi collect receives {} datagrams a second", bench.args.rate);
    let mut command = Command::new(bench.programs.join("noroshi"));
    command.args(["collect", "--listen", &format!("127.0.0.1:{port}"), "--mandate"]).arg(&bench.mandate);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut collector = Collector(command.spawn().context("cannot run noroshi")?, Signal::SIGINT);
    sleep(SETTLE);
    let before = seconds_of(collector.0.id())?;
    send(bench, port)?;
    // What the aggregating thread has not caught up with counts, too.
    sleep(SETTLE * 3);
    let seconds = seconds_of(collector.0.id())? - before;
    kill(Pid::from_raw(collector.0.id().cast_signed()), Signal::SIGINT)?;
    let mut said = String::new();
    let mut output = collector.0.stderr.take().context("no output")?;
    std::io::Read::read_to_string(&mut output, &mut said)?;
    collector.end()?;
    let each = bench.records / datagrams(&bench.flows)?;
    let lost = figure_after(&said, "lost on the way:").map_or(0.0, |dropped| dropped * each);
    Ok(Ingested { rate: (bench.records - lost) / seconds.max(0.01) / 1e6, lost })
}

/// Messages of an IPFIX file: each says its length in octets 2 and 3 (RFC 7011 §3.1).
fn datagrams(file: &Path) -> anyhow::Result<f64> {
    let bytes = std::fs::read(file)?;
    let (mut count, mut rest) = (0u32, bytes.as_slice());
    while let [_, _, high, low, ..] = rest {
        rest = rest.get(usize::from(u16::from_be_bytes([*high, *low])).max(4)..).unwrap_or_default();
        count += 1;
    }
    Ok(f64::from(count.max(1)))
}

fn noroshi(bench: &Bench<'_>, depth: &str) -> anyhow::Result<Ingested> {
    let port = free_port()?;
    eprintln!("noroshi receives {} datagrams a second, up to the {depth}", bench.args.rate);
    let mut command = Command::new(bench.programs.join("examples/udp_ingest_bench"));
    command.arg(format!("127.0.0.1:{port}")).arg(&bench.mandate).arg(depth);
    let mut collector =
        Collector(command.stdout(Stdio::piped()).spawn().context("cannot run udp_ingest_bench")?, Signal::SIGTERM);
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

#[cfg(test)]
mod tests {
    #[test]
    fn flows_are_summed_whatever_column_they_are_in() {
        let csv = "PROTOCOL,PACKETS,FLOWS,BYTES\ntcp,9,2,900\nudp,1,40,7\n";
        assert_eq!(super::flows_summed(csv), 42.0);
        assert_eq!(super::flows_summed("PROTOCOL,PACKETS\ntcp,9\n"), 0.0);
    }
}
