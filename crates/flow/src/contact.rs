//! A contact: one flow record seen from its client, whichever way it was exported.

use crate::columns::FlowColumns;
use crate::record::Outcome;
use foldhash::fast::FixedState;
use noroshi_model::Direction;
use std::hash::BuildHasher;

/// One flow, turned so that the client calls and the server is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// Who called.
    pub client: u128,
    /// Who was called.
    pub server: u128,
    /// The client's port.
    pub client_port: u16,
    /// The server's port.
    pub server_port: u16,
    /// IP protocol number.
    pub protocol: u8,
    /// First packet, microseconds UTC.
    pub start_us: i64,
    /// Last packet.
    pub end_us: i64,
    /// Packets from the client, as exported.
    pub packets_out: u64,
    /// Bytes from the client.
    pub bytes_out: u64,
    /// Packets to the client.
    pub packets_in: u64,
    /// Bytes to the client.
    pub bytes_in: u64,
    /// TCP flags seen.
    pub tcp_flags: u8,
    /// One in how many packets was looked at.
    pub sampling: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// Seen from the client's end: out of the country, into it, or through it.
    pub direction: Direction,
}

/// Ends remembered to tell servers from clients in one-way records: 2^16 counters, 64 KiB.
const END_BITS: u32 = 16;

/// Turns records into contacts.
///
/// A biflow names its initiator. A one-way record does not: half of them run from server to
/// client. The server is the end whose port recurs: a count of how often each (address, port)
/// was seen decides, and while that is undecided, the smaller port.
#[derive(Debug)]
pub struct Turner {
    seen: Vec<u8>,
    state: FixedState,
}

impl Default for Turner {
    fn default() -> Self {
        Self { seen: vec![0; 1 << END_BITS], state: FixedState::with_seed(0x7475_726e) }
    }
}

impl Turner {
    /// Turns one admitted record. `direction` is of the record as exported.
    #[inline]
    pub fn turn(&mut self, batch: &FlowColumns, index: usize) -> Contact {
        let record = batch.record(index);
        let direction = batch.direction.get(index).copied().unwrap_or(Direction::Domestic);
        let mut contact = Contact {
            client: record.src,
            server: record.dst,
            client_port: record.sport,
            server_port: record.dport,
            protocol: record.protocol,
            start_us: record.start.0,
            end_us: record.end.0.max(record.start.0),
            packets_out: record.packets,
            bytes_out: record.bytes,
            packets_in: record.rev_packets,
            bytes_in: record.rev_bytes,
            tcp_flags: record.tcp_flags,
            sampling: record.sampling.max(1),
            outcome: record.outcome,
            direction,
        };
        if record.outcome == Outcome::OneWay && has_ports(record.protocol) && self.runs_back(&contact) {
            std::mem::swap(&mut contact.client, &mut contact.server);
            std::mem::swap(&mut contact.client_port, &mut contact.server_port);
            std::mem::swap(&mut contact.packets_out, &mut contact.packets_in);
            std::mem::swap(&mut contact.bytes_out, &mut contact.bytes_in);
            contact.direction = match direction {
                Direction::ForeignIn => Direction::OutForeign,
                Direction::OutForeign => Direction::ForeignIn,
                same => same,
            };
        }
        contact
    }

    /// Whether a one-way record runs from server to client.
    fn runs_back(&mut self, contact: &Contact) -> bool {
        let src = self.bump(contact.client, contact.client_port, contact.protocol);
        let dst = self.bump(contact.server, contact.server_port, contact.protocol);
        // A port seen twice as often as its partner, and often enough not to be chance, is the service.
        match (src > 8 && src / 2 > dst, dst > 8 && dst / 2 > src) {
            (true, false) => true,
            (false, true) => false,
            _ => contact.client_port < contact.server_port,
        }
    }

    fn bump(&mut self, address: u128, port: u16, protocol: u8) -> u8 {
        let hash = self.state.hash_one((address, port, protocol));
        let count = &mut self.seen[(hash >> (64 - END_BITS)) as usize];
        *count = count.saturating_add(1);
        *count
    }
}

const fn has_ports(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 132 | 136)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FlowRecord;

    fn batch(record: &FlowRecord, direction: Direction) -> FlowColumns {
        let mut columns = FlowColumns::default();
        columns.push(record);
        columns.direction.push(direction);
        columns
    }

    fn one_way(src: u128, sport: u16, dst: u128, dport: u16) -> FlowRecord {
        FlowRecord { src, dst, sport, dport, protocol: 6, packets: 3, bytes: 300, ..FlowRecord::default() }
    }

    #[test]
    fn the_answer_of_a_one_way_exporter_is_turned_round() {
        let mut turner = Turner::default();
        let reply = turner.turn(&batch(&one_way(9, 443, 1, 50_000), Direction::ForeignIn), 0);
        assert_eq!((reply.client, reply.server, reply.server_port), (1, 9, 443));
        assert_eq!((reply.bytes_out, reply.bytes_in), (0, 300));
        assert_eq!(reply.direction, Direction::OutForeign);
    }

    #[test]
    fn a_recurring_high_port_wins_over_a_smaller_one() {
        let mut turner = Turner::default();
        let mut last = None;
        for n in 0..40u16 {
            last = Some(turner.turn(&batch(&one_way(1, 33_000 + n, 9, 48_101), Direction::OutForeign), 0));
            last = Some(turner.turn(&batch(&one_way(9, 48_101, 1, 33_000 + n), Direction::ForeignIn), 0)).or(last);
        }
        assert_eq!(last.map(|c| (c.client, c.server_port)), Some((1, 48_101)));
    }

    #[test]
    fn a_biflow_is_believed() {
        let record = FlowRecord { outcome: Outcome::Answered, ..one_way(9, 80, 1, 6_000) };
        let contact = Turner::default().turn(&batch(&record, Direction::ForeignIn), 0);
        assert_eq!((contact.client, contact.server_port), (9, 6_000));
    }
}
