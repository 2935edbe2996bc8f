//! Packets to bidirectional flows: a bounded table, oldest out first, in an order that depends on
//! the packets alone.

use super::header::{self, Packet};
use crate::limits::{CLOSED_SECONDS, FLOW_ACTIVE_SECONDS, FLOW_IDLE_SECONDS, FLOWS_MAX};
use noroshi_flow::{FlowRecord, Outcome};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// When a flow is over.
#[derive(Debug, Clone)]
pub struct MeterLimits {
    /// Flows in the table at once.
    pub flows: usize,
    /// A longer flow is reported in parts.
    pub active: Micros,
    /// A flow silent for longer is over.
    pub idle: Micros,
}

impl Default for MeterLimits {
    fn default() -> Self {
        Self {
            flows: FLOWS_MAX,
            active: Micros(FLOW_ACTIVE_SECONDS * SECOND),
            idle: Micros(FLOW_IDLE_SECONDS * SECOND),
        }
    }
}

/// The two ends in the order of their numbers, whoever began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    low: (u128, u16),
    high: (u128, u16),
    protocol: u8,
}

#[derive(Debug, Clone)]
struct Flow {
    key: Key,
    record: FlowRecord,
    serial: u64,
    /// The first packet back was a reset, or an ICMP error came back.
    refused: bool,
    /// Ends that sent a FIN (1 initiator, 2 responder), or 3 after a reset.
    closed: u8,
}

/// A flow table.
#[derive(Debug)]
pub struct FlowMeter {
    limits: MeterLimits,
    index: HashMap<Key, usize, foldhash::fast::RandomState>,
    slots: Vec<Flow>,
    free: Vec<usize>,
    /// Earliest time a flow may be over, one entry a flow; looked at again when that time comes.
    deadlines: BinaryHeap<Reverse<(Micros, u64, usize)>>,
    serial: u64,
    now: Micros,
    /// Flows reported early because the table was full.
    evicted: u64,
}

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

impl FlowMeter {
    /// An empty table.
    pub fn new(limits: MeterLimits) -> Self {
        Self {
            limits,
            index: HashMap::default(),
            slots: Vec::new(),
            free: Vec::new(),
            deadlines: BinaryHeap::new(),
            serial: 0,
            now: Micros(i64::MIN),
            evicted: 0,
        }
    }

    /// Flows reported early because the table was full.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Adds a packet; calls `report` with each flow that is over by then.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>, at: Micros, report: &mut dyn FnMut(&FlowRecord)) {
        self.now = self.now.max(at);
        self.expire(report);
        self.note_refusal(packet);
        let key = key_of(packet);
        if let Some(&slot) = self.index.get(&key) {
            let flow = &self.slots[slot];
            let begins_anew = flow.closed == 3 && packet.protocol == 6 && packet.tcp_flags & (SYN | ACK) == SYN;
            if !begins_anew {
                return self.slots[slot].add(packet, at);
            }
            self.close(slot, report);
        }
        if self.index.len() >= self.limits.flows {
            self.evict(report);
        }
        self.open(key, packet, at);
    }

    /// Reports every flow that is left, oldest first.
    pub fn finish(&mut self, report: &mut dyn FnMut(&FlowRecord)) {
        while let Some(Reverse((_, serial, slot))) = self.deadlines.pop() {
            if self.is_live(slot, serial) {
                self.close(slot, report);
            }
        }
    }

    fn open(&mut self, key: Key, packet: &Packet<'_>, at: Micros) {
        self.serial += 1;
        let flow = Flow::new(key, packet, at, self.serial);
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot] = flow;
                slot
            }
            None => {
                self.slots.push(flow);
                self.slots.len() - 1
            }
        };
        self.index.insert(key, slot);
        self.push_deadline(slot);
    }

    fn deadline(&self, slot: usize) -> Micros {
        let flow = &self.slots[slot];
        let idle = if flow.closed == 3 { CLOSED_SECONDS * SECOND } else { self.limits.idle.0 };
        let silent = flow.record.end.0.saturating_add(idle);
        Micros(silent.min(flow.record.start.0.saturating_add(self.limits.active.0)))
    }

    fn push_deadline(&mut self, slot: usize) {
        self.deadlines.push(Reverse((self.deadline(slot), self.slots[slot].serial, slot)));
    }

    fn is_live(&self, slot: usize, serial: u64) -> bool {
        let flow = &self.slots[slot];
        flow.serial == serial && self.index.get(&flow.key) == Some(&slot)
    }

    fn expire(&mut self, report: &mut dyn FnMut(&FlowRecord)) {
        while let Some(&Reverse((deadline, serial, slot))) = self.deadlines.peek() {
            if deadline >= self.now {
                return;
            }
            self.deadlines.pop();
            if !self.is_live(slot, serial) {
                continue;
            }
            if self.deadline(slot) < self.now {
                self.close(slot, report);
            } else {
                self.push_deadline(slot);
            }
        }
    }

    /// Reports the flow that would be over first.
    fn evict(&mut self, report: &mut dyn FnMut(&FlowRecord)) {
        while let Some(Reverse((deadline, serial, slot))) = self.deadlines.pop() {
            if !self.is_live(slot, serial) {
                continue;
            }
            if self.deadline(slot) > deadline {
                self.push_deadline(slot);
                continue;
            }
            self.evicted += 1;
            return self.close(slot, report);
        }
    }

    fn close(&mut self, slot: usize, report: &mut dyn FnMut(&FlowRecord)) {
        let flow = &self.slots[slot];
        self.index.remove(&flow.key);
        self.free.push(slot);
        report(&flow.report());
    }

    /// An ICMP error quotes the packet it is about (RFC 792, RFC 4443 §2.4): that flow was refused.
    fn note_refusal(&mut self, packet: &Packet<'_>) {
        let is_unreachable = matches!((packet.protocol, packet.dport >> 8), (1, 3) | (58, 1));
        if !is_unreachable || packet.is_later_fragment {
            return;
        }
        let Some(quoted) = packet.transport.get(8..).and_then(header::from_ip) else { return };
        if let Some(&slot) = self.index.get(&key_of(&quoted)) {
            let flow = &mut self.slots[slot];
            flow.refused |= flow.record.rev_packets == 0 && flow.record.src == quoted.src;
        }
    }
}

fn key_of(packet: &Packet<'_>) -> Key {
    let (mut sport, mut dport) = (packet.sport, packet.dport);
    if matches!(packet.protocol, 1 | 58) {
        // Request and reply are one flow: echo (8 and 0), timestamp (13 and 14), and for IPv6
        // echo (128 and 129). Other types stand for themselves.
        let request = match (packet.protocol, dport >> 8) {
            (1, 0) => 8,
            (1, 14) => 13,
            (58, 129) => 128,
            (_, kind) => kind,
        };
        (sport, dport) = (request, request);
    }
    let (src, dst) = ((packet.src, sport), (packet.dst, dport));
    Key { low: src.min(dst), high: src.max(dst), protocol: packet.protocol }
}

impl Flow {
    fn new(key: Key, packet: &Packet<'_>, at: Micros, serial: u64) -> Self {
        let mut flow = Self {
            key,
            record: FlowRecord {
                start: at,
                end: at,
                src: packet.src,
                dst: packet.dst,
                sport: packet.sport,
                dport: packet.dport,
                protocol: packet.protocol,
                sampling: 1,
                ..FlowRecord::default()
            },
            serial,
            refused: false,
            closed: 0,
        };
        // A capture that begins with the answer: its receiver began.
        if packet.protocol == 6 && packet.tcp_flags & (SYN | ACK) == SYN | ACK {
            let record = &mut flow.record;
            (record.src, record.dst) = (packet.dst, packet.src);
            (record.sport, record.dport) = (packet.dport, packet.sport);
        }
        flow.add(packet, at);
        flow
    }

    fn add(&mut self, packet: &Packet<'_>, at: Micros) {
        let record = &mut self.record;
        record.start = record.start.min(at);
        record.end = record.end.max(at);
        record.tcp_flags |= packet.tcp_flags;
        let is_icmp = matches!(packet.protocol, 1 | 58);
        let forward = packet.src == record.src && (is_icmp || packet.sport == record.sport);
        if forward {
            record.packets += 1;
            record.bytes += packet.ip_bytes;
        } else {
            let first = record.rev_packets == 0;
            self.refused |= first && packet.protocol == 6 && packet.tcp_flags & (SYN | RST) == RST;
            record.rev_packets += 1;
            record.rev_bytes += packet.ip_bytes;
        }
        if packet.protocol == 6 {
            let side = if forward { 1 } else { 2 };
            self.closed |= if packet.tcp_flags & RST != 0 { 3 } else { side * u8::from(packet.tcp_flags & FIN != 0) };
        }
    }

    fn report(&self) -> FlowRecord {
        let outcome = match () {
            () if self.refused => Outcome::Rejected,
            () if self.record.rev_packets > 0 && self.record.packets > 0 => Outcome::Answered,
            () if self.record.rev_packets > 0 => Outcome::OneWay,
            // It acknowledges what the capture did not see: the answers took another way.
            () if self.record.protocol == 6 && self.record.tcp_flags & (ACK | RST) == ACK => Outcome::OneWay,
            () => Outcome::Unanswered,
        };
        FlowRecord { outcome, ..self.record }
    }
}

#[cfg(test)]
mod tests;
