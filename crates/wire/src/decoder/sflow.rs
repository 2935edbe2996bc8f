//! sFlow v5 (sflow.org, "sFlow Version 5"): each flow sample is a record of one packet.

use super::message::Refusal;
use super::read::{Reader, v4_bits};
use super::session::SessionKey;
use super::{ExportDecoder, Origin, Protocol};
use crate::limits::{SFLOW_RECORDS_MAX, SFLOW_SAMPLES_MAX};
use crate::packet::header;
use noroshi_flow::{Damage, FlowRecord};
use noroshi_model::Micros;

/// Sample formats of enterprise 0.
const FLOW_SAMPLE: u32 = 1;
const FLOW_SAMPLE_EXPANDED: u32 = 3;
/// Flow record formats of enterprise 0.
const RAW_HEADER: u32 = 1;
const SAMPLED_IPV4: u32 = 3;
const SAMPLED_IPV6: u32 = 4;

struct Head {
    agent: u128,
    sub_agent: u32,
    number: u32,
    samples: u32,
}

impl ExportDecoder {
    pub(super) fn sflow(
        &mut self,
        exporter: u128,
        bytes: &[u8],
        received: Micros,
        damage: &mut Damage,
        at: &Origin<'_>,
    ) -> Result<(), Refusal> {
        let mut reader = Reader::new(bytes);
        let head = read_header(&mut reader).ok_or("sFlow header is cut off or names no agent address")?;
        self.stats.messages.sflow += 1;
        // The agent stands behind the sender, which may relay for several.
        let domain = u64::from(head.sub_agent) | u64::from(head.agent as u32) << 32;
        let slot = self.open(SessionKey { exporter, domain, protocol: Protocol::Sflow }, received)?;
        self.account(slot, head.number, Some(1), Protocol::Sflow);
        for index in 0..head.samples.min(SFLOW_SAMPLES_MAX) {
            let cut = || format!("sFlow promises {} samples, but ends in number {}", head.samples, index + 1);
            let (format, body) = read_block(&mut reader).ok_or_else(cut)?;
            if format != FLOW_SAMPLE && format != FLOW_SAMPLE_EXPANDED {
                self.stats.samples_skipped += 1;
                continue;
            }
            match read_sample(body, format == FLOW_SAMPLE_EXPANDED, received) {
                Some(Some(record)) => {
                    self.scratch.push(&record);
                    self.stats.records.sflow += 1;
                }
                Some(None) => self.stats.samples_not_ip += 1,
                None => damage.record("sflow sample", || at.note("flow sample is cut off")),
            }
        }
        Ok(())
    }
}

fn read_header(reader: &mut Reader<'_>) -> Option<Head> {
    reader.take(4)?;
    let agent = match reader.u32()? {
        1 => v4_bits(reader.u32()?),
        2 => reader.u128()?,
        _ => return None,
    };
    let (sub_agent, number, _uptime) = (reader.u32()?, reader.u32()?, reader.u32()?);
    Some(Head { agent, sub_agent, number, samples: reader.u32()? })
}

/// A format, a length and so many bytes.
fn read_block<'a>(reader: &mut Reader<'a>) -> Option<(u32, &'a [u8])> {
    let format = reader.u32()?;
    let length = reader.u32()?;
    Some((format, reader.take(usize::try_from(length).ok()?)?))
}

/// `None` when the sample is cut off; `Some(None)` when it shows no IP packet.
fn read_sample(bytes: &[u8], expanded: bool, received: Micros) -> Option<Option<FlowRecord>> {
    let mut reader = Reader::new(bytes);
    // Sequence number and source.
    reader.take(if expanded { 12 } else { 8 })?;
    let rate = reader.u32()?;
    // Pool, drops, input and output interface.
    reader.take(if expanded { 24 } else { 16 })?;
    let records = reader.u32()?;
    let mut found = None;
    for _ in 0..records.min(SFLOW_RECORDS_MAX) {
        let (format, body) = read_block(&mut reader)?;
        let record = match format {
            RAW_HEADER => read_raw(body),
            // The decoded forms only where no raw header is.
            SAMPLED_IPV4 if found.is_none() => read_ip(body, false),
            SAMPLED_IPV6 if found.is_none() => read_ip(body, true),
            _ => None,
        };
        found = record.or(found);
    }
    Some(found.map(|record| FlowRecord { start: received, end: received, packets: 1, sampling: rate.max(1), ..record }))
}

fn read_raw(bytes: &[u8]) -> Option<FlowRecord> {
    let mut reader = Reader::new(bytes);
    let protocol = reader.u32()?;
    let (_frame_length, _stripped, length) = (reader.u32()?, reader.u32()?, reader.u32()?);
    let rest = reader.rest();
    let packet = &rest[..rest.len().min(usize::try_from(length).ok()?)];
    let packet = match protocol {
        1 => header::from_ethernet(packet),
        11 | 12 => header::from_ip(packet),
        13 => header::from_mpls(packet, true),
        _ => None,
    }?;
    Some(FlowRecord {
        src: packet.src,
        dst: packet.dst,
        sport: packet.sport,
        dport: packet.dport,
        protocol: packet.protocol,
        tcp_flags: packet.tcp_flags,
        bytes: packet.ip_bytes,
        ..FlowRecord::default()
    })
}

/// `sampled_ipv4` and `sampled_ipv6`: length, protocol, addresses, ports, TCP flags.
fn read_ip(bytes: &[u8], v6: bool) -> Option<FlowRecord> {
    let mut reader = Reader::new(bytes);
    let (length, protocol) = (reader.u32()?, reader.u32()?);
    let mut address = || if v6 { reader.u128() } else { reader.u32().map(v4_bits) };
    let (src, dst) = (address()?, address()?);
    let (sport, dport, flags) = (reader.u32()?, reader.u32()?, reader.u32()?);
    Some(FlowRecord {
        src,
        dst,
        sport: sport as u16,
        dport: dport as u16,
        protocol: protocol as u8,
        tcp_flags: flags as u8,
        bytes: length.into(),
        ..FlowRecord::default()
    })
}
