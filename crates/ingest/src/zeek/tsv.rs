//! Zeek logs with columns: the header names them, and may come again in the middle of a file.

use super::state::{self, ConnState};
use super::{Conn, protocol};
use crate::text::address::address;
use crate::text::columns::Columns;
use crate::text::number::{micros, port, unsigned};
use crate::text::time::time;
use crate::text::{Entry, Fault, FaultKind, LogReader, dns_name};
use noroshi_flow::DnsQuery;
use noroshi_model::Micros;

const CONN: [&str; 16] = [
    "ts",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "history",
    "orig_pkts",
    "orig_ip_bytes",
    "resp_pkts",
    "resp_ip_bytes",
    "ip_proto",
];
const DNS: [&str; 8] = ["ts", "id.orig_h", "id.resp_h", "id.resp_p", "query", "qtype", "rcode", "trans_id"];

/// What the header announced.
#[derive(Debug, Clone)]
enum Kind {
    /// No `#fields` yet.
    None,
    Conn(Columns<16>),
    Dns(Columns<8>),
    /// Another log.
    Other,
}

/// A tab-separated Zeek log, read line by line.
#[derive(Debug, Clone)]
pub struct ZeekTsvReader {
    separator: u8,
    unset: Vec<u8>,
    path: Vec<u8>,
    kind: Kind,
}

impl Default for ZeekTsvReader {
    fn default() -> Self {
        Self { separator: b'\t', unset: b"-".to_vec(), path: Vec::new(), kind: Kind::None }
    }
}

impl LogReader for ZeekTsvReader {
    fn entry<'l>(&mut self, line: &'l [u8], dns: bool) -> Result<Entry, Fault<'l>> {
        if line.starts_with(b"#") {
            return self.directive(line);
        }
        if line.is_empty() {
            return Ok(Entry::Directive);
        }
        match &self.kind {
            Kind::Conn(columns) => self.conn(columns.pick(line)),
            Kind::Dns(columns) if dns => self.dns(columns.pick(line)),
            Kind::Dns(_) | Kind::Other => Ok(Entry::Skipped),
            Kind::None => Err(Fault::new(FaultKind::Header, "ts", &[])),
        }
    }
}

impl ZeekTsvReader {
    fn directive<'l>(&mut self, line: &'l [u8]) -> Result<Entry, Fault<'l>> {
        let name_ends = line.iter().position(|&b| b == b' ' || b == self.separator).unwrap_or(line.len());
        let (name, value) = (&line[..name_ends], line.get(name_ends + 1..).unwrap_or_default());
        match name {
            b"#separator" => self.separator = unescape(value).unwrap_or(b'\t'),
            b"#unset_field" => self.unset = value.get(..16).unwrap_or(value).to_vec(),
            b"#path" => self.path = value.get(..64).unwrap_or(value).to_vec(),
            b"#fields" => return self.fields(value),
            _ => {}
        }
        Ok(Entry::Directive)
    }

    fn fields<'l>(&mut self, header: &'l [u8]) -> Result<Entry, Fault<'l>> {
        let conn = Columns::from_header(header, self.separator, &CONN, &[]);
        let dns = Columns::from_header(header, self.separator, &DNS, &[]);
        let is_conn = match self.path.as_slice() {
            b"conn" => true,
            b"" => conn.has(9),
            _ => false,
        };
        let is_dns = self.path == b"dns" || self.path.is_empty() && dns.has(4) && dns.has(7);
        self.kind = Kind::Other;
        if is_conn {
            require(header, &conn, &CONN, &[0, 1, 2, 3, 4, 5])?;
            self.kind = Kind::Conn(conn);
        } else if is_dns {
            require(header, &dns, &DNS, &[0, 1, 2, 3, 4])?;
            self.kind = Kind::Dns(dns);
        }
        Ok(Entry::Directive)
    }

    /// A value; `None` when the line does not reach it or it is unset.
    fn set<'l>(&self, field: Option<&'l [u8]>) -> Option<&'l [u8]> {
        field.filter(|value| *value != self.unset.as_slice())
    }

    fn conn<'l>(&self, picked: [Option<&'l [u8]>; 16]) -> Result<Entry, Fault<'l>> {
        let need = |slot: usize| needed(picked[slot], CONN[slot]);
        let count = |slot: usize| match self.set(picked[slot]) {
            None | Some(b"") => Ok(None),
            // Some labelled data sets put labels behind spaces, after the last column.
            Some(text) => match unsigned(text.split(|&b| b == b' ').next().unwrap_or(text)) {
                Some(value) => Ok(Some(value)),
                None => Err(Fault::new(FaultKind::Number, CONN[slot], text)),
            },
        };
        let at = |slot: usize| need(slot).and_then(|text| host(text, CONN[slot]));
        let orig = at(1)?;
        let port_of =
            |slot: usize| need(slot).and_then(|text| port(text).ok_or(Fault::new(FaultKind::Port, CONN[slot], text)));
        let duration_us = match self.set(picked[6]) {
            None | Some(b"") => 0,
            Some(text) => micros(text).ok_or(Fault::new(FaultKind::Time, CONN[6], text))?,
        };
        let known = protocol(need(5)?, orig).or(count(15)?.and_then(|number| u8::try_from(number).ok()));
        let conn = Conn {
            start: moment(need(0)?)?,
            duration_us: duration_us.max(0),
            orig,
            resp: at(3)?,
            orig_port: port_of(2)?,
            resp_port: port_of(4)?,
            protocol: known.unwrap_or_default(),
            orig_counts: [count(11)?, count(12)?, count(7)?],
            resp_counts: [count(13)?, count(14)?, count(8)?],
            state: ConnState::parse(picked[9].unwrap_or_default()),
            tcp_flags: state::tcp_flags(self.set(picked[10]).unwrap_or_default()),
        };
        Ok(if known.is_some() { Entry::Flow(conn.record()) } else { Entry::NotIp(conn.record()) })
    }

    fn dns<'l>(&self, picked: [Option<&'l [u8]>; 8]) -> Result<Entry, Fault<'l>> {
        let need = |slot: usize| needed(picked[slot], DNS[slot]);
        // NetBIOS, mDNS and LLMNR share the log; only names asked of a name server count.
        let Some(query) = self.set(Some(need(4)?)).filter(|_| picked[3] == Some(b"53")) else {
            return Ok(Entry::Skipped);
        };
        let number = |slot: usize| self.set(picked[slot]).and_then(unsigned);
        Ok(Entry::Dns(DnsQuery {
            at: moment(need(0)?)?,
            client: host(need(1)?, DNS[1])?,
            resolver: host(need(2)?, DNS[2])?,
            name: dns_name(query).ok_or(Fault::new(FaultKind::Name, DNS[4], query))?,
            qtype: number(5).and_then(|v| u16::try_from(v).ok()).unwrap_or(0),
            rcode: number(6).and_then(|v| u8::try_from(v).ok()),
        }))
    }
}

fn needed<'l>(field: Option<&'l [u8]>, column: &'static str) -> Result<&'l [u8], Fault<'l>> {
    field.ok_or(Fault::new(FaultKind::Column, column, &[]))
}

fn host<'l>(text: &'l [u8], column: &'static str) -> Result<u128, Fault<'l>> {
    address(text).ok_or(Fault::new(FaultKind::Address, column, text))
}

fn moment(text: &[u8]) -> Result<Micros, Fault<'_>> {
    time(text).ok_or(Fault::new(FaultKind::Time, "ts", text))
}

fn require<'l, const N: usize>(
    header: &'l [u8],
    columns: &Columns<N>,
    names: &[&'static str; N],
    slots: &[usize],
) -> Result<(), Fault<'l>> {
    match slots.iter().find(|&&slot| !columns.has(slot)) {
        Some(&slot) => Err(Fault::new(FaultKind::Header, names[slot], header)),
        None => Ok(()),
    }
}

/// `\x09`, or the character itself.
fn unescape(value: &[u8]) -> Option<u8> {
    match value {
        [b'\\', b'x', high, low, ..] => {
            let digit = |b: u8| (b as char).to_digit(16);
            u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
        }
        [one, ..] => Some(*one),
        [] => None,
    }
}
