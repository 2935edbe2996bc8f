//! Zeek `conn` and `dns` logs, tab-separated or JSON.
//!
//! The originator is the source. Bytes are the IP bytes where the log has them
//! (`orig_ip_bytes`), the payload bytes otherwise.

mod json;
mod state;
mod tsv;

#[cfg(test)]
mod tests;

pub use json::ZeekJsonReader;
pub use tsv::ZeekTsvReader;

use noroshi_flow::FlowRecord;
use noroshi_model::Micros;
use state::ConnState;

/// What a `conn` line says, before it becomes a record; the same for TSV and JSON.
#[derive(Debug, Clone, Copy, Default)]
struct Conn {
    start: Micros,
    duration_us: i64,
    orig: u128,
    resp: u128,
    orig_port: u16,
    resp_port: u16,
    protocol: u8,
    /// Packets, IP bytes, payload bytes of each side.
    orig_counts: [Option<u64>; 3],
    resp_counts: [Option<u64>; 3],
    state: ConnState,
    tcp_flags: u8,
}

impl Conn {
    fn record(&self) -> FlowRecord {
        let bytes = |[_, ip, payload]: [Option<u64>; 3]| ip.or(payload).unwrap_or(0);
        let icmp = matches!(self.protocol, 1 | 58);
        let (packets, rev_packets) = (self.orig_counts[0].unwrap_or(0), self.resp_counts[0].unwrap_or(0));
        let (bytes, rev_bytes) = (bytes(self.orig_counts), bytes(self.resp_counts));
        FlowRecord {
            start: self.start,
            end: Micros(self.start.0.saturating_add(self.duration_us)),
            src: self.orig,
            dst: self.resp,
            sport: if icmp { 0 } else { self.orig_port },
            // Zeek writes ICMP type and code as the two ports.
            dport: if icmp { self.orig_port << 8 | self.resp_port & 0xff } else { self.resp_port },
            protocol: self.protocol,
            tcp_flags: if self.protocol == 6 { self.tcp_flags } else { 0 },
            packets,
            bytes,
            rev_packets,
            rev_bytes,
            sampling: 1,
            outcome: self.state.outcome(self.protocol, packets > 0 || bytes > 0, rev_packets > 0 || rev_bytes > 0),
        }
    }
}

/// `proto` of a `conn` line; `None` for what Zeek could not tell.
fn protocol(name: &[u8], orig: u128) -> Option<u8> {
    const V4_MAPPED: u128 = 0xffff;
    match name {
        b"tcp" => Some(6),
        b"udp" => Some(17),
        // Zeek calls both versions `icmp`; the addresses tell.
        b"icmp" => Some(if orig >> 32 == V4_MAPPED { 1 } else { 58 }),
        _ => None,
    }
}
