//! Records that carry the start of a sampled packet (PSAMP, RFC 5477 §8.5) instead of addresses.

use super::columns::Context;
use super::plan::Section;
use super::read::unsigned;
use super::template;
use crate::element as e;
use crate::limits::RECORDS_PER_SET_MAX;
use crate::packet::header;
use noroshi_flow::{FlowColumns, FlowRecord};
use noroshi_model::Micros;

/// Decodes every record of a set; how many there were. Those without a readable IP packet are
/// counted and leave nothing.
pub(super) fn decode(section: &Section, body: &[u8], context: &Context<'_>, out: &mut FlowColumns) -> usize {
    let mut rest = body;
    let mut count = 0;
    let least = template::record_bytes_min(&section.fields);
    while !rest.is_empty() && rest.len() >= least && count < RECORDS_PER_SET_MAX {
        let mut sample = Sample::default();
        let each = |index: usize, value| sample.field(index, section, value);
        let Some(used) = template::walk(&section.fields, rest, each).filter(|&used| used > 0) else { break };
        count += 1;
        rest = &rest[used..];
        if let Some(record) = sample.record(section, context) {
            out.push(&record);
        }
    }
    count
}

#[derive(Default)]
struct Sample<'a> {
    bytes: &'a [u8],
    observed: Option<Micros>,
    packets: Option<u64>,
    octets: Option<u64>,
    selector: Option<u64>,
    interface: Option<u64>,
    inline_rate: Option<u64>,
}

impl<'a> Sample<'a> {
    fn field(&mut self, index: usize, section: &Section, value: &'a [u8]) {
        if index == section.field {
            self.bytes = value;
            return;
        }
        let number = unsigned(value);
        match section.fields[index].iana() {
            Some(e::PACKET_DELTA_COUNT) => self.packets = number,
            Some(e::OCTET_DELTA_COUNT) => self.octets = number,
            Some(e::SAMPLER_ID | e::SELECTOR_ID) => self.selector = number,
            Some(e::INGRESS_INTERFACE) => self.interface = number,
            Some(e::SAMPLING_INTERVAL) => self.inline_rate = number.filter(|&rate| rate > 0),
            Some(e::OBSERVATION_TIME_MILLISECONDS | e::FLOW_START_MILLISECONDS) => {
                self.observed = number.map(|millis| Micros::from_millis(i64::try_from(millis).unwrap_or(0)));
            }
            _ => {}
        }
    }

    fn record(&self, section: &Section, context: &Context<'_>) -> Option<FlowRecord> {
        let packet = if section.ethernet { header::from_ethernet(self.bytes) } else { header::from_ip(self.bytes) }?;
        let rates = context.rates;
        let sampling = match (self.inline_rate, self.selector, self.interface) {
            (Some(rate), _, _) => u32::try_from(rate).unwrap_or(u32::MAX),
            (None, Some(id), _) if rates.by_selector() => rates.of_selector(id),
            (None, _, Some(id)) if rates.by_interface() => rates.of_interface(id),
            _ => rates.domain(),
        };
        let at = self.observed.unwrap_or(context.header.export);
        Some(FlowRecord {
            start: at,
            end: at,
            src: packet.src,
            dst: packet.dst,
            sport: packet.sport,
            dport: packet.dport,
            protocol: packet.protocol,
            tcp_flags: packet.tcp_flags,
            packets: self.packets.unwrap_or(1),
            bytes: self.octets.unwrap_or(packet.ip_bytes),
            sampling,
            ..FlowRecord::default()
        })
    }
}
