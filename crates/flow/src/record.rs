//! One flow record, whatever format it came in.

use noroshi_mandate::FlowKey;
use noroshi_model::Micros;

/// What became of the connection, as far as the exporter could tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Outcome {
    /// A one-way record (NetFlow, most IPFIX, sFlow): the answer, if any, is a record of its own.
    #[default]
    OneWay = 0,
    /// Both directions were seen.
    Answered = 1,
    /// Only the initiator was seen, on a probe that sees both directions.
    Unanswered = 2,
    /// The responder refused: a reset to the first segment, or an ICMP unreachable.
    Rejected = 3,
}

impl Outcome {
    /// From the stored discriminant; anything else reads as [`Outcome::OneWay`].
    pub const fn from_u8(value: u8) -> Self {
        match value {
            1 => Self::Answered,
            2 => Self::Unanswered,
            3 => Self::Rejected,
            _ => Self::OneWay,
        }
    }
}

/// One flow record. Counters are as exported; multiply by `sampling` to estimate the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FlowRecord {
    /// First packet.
    pub start: Micros,
    /// Last packet.
    pub end: Micros,
    /// Initiator (of a biflow) or source (of a one-way record), as [`noroshi_mandate::place::to_bits`].
    pub src: u128,
    /// Responder or destination.
    pub dst: u128,
    /// Source port; 0 where the protocol has none.
    pub sport: u16,
    /// Destination port; for ICMP `type << 8 | code`.
    pub dport: u16,
    /// IP protocol number.
    pub protocol: u8,
    /// TCP flags seen, both directions together (FIN 1, SYN 2, RST 4, PSH 8, ACK 16).
    pub tcp_flags: u8,
    /// Packets from `src` to `dst`.
    pub packets: u64,
    /// Bytes from `src` to `dst`, IP headers included where the format says.
    pub bytes: u64,
    /// Packets back; 0 for one-way records.
    pub rev_packets: u64,
    /// Bytes back; 0 for one-way records.
    pub rev_bytes: u64,
    /// One in how many packets the exporter looked at; 1 where it looked at all.
    pub sampling: u32,
    /// What became of it.
    pub outcome: Outcome,
}

impl FlowRecord {
    /// What the legal filter looks at.
    pub fn key(&self) -> FlowKey {
        FlowKey {
            src: self.src,
            dst: self.dst,
            sport: self.sport,
            dport: self.dport,
            protocol: self.protocol,
            start: self.start,
        }
    }
}
