//! One conversation between two hosts, before any exporter has looked at it.

use noroshi_model::Micros;
use noroshi_model::time::SECOND;

pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const ICMP: u8 = 1;
pub(crate) const ESP: u8 = 50;

/// Bytes of IP and TCP headers of a segment with timestamps.
const TCP_HEADER: u64 = 52;
/// Payload of a full segment.
const SEGMENT: u64 = 1_400;

/// How a conversation begins and ends, as far as flags and answers show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Opened and closed within.
    Whole,
    /// A piece out of a longer connection: neither SYN nor FIN.
    Middle,
    /// Nobody answered.
    Silent,
    /// The far side refused.
    Refused,
}

/// Packets and bytes each way, headers included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Volume {
    pub(crate) up_packets: u64,
    pub(crate) up_bytes: u64,
    pub(crate) down_packets: u64,
    pub(crate) down_bytes: u64,
}

impl Volume {
    /// A whole TCP connection that carries so many bytes of payload: handshake, data, an
    /// acknowledgement for every second segment (RFC 1122 §4.2.3.2), close.
    pub(crate) fn tcp(up: u64, down: u64) -> Self {
        let (up_data, down_data) = (up.div_ceil(SEGMENT), down.div_ceil(SEGMENT));
        let up_packets = 3 + up_data.max(down_data / 2);
        let down_packets = 2 + down_data.max(up_data / 2);
        Self {
            up_packets,
            up_bytes: up + up_packets * TCP_HEADER,
            down_packets,
            down_bytes: down + down_packets * TCP_HEADER,
        }
    }

    /// A TLS connection: as TCP, with about the bytes of a full TLS 1.3 handshake with a
    /// certificate chain of two.
    pub(crate) fn tls(up: u64, down: u64) -> Self {
        Self::tcp(up + 640, down + 3_900)
    }

    /// A TLS connection resumed by ticket: no certificate.
    pub(crate) fn resumed(up: u64, down: u64) -> Self {
        Self::tcp(up + 720, down + 280)
    }

    /// A piece of an open TCP connection: one request, one answer, acknowledgements.
    pub(crate) fn piece(up: u64, down: u64) -> Self {
        let (up_data, down_data) = (up.div_ceil(SEGMENT), down.div_ceil(SEGMENT));
        let (up_packets, down_packets) = (up_data + down_data.div_ceil(2), down_data + up_data.div_ceil(2));
        Self {
            up_packets,
            up_bytes: up + up_packets * TCP_HEADER,
            down_packets,
            down_bytes: down + down_packets * TCP_HEADER,
        }
    }

    /// Datagrams of one size each way, headers of 28 bytes included in the sizes.
    pub(crate) fn datagrams(up_packets: u64, up_size: u64, down_packets: u64, down_size: u64) -> Self {
        Self { up_packets, up_bytes: up_packets * up_size, down_packets, down_bytes: down_packets * down_size }
    }

    /// SYNs that nobody answers.
    pub(crate) fn syns(count: u64) -> Self {
        Self { up_packets: count, up_bytes: count * 60, down_packets: 0, down_bytes: 0 }
    }

    /// A SYN and the reset to it.
    pub(crate) fn reset() -> Self {
        Self { up_packets: 1, up_bytes: 60, down_packets: 1, down_bytes: 40 }
    }
}

/// One conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    pub(crate) start: Micros,
    pub(crate) duration_us: i64,
    pub(crate) client: u128,
    pub(crate) server: u128,
    pub(crate) cport: u16,
    pub(crate) sport: u16,
    pub(crate) protocol: u8,
    pub(crate) course: Course,
    pub(crate) volume: Volume,
}

impl Talk {
    /// How long `bytes` take on a path: round trips of the opening, then the rate.
    pub(crate) fn duration(rtt_us: i64, bytes: u64, rate_bytes_s: f64) -> i64 {
        3 * rtt_us + (bytes as f64 / rate_bytes_s * SECOND as f64) as i64
    }
}
