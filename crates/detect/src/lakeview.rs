//! The lake, pair by pair: exact contacts of selected servers, read back through the engine.

use crate::engine::{Engine, EngineError};
use crate::pulse::Pulse;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use noroshi_flow::broad::pairs::continues;
use noroshi_flow::{Contact, Outcome};
use noroshi_model::Direction;
use noroshi_model::time::HOUR;
use std::collections::BTreeMap;

/// Contacts of one pair kept for scoring; more change nothing that matters.
const CONTACTS_MAX: usize = 100_000;

/// The answer of a one-way export starts this soon after the call ends, µs; a keep-alive comes later.
const HALF_WITHIN_US: i64 = 15_000_000;

/// Everything the lake holds on one pair of client and server.
#[derive(Debug, Clone, PartialEq)]
pub struct LakePair {
    /// The server's address bits (a pseudonym where the direction is foreign-in).
    pub server: u128,
    /// Its port.
    pub port: u16,
    /// Its protocol.
    pub protocol: u8,
    /// The client's address bits (a pseudonym where it is domestic).
    pub client: u128,
    /// Where the flows ran, seen from the client.
    pub direction: Direction,
    /// Starts of contacts, sorted, continuations of one connection left out.
    pub starts_us: Vec<i64>,
    /// Bytes from the client, per contact.
    pub bytes_out: Vec<u64>,
    /// Bytes to the client, per contact.
    pub bytes_in: Vec<u64>,
    /// Ends of the last record.
    pub last_us: i64,
    /// Records with packets from the client, and from the server.
    pub seen: (u64, u64),
    /// Time connected, µs.
    pub connected_us: i64,
    /// Largest sampling rate met.
    pub sampling: u32,
}

impl LakePair {
    fn new(contact: &Contact) -> Self {
        Self {
            server: contact.server,
            port: contact.server_port,
            protocol: contact.protocol,
            client: contact.client,
            direction: contact.direction,
            starts_us: Vec::new(),
            bytes_out: Vec::new(),
            bytes_in: Vec::new(),
            last_us: i64::MIN,
            seen: (0, 0),
            connected_us: 0,
            sampling: 1,
        }
    }

    fn is_of(&self, contact: &Contact) -> bool {
        (self.server, self.port, self.protocol, self.client)
            == (contact.server, contact.server_port, contact.protocol, contact.client)
    }

    /// The exact pulse.
    pub fn pulse(&self) -> Pulse {
        let answered = self.seen.1.min(self.seen.0.max(1)) as f64 / self.seen.0.max(1) as f64;
        let connected_h = self.connected_us as f64 / HOUR as f64;
        Pulse::of_contacts(&self.starts_us, &self.bytes_out, &self.bytes_in, answered, connected_h)
    }
}

/// Reads every pair of the table `lake`, sorted by server, port, protocol, client.
///
/// # Errors
/// [`EngineError`] when the lake cannot be read.
pub fn pairs(engine: &Engine) -> Result<Vec<LakePair>, EngineError> {
    let batches = engine.sql(
        "SELECT server, server_port, protocol, client, start, \"end\", client_port, direction, outcome, tcp_flags, \
         packets_out, bytes_out, packets_in, bytes_in, sampling \
         FROM lake ORDER BY server, server_port, protocol, client, start, client_port, bytes_out, bytes_in",
    )?;
    let mut pairs: Vec<LakePair> = Vec::new();
    // The last record of each connection of the pair at hand: connections run side by side.
    let mut last: BTreeMap<u16, Contact> = BTreeMap::new();
    for batch in &batches {
        for contact in contacts(batch) {
            if pairs.last().is_none_or(|pair| !pair.is_of(&contact)) {
                pairs.push(LakePair::new(&contact));
                last.clear();
            }
            if let Some(pair) = pairs.last_mut() {
                add(pair, &contact, last.get(&contact.client_port));
            }
            last.insert(contact.client_port, contact);
        }
    }
    Ok(pairs)
}

fn add(pair: &mut LakePair, contact: &Contact, last: Option<&Contact>) {
    pair.seen.0 += u64::from(contact.packets_out > 0 || contact.bytes_out > 0 || contact.outcome != Outcome::OneWay);
    pair.seen.1 += u64::from(contact.packets_in > 0 || contact.bytes_in > 0);
    // Two halves of one flow, or parallel connections, are connected once.
    let since = contact.start_us.max(pair.last_us);
    pair.connected_us = pair.connected_us.saturating_add((contact.end_us - since).max(0));
    pair.sampling = pair.sampling.max(contact.sampling);
    let lasted = last.is_some_and(|l| l.end_us - l.start_us >= 30_000_000);
    let cut = last.is_some_and(|l| continues(true, l.client_port, l.end_us, lasted, contact));
    // The two halves of a one-way export are one contact: the answer starts just after the call.
    let soon = last.is_some_and(|l| contact.start_us - l.end_us < HALF_WITHIN_US);
    let half = soon && contact.outcome == Outcome::OneWay;
    if (cut || half) && contact.start_us - pair.starts_us.last().copied().unwrap_or(i64::MIN / 2) < HOUR
        || pair.starts_us.len() >= CONTACTS_MAX
    {
        if let (Some(out), Some(inn)) = (pair.bytes_out.last_mut(), pair.bytes_in.last_mut()) {
            *out += contact.bytes_out;
            *inn += contact.bytes_in;
        }
    } else {
        pair.starts_us.push(contact.start_us);
        pair.bytes_out.push(contact.bytes_out);
        pair.bytes_in.push(contact.bytes_in);
    }
    pair.last_us = pair.last_us.max(contact.end_us);
}

fn contacts(batch: &RecordBatch) -> impl Iterator<Item = Contact> + '_ {
    let time = |index: usize| batch.column(index).as_primitive::<TimestampMicrosecondType>();
    let small = |index: usize| batch.column(index).as_primitive::<UInt8Type>();
    let port = |index: usize| batch.column(index).as_primitive::<UInt16Type>();
    let count = |index: usize| batch.column(index).as_primitive::<UInt64Type>();
    let address = |index: usize, row: usize| {
        let bytes = batch.column(index).as_fixed_size_binary().value(row);
        u128::from_be_bytes(bytes.try_into().unwrap_or_default())
    };
    (0..batch.num_rows()).map(move |row| Contact {
        server: address(0, row),
        server_port: port(1).value(row),
        protocol: small(2).value(row),
        client: address(3, row),
        start_us: time(4).value(row),
        end_us: time(5).value(row),
        client_port: port(6).value(row),
        direction: direction(small(7).value(row)),
        outcome: Outcome::from_u8(small(8).value(row)),
        tcp_flags: small(9).value(row),
        packets_out: count(10).value(row),
        bytes_out: count(11).value(row),
        packets_in: count(12).value(row),
        bytes_in: count(13).value(row),
        sampling: batch.column(14).as_primitive::<UInt32Type>().value(row),
    })
}

fn direction(value: u8) -> Direction {
    Direction::ALL.get(usize::from(value)).copied().unwrap_or(Direction::Domestic)
}
