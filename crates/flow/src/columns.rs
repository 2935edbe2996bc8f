//! Flow records as columns: what a decoder writes and every later stage reads.

use crate::record::{FlowRecord, Outcome};
use noroshi_mandate::FlowKey;
use noroshi_model::{Direction, Micros};

/// Flow records, one `Vec` a field, all of one length. Units and meanings as in [`FlowRecord`].
#[derive(Debug, Default, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each column is documented as the field of the same name in FlowRecord")]
pub struct FlowColumns {
    pub start_us: Vec<i64>,
    pub end_us: Vec<i64>,
    pub src: Vec<u128>,
    pub dst: Vec<u128>,
    pub sport: Vec<u16>,
    pub dport: Vec<u16>,
    pub protocol: Vec<u8>,
    pub tcp_flags: Vec<u8>,
    pub packets: Vec<u64>,
    pub bytes: Vec<u64>,
    pub rev_packets: Vec<u64>,
    pub rev_bytes: Vec<u64>,
    pub sampling: Vec<u32>,
    pub outcome: Vec<Outcome>,
    /// Decided by the intake; empty in a decoder's scratch columns.
    pub direction: Vec<Direction>,
}

impl FlowColumns {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.start_us.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start_us.is_empty()
    }

    /// Forgets every record, keeps the memory.
    pub fn clear(&mut self) {
        self.start_us.clear();
        self.end_us.clear();
        self.src.clear();
        self.dst.clear();
        self.sport.clear();
        self.dport.clear();
        self.protocol.clear();
        self.tcp_flags.clear();
        self.packets.clear();
        self.bytes.clear();
        self.rev_packets.clear();
        self.rev_bytes.clear();
        self.sampling.clear();
        self.outcome.clear();
        self.direction.clear();
    }

    /// Appends a record without a direction: for decoders' scratch columns.
    pub fn push(&mut self, record: &FlowRecord) {
        self.start_us.push(record.start.0);
        self.end_us.push(record.end.0);
        self.src.push(record.src);
        self.dst.push(record.dst);
        self.sport.push(record.sport);
        self.dport.push(record.dport);
        self.protocol.push(record.protocol);
        self.tcp_flags.push(record.tcp_flags);
        self.packets.push(record.packets);
        self.bytes.push(record.bytes);
        self.rev_packets.push(record.rev_packets);
        self.rev_bytes.push(record.rev_bytes);
        self.sampling.push(record.sampling);
        self.outcome.push(record.outcome);
    }

    /// Appends those records of `other` that `kept` names, without their direction.
    pub(crate) fn extend_kept(&mut self, other: &Self, kept: &[u32]) {
        if kept.len() == other.len() {
            return self.extend_all(other);
        }
        gather(&mut self.start_us, &other.start_us, kept);
        gather(&mut self.end_us, &other.end_us, kept);
        gather(&mut self.src, &other.src, kept);
        gather(&mut self.dst, &other.dst, kept);
        gather(&mut self.sport, &other.sport, kept);
        gather(&mut self.dport, &other.dport, kept);
        gather(&mut self.protocol, &other.protocol, kept);
        gather(&mut self.tcp_flags, &other.tcp_flags, kept);
        gather(&mut self.packets, &other.packets, kept);
        gather(&mut self.bytes, &other.bytes, kept);
        gather(&mut self.rev_packets, &other.rev_packets, kept);
        gather(&mut self.rev_bytes, &other.rev_bytes, kept);
        gather(&mut self.sampling, &other.sampling, kept);
        gather(&mut self.outcome, &other.outcome, kept);
    }

    fn extend_all(&mut self, other: &Self) {
        self.start_us.extend_from_slice(&other.start_us);
        self.end_us.extend_from_slice(&other.end_us);
        self.src.extend_from_slice(&other.src);
        self.dst.extend_from_slice(&other.dst);
        self.sport.extend_from_slice(&other.sport);
        self.dport.extend_from_slice(&other.dport);
        self.protocol.extend_from_slice(&other.protocol);
        self.tcp_flags.extend_from_slice(&other.tcp_flags);
        self.packets.extend_from_slice(&other.packets);
        self.bytes.extend_from_slice(&other.bytes);
        self.rev_packets.extend_from_slice(&other.rev_packets);
        self.rev_bytes.extend_from_slice(&other.rev_bytes);
        self.sampling.extend_from_slice(&other.sampling);
        self.outcome.extend_from_slice(&other.outcome);
    }

    /// One record; `index` below [`FlowColumns::len`].
    #[inline]
    pub fn record(&self, index: usize) -> FlowRecord {
        FlowRecord {
            start: Micros(self.start_us[index]),
            end: Micros(self.end_us[index]),
            src: self.src[index],
            dst: self.dst[index],
            sport: self.sport[index],
            dport: self.dport[index],
            protocol: self.protocol[index],
            tcp_flags: self.tcp_flags[index],
            packets: self.packets[index],
            bytes: self.bytes[index],
            rev_packets: self.rev_packets[index],
            rev_bytes: self.rev_bytes[index],
            sampling: self.sampling[index],
            outcome: self.outcome[index],
        }
    }

    /// What the legal filter looks at in one record.
    #[inline]
    pub fn key(&self, index: usize) -> FlowKey {
        FlowKey {
            src: self.src[index],
            dst: self.dst[index],
            sport: self.sport[index],
            dport: self.dport[index],
            protocol: self.protocol[index],
            start: Micros(self.start_us[index]),
        }
    }

    /// Every record in turn.
    pub fn records(&self) -> impl Iterator<Item = FlowRecord> + '_ {
        (0..self.len()).map(|index| self.record(index))
    }
}

fn gather<T: Copy>(to: &mut Vec<T>, from: &[T], kept: &[u32]) {
    to.extend(kept.iter().map(|&index| from[index as usize]));
}
