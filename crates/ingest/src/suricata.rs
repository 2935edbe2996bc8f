//! Suricata EVE, one JSON object a line: `flow` events, `dns` answers under the mandate's switch.
//!
//! `flow` events are biflows. `netflow` events say the same one way round at a time and are read
//! only when asked for. Of `dns` events the answers are read, which repeat the question; the
//! questions themselves are passed over, or every name would count twice.

use crate::text::json::{Host, Moment, Word, fault};
use crate::text::{Entry, Fault, FaultKind, LogReader, dns_name};
use noroshi_flow::{DnsQuery, FlowRecord, Outcome};
use noroshi_model::{Micros, Protocol};
use serde::Deserialize;
use std::borrow::Cow;

/// An EVE log, read line by line.
#[derive(Debug, Clone, Default)]
pub struct EveReader {
    /// Read one-way `netflow` events too.
    pub netflow: bool,
}

/// The kind alone, so that an event that is not needed costs nothing more.
#[derive(Deserialize)]
struct Kind {
    event_type: Option<Word>,
}

#[derive(Deserialize)]
struct Event {
    timestamp: Moment,
    src_ip: Host,
    #[serde(default)]
    src_port: u16,
    dest_ip: Host,
    #[serde(default)]
    dest_port: u16,
    proto: Word,
    icmp_type: Option<u8>,
    icmp_code: Option<u8>,
    flow: Option<Counts>,
    netflow: Option<Counts>,
    tcp: Option<Tcp>,
}

#[derive(Deserialize, Default)]
struct Counts {
    #[serde(default)]
    pkts_toserver: u64,
    #[serde(default)]
    pkts_toclient: u64,
    #[serde(default)]
    bytes_toserver: u64,
    #[serde(default)]
    bytes_toclient: u64,
    #[serde(default)]
    pkts: u64,
    #[serde(default)]
    bytes: u64,
    start: Option<Moment>,
    end: Option<Moment>,
}

#[derive(Deserialize)]
struct Tcp {
    tcp_flags: Option<Word>,
    tcp_flags_tc: Option<Word>,
}

#[derive(Deserialize)]
struct DnsEvent<'l> {
    timestamp: Moment,
    src_ip: Host,
    #[serde(default)]
    src_port: u16,
    dest_ip: Host,
    #[serde(default)]
    dest_port: u16,
    #[serde(borrow)]
    dns: Dns<'l>,
}

#[derive(Deserialize)]
struct Dns<'l> {
    #[serde(rename = "type")]
    kind: Option<Word>,
    #[serde(borrow, default)]
    rrname: Cow<'l, str>,
    rrtype: Option<Word>,
    rcode: Option<Word>,
    /// Version 3 of the event has the question here.
    #[serde(borrow, default)]
    queries: Vec<Question<'l>>,
}

#[derive(Deserialize)]
struct Question<'l> {
    #[serde(borrow, default)]
    rrname: Cow<'l, str>,
    rrtype: Option<Word>,
}

impl LogReader for EveReader {
    fn entry<'l>(&mut self, line: &'l [u8], dns: bool) -> Result<Entry, Fault<'l>> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(Entry::Directive);
        }
        let kind: Kind = serde_json::from_slice(line).map_err(|error| fault(&error))?;
        match kind.event_type.as_ref().map(Word::bytes) {
            Some(b"flow") => flow(line),
            Some(b"netflow") if self.netflow => flow(line),
            Some(b"dns") if dns => answer(line),
            _ => Ok(Entry::Skipped),
        }
    }
}

fn flow(line: &[u8]) -> Result<Entry, Fault<'_>> {
    let event: Event = serde_json::from_slice(line).map_err(|error| fault(&error))?;
    let one_way = event.flow.is_none();
    let counts = event.flow.or(event.netflow).unwrap_or_default();
    let start = counts.start.map_or(event.timestamp.0, |at| at.0);
    let mut record = FlowRecord {
        start,
        end: counts.end.map_or(start, |at| at.0).max(start),
        src: event.src_ip.0,
        dst: event.dest_ip.0,
        sport: event.src_port,
        dport: event.dest_port,
        packets: if one_way { counts.pkts } else { counts.pkts_toserver },
        bytes: if one_way { counts.bytes } else { counts.bytes_toserver },
        rev_packets: counts.pkts_toclient,
        rev_bytes: counts.bytes_toclient,
        sampling: 1,
        ..FlowRecord::default()
    };
    let Some(protocol) = protocol(event.proto.bytes()) else { return Ok(Entry::NotIp(record)) };
    record.protocol = protocol;
    if matches!(protocol, 1 | 58) {
        record.sport = 0;
        record.dport = u16::from(event.icmp_type.unwrap_or(0)) << 8 | u16::from(event.icmp_code.unwrap_or(0));
    }
    let flags = |word: Option<&Word>| word.and_then(|w| hexadecimal(w.bytes())).unwrap_or(0);
    let tcp = event.tcp.as_ref();
    record.tcp_flags = flags(tcp.and_then(|t| t.tcp_flags.as_ref()));
    let back = flags(tcp.and_then(|t| t.tcp_flags_tc.as_ref()));
    record.outcome = match () {
        () if one_way => Outcome::OneWay,
        () if record.rev_packets == 0 => Outcome::Unanswered,
        // A reset, with or without ACK, is the only thing that came back.
        () if back & 4 != 0 && back & !(4 | 16) == 0 => Outcome::Rejected,
        () => Outcome::Answered,
    };
    Ok(Entry::Flow(record))
}

/// `TCP`, `UDP`, `IPv6-ICMP`, or a number in three digits.
fn protocol(name: &[u8]) -> Option<u8> {
    std::str::from_utf8(name).ok().and_then(Protocol::parse).map(|protocol| protocol.0)
}

fn hexadecimal(text: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()
}

fn answer(line: &[u8]) -> Result<Entry, Fault<'_>> {
    let event: DnsEvent<'_> = serde_json::from_slice(line).map_err(|error| fault(&error))?;
    if !matches!(event.dns.kind.as_ref().map(Word::bytes), Some(b"answer" | b"response")) {
        return Ok(Entry::Skipped);
    }
    // Some versions write an answer's packet direction, some the flow's: port 53 is the resolver's.
    let turned = event.src_port == 53 && event.dest_port != 53;
    let (client, resolver) = if turned { (event.dest_ip, event.src_ip) } else { (event.src_ip, event.dest_ip) };
    let (name, rrtype) = match event.dns.queries.first() {
        Some(question) => (&question.rrname, question.rrtype),
        None => (&event.dns.rrname, event.dns.rrtype),
    };
    if name.is_empty() || !(turned || event.dest_port == 53) {
        return Ok(Entry::Skipped);
    }
    let at: Micros = event.timestamp.0;
    Ok(Entry::Dns(DnsQuery {
        at,
        client: client.0,
        resolver: resolver.0,
        name: dns_name(name.as_bytes()).ok_or(Fault::new(FaultKind::Name, "rrname", &[]))?,
        qtype: rrtype.map_or(0, |word| query_type(word.bytes())),
        rcode: event.dns.rcode.and_then(|word| response_code(word.bytes())),
    }))
}

/// DNS query types by name (RFC 1035 §3.2.2 and later).
fn query_type(name: &[u8]) -> u16 {
    match name {
        b"A" => 1,
        b"NS" => 2,
        b"CNAME" => 5,
        b"SOA" => 6,
        b"NULL" => 10,
        b"PTR" => 12,
        b"MX" => 15,
        b"TXT" => 16,
        b"AAAA" => 28,
        b"SRV" => 33,
        b"HTTPS" => 65,
        b"ANY" => 255,
        _ => 0,
    }
}

/// DNS response codes by name (RFC 1035 §4.1.1).
fn response_code(name: &[u8]) -> Option<u8> {
    Some(match name {
        b"NOERROR" => 0,
        b"FORMERR" => 1,
        b"SERVFAIL" => 2,
        b"NXDOMAIN" => 3,
        b"NOTIMP" => 4,
        b"REFUSED" => 5,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
