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
const REQUIRED: usize = 4;
/// Columns with payload, which may hold commas.
const CONTENT: [&str; 4] = ["srcUdata", "dstUdata", "suser", "duser"];

/// An Argus CSV, read line by line; its first line is the header.
#[derive(Debug, Clone, Default)]
pub struct ArgusReader {
    columns: Option<Columns<15>>,
}

impl LogReader for ArgusReader {
    fn entry<'l>(&mut self, line: &'l [u8], _dns: bool) -> Result<Entry, Fault<'l>> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        match &self.columns {
            // Files put together with `cat` repeat the header.
            Some(_) if line.starts_with(b"StartTime") => self.header(line),
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
        for slot in [0, 2, 3, 6].into_iter().take(REQUIRED) {
            if !columns.has(slot) {
                return Err(Fault::new(FaultKind::Header, NEEDED[slot], line));
            }
        }
        self.columns = Some(columns);
        Ok(Entry::Directive)
    }
}

fn record<'l>(picked: [Option<&'l [u8]>; 15]) -> Result<Entry, Fault<'l>> {
    let [start, duration, proto, src, sport, dir, dst, dport, state, packets, bytes, src_bytes, ahead, back, dst_bytes] =
        picked.map(|field| field.map(<[u8]>::trim_ascii));
    let need = |field: Option<&'l [u8]>, column| field.ok_or(Fault::new(FaultKind::Column, column, &[]));
    let number = |field: Option<&'l [u8]>, column| match field {
        None | Some(b"") => Ok(0),
        Some(text) => unsigned(text).ok_or(Fault::new(FaultKind::Number, column, text)),
    };
    let start_text = need(start, "StartTime")?;
    if start_text.is_empty() && need(proto, "Proto")?.is_empty() {
        return Ok(Entry::Directive);
    }
    let name = match protocol(need(proto, "Proto")?) {
        // Argus' own status records are no traffic.
        Name::Management => return Ok(Entry::Skipped),
        name => name,
    };
    let start = time(start_text).ok_or(Fault::new(FaultKind::Time, "StartTime", start_text))?;
    let duration = match duration {
        None | Some(b"") => 0,
        Some(text) => micros(text).ok_or(Fault::new(FaultKind::Time, "Dur", text))?.max(0),
    };
    let (src, dst) = (need(src, "SrcAddr")?, need(dst, "DstAddr")?);
    let Name::Ip(protocol) = name else {
        let ends = [src, dst].map(|end| address(end).unwrap_or(0));
        return Ok(Entry::NotIp(FlowRecord {
            start,
            src: ends[0],
            dst: ends[1],
            sampling: 1,
            ..FlowRecord::default()
        }));
    };
    let total_bytes = number(bytes, "TotBytes")?;
    let src_bytes = match (src_bytes, dst_bytes) {
        (None, Some(_)) => total_bytes.saturating_sub(number(dst_bytes, "DstBytes")?),
        (None, None) => total_bytes,
        _ => number(src_bytes, "SrcBytes")?,
    };
    let rev_bytes =
        if bytes.is_some() { total_bytes.saturating_sub(src_bytes) } else { number(dst_bytes, "DstBytes")? };
    let (packets, rev_packets) = match (ahead, back) {
        (Some(_), Some(_)) => (number(ahead, "SrcPkts")?, number(back, "DstPkts")?),
        _ => split_packets(number(packets, "TotPkts")?, src_bytes, rev_bytes),
    };
    let mut record = FlowRecord {
        start,
        end: Micros(start.0.saturating_add(duration)),
        src: end(src, "SrcAddr")?,
        dst: end(dst, "DstAddr")?,
        sport: end_port(sport, "Sport")?,
        dport: end_port(dport, "Dport")?,
        protocol,
        packets,
        bytes: src_bytes,
        rev_packets,
        rev_bytes,
        sampling: 1,
        ..FlowRecord::default()
    };
    state::apply(&mut record, dir.unwrap_or_default(), state.unwrap_or_default());
    Ok(Entry::Flow(record))
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
