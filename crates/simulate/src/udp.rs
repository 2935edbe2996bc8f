//! A nation as a live feed: IPFIX over UDP, paced.

use crate::folder::config;
use crate::limits::BURST_RECORDS;
use crate::nation::Nation;
use noroshi_model::Micros;
use noroshi_wire::{ExporterConfig, IpfixExporter};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Streamed {
    /// Flow records, whether or not anybody received them: UDP does not say.
    pub records: u64,
    /// Datagrams.
    pub datagrams: u64,
    /// Bytes of payload.
    pub bytes: u64,
}

/// The feed could not be sent.
#[derive(Debug, thiserror::Error)]
#[error("cannot send to {target}: {source}; is the address right, and is there a route to it?")]
pub struct StreamError {
    target: SocketAddr,
    source: io::Error,
}

/// Data messages after which templates are sent again: a collector that starts late waits briefly.
const TEMPLATES_EVERY: u32 = 256;

/// Sends the records of `nation` to `target` at `rate` records per second (0: as fast as they come),
/// `max` at most. Calls `progress` with the records sent and the simulated time reached after every
/// burst; it stops the feed by returning `false`.
///
/// # Errors
/// [`StreamError`] when the socket refuses; a port nobody listens at is not an error.
pub fn stream_udp(
    nation: &Nation,
    target: SocketAddr,
    rate: u64,
    max: Option<u64>,
    progress: &mut dyn FnMut(u64, Micros) -> bool,
) -> Result<Streamed, StreamError> {
    let fail = |source| StreamError { target, source };
    let any: IpAddr = if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).map_err(fail)?;
    let mut exporter = IpfixExporter::new(ExporterConfig { templates_every: TEMPLATES_EVERY, ..config(nation) });
    let mut sent = Streamed::default();
    let mut failed = None;
    let mut at = nation.plan().start;
    let begun = Instant::now();
    let burst = if rate == 0 { BURST_RECORDS } else { (rate / 100).clamp(1, BURST_RECORDS) };
    for record in nation.records().take(max.map_or(usize::MAX, |m| usize::try_from(m).unwrap_or(usize::MAX))) {
        at = record.end;
        exporter.push(&record, at, &mut |message| send(&socket, target, message, &mut sent, &mut failed));
        sent.records += 1;
        if sent.records.is_multiple_of(burst) {
            pace(begun, sent.records, rate);
            if failed.is_some() || !progress(sent.records, at) {
                break;
            }
        }
    }
    exporter.flush(at, &mut |message| send(&socket, target, message, &mut sent, &mut failed));
    progress(sent.records, at);
    failed.map_or(Ok(sent), |source| Err(fail(source)))
}

fn send(socket: &UdpSocket, target: SocketAddr, message: &[u8], sent: &mut Streamed, failed: &mut Option<io::Error>) {
    match socket.send_to(message, target) {
        Ok(_) => {
            sent.datagrams += 1;
            sent.bytes += message.len() as u64;
        }
        // An ICMP answer to an earlier datagram: nobody listens yet.
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
        Err(error) => *failed = failed.take().or(Some(error)),
    }
}

/// Waits until so many records are due.
fn pace(begun: Instant, records: u64, rate: u64) {
    if rate > 0 {
        let due = Duration::from_secs_f64(records as f64 / rate as f64);
        if let Some(early) = due.checked_sub(begun.elapsed()) {
            std::thread::sleep(early);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plan;

    #[test]
    fn a_feed_arrives_and_keeps_its_pace() {
        let collector = UdpSocket::bind("127.0.0.1:0").unwrap();
        collector.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let target = collector.local_addr().unwrap();
        let nation = Nation::new(&Plan { hosts: 60, sampling: 10, ..Plan::null() }).unwrap();
        let begun = Instant::now();
        let sent = stream_udp(&nation, target, 5_000, Some(1_000), &mut |_, _| true).unwrap();
        assert_eq!(sent.records, 1_000);
        assert!(begun.elapsed() >= Duration::from_millis(190), "{:?}", begun.elapsed());
        let (mut buffer, mut bytes, mut datagrams) = ([0u8; 65_536], 0, 0);
        while let Ok(length) = collector.recv(&mut buffer) {
            assert_eq!(&buffer[..2], [0, 10]);
            bytes += length as u64;
            datagrams += 1;
        }
        assert_eq!((datagrams, bytes), (sent.datagrams, sent.bytes));
    }

    #[test]
    fn the_reader_of_the_progress_may_stop_it() {
        let nation = Nation::new(&Plan { hosts: 60, sampling: 10, ..Plan::null() }).unwrap();
        let nobody: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let sent = stream_udp(&nation, nobody, 0, None, &mut |_, _| false).unwrap();
        assert_eq!(sent.records, BURST_RECORDS);
    }
}
