//! Argus biflows as `ra` prints them in CSV: the `.binetflow` files of public data sets.
//!
//! The header names the columns, in any order. Times carry no zone and are taken as UTC.
//! `SrcBytes` belong to `SrcAddr`; the other direction is `TotBytes - SrcBytes`. Packets are
//! often only a total: it is split in proportion to the bytes, at least one for each side that
//! sent any, which is a guess. Where `SrcPkts` and `DstPkts` are there, they are used.
//! `srcUdata`, `dstUdata` and labels are never looked at.

mod protocol;
mod state;

#[cfg(test)]
mod tests;

use crate::text::address::address;
use crate::text::columns::Columns;
use crate::text::number::{micros, port, unsigned};
use crate::text::time::time;
use crate::text::{Entry, Fault, FaultKind, LogReader};
use noroshi_flow::FlowRecord;
use noroshi_model::Micros;
use protocol::{Name, protocol};

const NEEDED: [&str; 15] = [
    "StartTime",
    "Dur",
    "Proto",
    "SrcAddr",
    "Sport",
    "Dir",
    "DstAddr",
    "Dport",
    "State",
    "TotPkts",
    "TotBytes",
    "SrcBytes",
    "SrcPkts",
    "DstPkts",
    "DstBytes",
];
/// Slots of [`NEEDED`] without which there is no record.
const REQUIRED: [usize; 4] = [0, 2, 3, 6];
const TOT_PKTS: usize = 9;
const TOT_BYTES: usize = 10;
const SRC_BYTES: usize = 11;
const SRC_PKTS: usize = 12;
const DST_PKTS: usize = 13;
const DST_BYTES: usize = 14;
/// Columns with payload, which may hold commas.
const CONTENT: [&str; 4] = ["srcUdata", "dstUdata", "suser", "duser"];

/// An Argus CSV, read line by line; its first line is the header.
#[derive(Debug, Clone, Default)]
pub struct ArgusReader {
    columns: Option<Columns<15>>,
    header: Vec<u8>,
}

impl LogReader for ArgusReader {
    fn entry<'l>(&mut self, line: &'l [u8], _dns: bool) -> Result<Entry, Fault<'l>> {
        match &self.columns {
            // Files put together with `cat` repeat the header.
            Some(_) if line == self.header || line.trim_ascii().is_empty() => Ok(Entry::Directive),
            Some(columns) => record(columns.pick(line)),
            None => self.header(line),
        }
    }
}

impl ArgusReader {
    fn header<'l>(&mut self, line: &'l [u8]) -> Result<Entry, Fault<'l>> {
        if line.trim_ascii().is_empty() {
            return Ok(Entry::Directive);
        }
        let columns = Columns::from_header(line, b',', &NEEDED, &CONTENT);
        for slot in REQUIRED {
            if !columns.has(slot) {
                return Err(Fault::new(FaultKind::Header, NEEDED[slot], line));
            }
        }
        self.columns = Some(columns);
        self.header = line.to_vec();
        Ok(Entry::Directive)
    }
}

type Picked<'l> = [Option<&'l [u8]>; 15];

fn record<'l>(picked: Picked<'l>) -> Result<Entry, Fault<'l>> {
    let picked = picked.map(|field| field.map(<[u8]>::trim_ascii));
    let [start, duration, proto, src, sport, dir, dst, dport, state, ..] = picked;
    let start = need(start, 0)?;
    let proto = need(proto, 2)?;
    let name = protocol(proto);
    if name == Name::Management {
        // Argus' own status records are no traffic.
        return Ok(Entry::Skipped);
    }
    let start = time(start).ok_or(Fault::new(FaultKind::Time, NEEDED[0], start))?;
    let duration = match duration {
        None | Some(b"") => 0,
        Some(text) => micros(text).ok_or(Fault::new(FaultKind::Time, NEEDED[1], text))?.max(0),
    };
    let (src, dst) = (need(src, 3)?, need(dst, 6)?);
    let Name::Ip(protocol) = name else {
        let [src, dst] = [src, dst].map(|end| address(end).unwrap_or(0));
        return Ok(Entry::NotIp(FlowRecord { start, src, dst, sampling: 1, ..FlowRecord::default() }));
    };
    let [(packets, bytes), (rev_packets, rev_bytes)] = counters(&picked)?;
    let mut record = FlowRecord {
        start,
        end: Micros(start.0.saturating_add(duration)),
        src: end(src, NEEDED[3])?,
        dst: end(dst, NEEDED[6])?,
        sport: end_port(sport, NEEDED[4])?,
        dport: end_port(dport, NEEDED[7])?,
        protocol,
        packets,
        bytes,
        rev_packets,
        rev_bytes,
        sampling: 1,
        ..FlowRecord::default()
    };
    state::apply(&mut record, dir.unwrap_or_default(), state.unwrap_or_default());
    Ok(Entry::Flow(record))
}

fn need<'l>(field: Option<&'l [u8]>, slot: usize) -> Result<&'l [u8], Fault<'l>> {
    field.ok_or(Fault::new(FaultKind::Column, NEEDED[slot], &[]))
}

/// Packets and bytes of `SrcAddr`, then of `DstAddr`, out of whichever of the counters are there.
fn counters<'l>(picked: &Picked<'l>) -> Result<[(u64, u64); 2], Fault<'l>> {
    let number = |slot: usize| match picked[slot] {
        None | Some(b"") => Ok(0),
        Some(text) => unsigned(text).ok_or(Fault::new(FaultKind::Number, NEEDED[slot], text)),
    };
    let has = |slot: usize| picked[slot].is_some();
    let (total, dst_bytes) = (number(TOT_BYTES)?, number(DST_BYTES)?);
    let src_bytes = if has(SRC_BYTES) { number(SRC_BYTES)? } else { total.saturating_sub(dst_bytes) };
    let rev_bytes = if has(TOT_BYTES) { total.saturating_sub(src_bytes) } else { dst_bytes };
    let (packets, rev_packets) = if has(SRC_PKTS) && has(DST_PKTS) {
        (number(SRC_PKTS)?, number(DST_PKTS)?)
    } else {
        split_packets(number(TOT_PKTS)?, src_bytes, rev_bytes)
    };
    Ok([(packets, src_bytes), (rev_packets, rev_bytes)])
}

/// Argus leaves an address away that it never saw: the unspecified one (`::`), whose place nobody knows.
fn end<'l>(text: &'l [u8], column: &'static str) -> Result<u128, Fault<'l>> {
    if text.is_empty() {
        return Ok(0);
    }
    address(text).ok_or(Fault::new(FaultKind::Address, column, text))
}

fn end_port<'l>(text: Option<&'l [u8]>, column: &'static str) -> Result<u16, Fault<'l>> {
    let text = text.unwrap_or_default();
    port(text).ok_or(Fault::new(FaultKind::Port, column, text))
}

/// A total of packets, split in proportion to bytes; a side that sent bytes sent a packet.
fn split_packets(total: u64, bytes: u64, rev_bytes: u64) -> (u64, u64) {
    let all = u128::from(bytes) + u128::from(rev_bytes);
    if rev_bytes == 0 || all == 0 {
        return (total, 0);
    }
    if bytes == 0 {
        return (0, total);
    }
    let share = (u128::from(total) * u128::from(rev_bytes) + all / 2) / all;
    let rev = (share as u64).clamp(1, total.saturating_sub(1).max(1));
    (total.saturating_sub(rev).max(1), rev)
}
