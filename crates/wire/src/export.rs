//! The sending side of IPFIX (RFC 7011): what the simulator, tests and benchmarks send with.
//!
//! ```
//! use noroshi_flow::FlowRecord;
//! use noroshi_model::Micros;
//! use noroshi_wire::{ExporterConfig, IpfixExporter};
//!
//! let config = ExporterConfig { domain: 7, sampling: 1_000, ..ExporterConfig::default() };
//! let mut exporter = IpfixExporter::new(config);
//! let mut sent = Vec::new();
//! // For UDP, send each message as one datagram; for a file (RFC 5655), append it.
//! let mut send = |message: &[u8]| sent.push(message.to_vec());
//! let now = Micros(1_771_286_400_000_000);
//! exporter.push(&FlowRecord { start: now, end: now, ..FlowRecord::default() }, now, &mut send);
//! exporter.flush(now, &mut send);
//! // Templates with the sampling rate, then the one record.
//! assert_eq!(sent.len(), 2);
//! ```
//!
//! Templates and the sampling rate lead, and are repeated every
//! [`ExporterConfig::templates_every`] messages, as RFC 7011 §8.4 asks of UDP.

mod shape;

use crate::limits::{EXPORT_MESSAGE_BYTES, EXPORT_MESSAGE_BYTES_MAX, EXPORT_MESSAGE_BYTES_MIN};
use noroshi_flow::{FlowRecord, Outcome};
use noroshi_model::Micros;
use shape::{Family, Shape};

/// How an exporter describes what it saw.
#[derive(Debug, Clone)]
pub struct ExporterConfig {
    /// Observation domain.
    pub domain: u32,
    /// One packet in how many is looked at; announced by an options template. 1 announces nothing.
    pub sampling: u32,
    /// Whether a record carries both directions (RFC 5103). Otherwise a record with an answer is
    /// sent as two one-way records, as a router would.
    pub biflow: bool,
    /// Whether records carry what a backbone router adds (interfaces, AS numbers, next hop, …):
    /// 21 fields in 74 bytes for one-way IPv4. Those fields are sent as zeros.
    pub wide: bool,
    /// Microsecond instead of millisecond times.
    pub microseconds: bool,
    /// Templates are repeated after so many data messages; 0 sends them once.
    pub templates_every: u32,
    /// Bytes in one message at most.
    pub message_bytes_max: usize,
}

impl Default for ExporterConfig {
    fn default() -> Self {
        Self {
            domain: 1,
            sampling: 1,
            biflow: false,
            wide: false,
            microseconds: false,
            templates_every: 1_000,
            message_bytes_max: EXPORT_MESSAGE_BYTES,
        }
    }
}

/// Bytes of an IPFIX message header (RFC 7011 §3.1).
const MESSAGE_HEADER: usize = 16;
/// Bytes of a set header (RFC 7011 §3.3.2).
const SET_HEADER: usize = 4;

/// Sends flow records as IPFIX messages.
#[derive(Debug)]
pub struct IpfixExporter {
    config: ExporterConfig,
    lanes: [Lane; 4],
    message: Vec<u8>,
    sequence: u32,
    until_templates: u32,
    started: bool,
}

/// Records of one template waiting for their message.
#[derive(Debug)]
struct Lane {
    shape: Shape,
    records: u32,
    bytes: Vec<u8>,
}

impl IpfixExporter {
    /// An exporter that has sent nothing yet.
    pub fn new(mut config: ExporterConfig) -> Self {
        config.message_bytes_max = config.message_bytes_max.clamp(EXPORT_MESSAGE_BYTES_MIN, EXPORT_MESSAGE_BYTES_MAX);
        let lane = |family, biflow| Lane { shape: Shape::new(family, biflow, &config), records: 0, bytes: Vec::new() };
        let lanes = [lane(Family::V4, false), lane(Family::V6, false), lane(Family::V4, true), lane(Family::V6, true)];
        Self { config, lanes, message: Vec::new(), sequence: 0, until_templates: 0, started: false }
    }

    /// Adds a record; calls `send` with each message that became full.
    ///
    /// [`Outcome::Rejected`] survives for TCP only, as a reset in the reverse flags; IPFIX has no
    /// element for other refusals.
    pub fn push(&mut self, record: &FlowRecord, export_time: Micros, send: &mut dyn FnMut(&[u8])) {
        if self.config.biflow && record.outcome != Outcome::OneWay {
            return self.push_to(2, record, export_time, send);
        }
        self.push_to(0, record, export_time, send);
        if record.rev_packets > 0 {
            let back = FlowRecord {
                src: record.dst,
                dst: record.src,
                sport: record.dport,
                dport: record.sport,
                packets: record.rev_packets,
                bytes: record.rev_bytes,
                ..*record
            };
            self.push_to(0, &back, export_time, send);
        }
    }

    /// Sends what waits.
    pub fn flush(&mut self, export_time: Micros, send: &mut dyn FnMut(&[u8])) {
        for lane in 0..self.lanes.len() {
            self.send_lane(lane, export_time, send);
        }
    }

    /// Data records sent so far, options records included: the next message's sequence number.
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    fn push_to(&mut self, first_lane: usize, record: &FlowRecord, export_time: Micros, send: &mut dyn FnMut(&[u8])) {
        let index = first_lane + usize::from(!shape::is_v4(record.src) || !shape::is_v4(record.dst));
        let room = self.config.message_bytes_max - MESSAGE_HEADER - SET_HEADER;
        let lane = &self.lanes[index];
        if lane.bytes.len() + lane.shape.record_bytes() > room {
            self.send_lane(index, export_time, send);
        }
        let lane = &mut self.lanes[index];
        lane.shape.write_record(record, &mut lane.bytes);
        lane.records += 1;
    }

    fn send_lane(&mut self, index: usize, export_time: Micros, send: &mut dyn FnMut(&[u8])) {
        if self.lanes[index].records == 0 {
            return;
        }
        let repeat = self.config.templates_every > 0 && self.until_templates == 0;
        if !self.started || repeat {
            self.send_templates(export_time, send);
        }
        self.until_templates = self.until_templates.saturating_sub(1);
        self.begin_message(export_time);
        let lane = &mut self.lanes[index];
        put_u16(&mut self.message, lane.shape.template_id());
        put_u16(&mut self.message, (SET_HEADER + lane.bytes.len()) as u16);
        self.message.append(&mut lane.bytes);
        let records = std::mem::take(&mut lane.records);
        self.end_message(records, send);
    }

    fn send_templates(&mut self, export_time: Micros, send: &mut dyn FnMut(&[u8])) {
        self.started = true;
        self.until_templates = self.config.templates_every;
        self.begin_message(export_time);
        let set_at = self.message.len();
        put_u16(&mut self.message, 2);
        put_u16(&mut self.message, 0);
        let used = if self.config.biflow { 4 } else { 2 };
        for lane in &self.lanes[..used] {
            lane.shape.write_template(&mut self.message);
        }
        let length = (self.message.len() - set_at) as u16;
        self.message[set_at + 2..set_at + 4].copy_from_slice(&length.to_be_bytes());
        let mut records = 0;
        if self.config.sampling > 1 {
            shape::write_sampling(self.config.sampling, &mut self.message);
            records = 1;
        }
        self.end_message(records, send);
    }

    fn begin_message(&mut self, export_time: Micros) {
        self.message.clear();
        put_u16(&mut self.message, 10);
        put_u16(&mut self.message, 0);
        self.message.extend_from_slice(&(export_time.0.div_euclid(1_000_000) as u32).to_be_bytes());
        self.message.extend_from_slice(&self.sequence.to_be_bytes());
        self.message.extend_from_slice(&self.config.domain.to_be_bytes());
    }

    fn end_message(&mut self, records: u32, send: &mut dyn FnMut(&[u8])) {
        let length = self.message.len() as u16;
        self.message[2..4].copy_from_slice(&length.to_be_bytes());
        self.sequence = self.sequence.wrapping_add(records);
        send(&self.message);
    }
}

fn put_u16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> FlowRecord {
        let at = Micros(1_771_286_400_000_000);
        FlowRecord {
            start: at,
            end: at,
            src: 0xffff_c000_0201,
            dst: 0xffff_cb00_7105,
            packets: 1,
            ..FlowRecord::default()
        }
    }

    fn lengths(config: ExporterConfig, records: usize) -> Vec<usize> {
        let mut exporter = IpfixExporter::new(config);
        let mut sent = Vec::new();
        let mut send = |message: &[u8]| {
            assert_eq!(u16::from_be_bytes([message[2], message[3]]) as usize, message.len());
            sent.push(message.len());
        };
        (0..records).for_each(|_| exporter.push(&record(), Micros(0), &mut send));
        exporter.flush(Micros(0), &mut send);
        sent
    }

    #[test]
    fn a_wide_message_is_18_records_of_74_bytes() {
        let sent = lengths(ExporterConfig { wide: true, ..ExporterConfig::default() }, 36);
        assert_eq!(sent[1..], [16 + 4 + 18 * 74, 16 + 4 + 18 * 74]);
    }

    #[test]
    fn no_message_passes_its_limit() {
        for biflow in [false, true] {
            let config = ExporterConfig { message_bytes_max: 0, biflow, sampling: 2, wide: true, ..Default::default() };
            assert!(lengths(config, 100).iter().all(|&bytes| bytes <= EXPORT_MESSAGE_BYTES_MIN));
        }
    }

    #[test]
    fn templates_are_repeated() {
        let config = ExporterConfig { templates_every: 2, wide: true, ..Default::default() };
        let data = 16 + 4 + 18 * 74;
        let sent = lengths(config, 18 * 4);
        assert_eq!(sent.iter().filter(|&&bytes| bytes == data).count(), 4);
        assert_eq!(sent.len(), 6);
    }
}
