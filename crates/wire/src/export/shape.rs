//! Which elements a template has, and how a record fills them.

use super::{ExporterConfig, put_u16};
use crate::element as e;
use noroshi_flow::{FlowRecord, Outcome};
use noroshi_model::Micros;

/// Address family of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// One template: its fields in order.
#[derive(Debug)]
pub(super) struct Shape {
    template_id: u16,
    fields: Vec<Field>,
    record_bytes: usize,
}

#[derive(Debug, Clone, Copy)]
struct Field {
    id: u16,
    bytes: u16,
    reverse: bool,
}

const fn field(id: u16, bytes: u16) -> Field {
    Field { id, bytes, reverse: false }
}

const fn reverse(id: u16, bytes: u16) -> Field {
    Field { id, bytes, reverse: true }
}

impl Shape {
    pub(super) fn new(family: Family, biflow: bool, config: &ExporterConfig) -> Self {
        let mut fields = match family {
            Family::V4 => vec![field(e::SOURCE_IPV4_ADDRESS, 4), field(e::DESTINATION_IPV4_ADDRESS, 4)],
            Family::V6 => vec![field(e::SOURCE_IPV6_ADDRESS, 16), field(e::DESTINATION_IPV6_ADDRESS, 16)],
        };
        fields.extend(common(config.microseconds));
        if config.wide {
            fields.extend(backbone(family));
        }
        if biflow {
            fields.extend([
                reverse(e::PACKET_DELTA_COUNT, 8),
                reverse(e::OCTET_DELTA_COUNT, 8),
                reverse(e::TCP_CONTROL_BITS, 1),
                field(e::BIFLOW_DIRECTION, 1),
            ]);
        }
        let template_id = 256 + u16::from(family == Family::V6) + 2 * u16::from(biflow);
        let record_bytes = fields.iter().map(|field| usize::from(field.bytes)).sum();
        Self { template_id, fields, record_bytes }
    }

    pub(super) fn template_id(&self) -> u16 {
        self.template_id
    }

    pub(super) fn record_bytes(&self) -> usize {
        self.record_bytes
    }

    /// Writes the template record (RFC 7011 §3.4.1).
    pub(super) fn write_template(&self, out: &mut Vec<u8>) {
        put_u16(out, self.template_id);
        put_u16(out, self.fields.len() as u16);
        for field in &self.fields {
            put_u16(out, if field.reverse { field.id | 0x8000 } else { field.id });
            put_u16(out, field.bytes);
            if field.reverse {
                out.extend_from_slice(&e::REVERSE_PEN.to_be_bytes());
            }
        }
    }

    /// Writes one data record.
    pub(super) fn write_record(&self, record: &FlowRecord, out: &mut Vec<u8>) {
        for field in &self.fields {
            let value = if field.reverse { reverse_value(field.id, record) } else { value(field.id, record) };
            let bytes = value.to_be_bytes();
            out.extend_from_slice(&bytes[bytes.len() - usize::from(field.bytes)..]);
        }
    }
}

fn common(microseconds: bool) -> [Field; 8] {
    let (start, end) = if microseconds {
        (e::FLOW_START_MICROSECONDS, e::FLOW_END_MICROSECONDS)
    } else {
        (e::FLOW_START_MILLISECONDS, e::FLOW_END_MILLISECONDS)
    };
    [
        field(e::SOURCE_TRANSPORT_PORT, 2),
        field(e::DESTINATION_TRANSPORT_PORT, 2),
        field(e::PROTOCOL_IDENTIFIER, 1),
        field(e::TCP_CONTROL_BITS, 2),
        field(e::PACKET_DELTA_COUNT, 8),
        field(e::OCTET_DELTA_COUNT, 8),
        field(start, 8),
        field(end, 8),
    ]
}

/// What a backbone router adds. We know none of it, so it goes out as zeros.
fn backbone(family: Family) -> [Field; 11] {
    let (next_hop, source_mask, destination_mask) = match family {
        Family::V4 => {
            (field(e::IP_NEXT_HOP_IPV4_ADDRESS, 4), e::SOURCE_IPV4_PREFIX_LENGTH, e::DESTINATION_IPV4_PREFIX_LENGTH)
        }
        Family::V6 => {
            (field(e::IP_NEXT_HOP_IPV6_ADDRESS, 16), e::SOURCE_IPV6_PREFIX_LENGTH, e::DESTINATION_IPV6_PREFIX_LENGTH)
        }
    };
    [
        field(e::INGRESS_INTERFACE, 4),
        field(e::EGRESS_INTERFACE, 4),
        field(e::IP_CLASS_OF_SERVICE, 1),
        field(source_mask, 1),
        field(destination_mask, 1),
        field(e::BGP_SOURCE_AS_NUMBER, 4),
        field(e::BGP_DESTINATION_AS_NUMBER, 4),
        next_hop,
        field(e::FLOW_END_REASON, 1),
        field(e::VLAN_ID, 2),
        field(e::FLOW_DIRECTION, 1),
    ]
}

fn value(id: u16, record: &FlowRecord) -> u128 {
    match id {
        e::SOURCE_IPV4_ADDRESS | e::SOURCE_IPV6_ADDRESS => record.src,
        e::DESTINATION_IPV4_ADDRESS | e::DESTINATION_IPV6_ADDRESS => record.dst,
        e::SOURCE_TRANSPORT_PORT => record.sport.into(),
        e::DESTINATION_TRANSPORT_PORT => record.dport.into(),
        e::PROTOCOL_IDENTIFIER => record.protocol.into(),
        e::TCP_CONTROL_BITS => record.tcp_flags.into(),
        e::PACKET_DELTA_COUNT => record.packets.into(),
        e::OCTET_DELTA_COUNT => record.bytes.into(),
        e::FLOW_START_MILLISECONDS => millis(record.start),
        e::FLOW_END_MILLISECONDS => millis(record.end),
        e::FLOW_START_MICROSECONDS => ntp_micros(record.start).into(),
        e::FLOW_END_MICROSECONDS => ntp_micros(record.end).into(),
        e::BIFLOW_DIRECTION => 1,
        _ => 0,
    }
}

fn reverse_value(id: u16, record: &FlowRecord) -> u128 {
    match id {
        e::PACKET_DELTA_COUNT => record.rev_packets.into(),
        e::OCTET_DELTA_COUNT => record.rev_bytes.into(),
        // A reset without a SYN is how a biflow says "refused"; an answer shows SYN and ACK.
        e::TCP_CONTROL_BITS if record.outcome == Outcome::Rejected => 0x14,
        e::TCP_CONTROL_BITS if record.outcome == Outcome::Answered => u128::from(record.tcp_flags & 0x12),
        _ => 0,
    }
}

fn millis(at: Micros) -> u128 {
    at.0.max(0).div_euclid(1_000).unsigned_abs().into()
}

/// `dateTimeMicroseconds` (RFC 7011 §6.1.9): NTP seconds and fraction, the last 11 bits zero.
fn ntp_micros(at: Micros) -> u64 {
    let micros = at.0.max(0).unsigned_abs();
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let fraction = (rest << 32).div_ceil(1_000_000).next_multiple_of(1 << 11).min(0xffff_f800);
    (seconds + e::NTP_EPOCH_SECONDS) << 32 | fraction
}

/// Whether [`noroshi_mandate::place::to_bits`] was given an IPv4 address.
pub(super) fn is_v4(bits: u128) -> bool {
    bits >> 32 == 0xffff
}

/// Options template and record with the sampling rate (RFC 5476 §6.5.2): one in `rate` packets,
/// by random choice.
pub(super) fn write_sampling(rate: u32, out: &mut Vec<u8>) {
    const ID: u16 = 260;
    let fields = [
        field(e::SELECTOR_ID, 8),
        field(e::SELECTOR_ALGORITHM, 2),
        field(e::SAMPLING_SIZE, 4),
        field(e::SAMPLING_POPULATION, 4),
    ];
    put_u16(out, 3);
    put_u16(out, 4 + 6 + 4 * fields.len() as u16);
    put_u16(out, ID);
    put_u16(out, fields.len() as u16);
    put_u16(out, 1);
    for field in fields {
        put_u16(out, field.id);
        put_u16(out, field.bytes);
    }
    put_u16(out, ID);
    put_u16(out, 4 + 18);
    out.extend_from_slice(&1u64.to_be_bytes());
    // 3: uniform random n-out-of-N.
    put_u16(out, 3);
    out.extend_from_slice(&1u32.to_be_bytes());
    out.extend_from_slice(&rate.to_be_bytes());
}
