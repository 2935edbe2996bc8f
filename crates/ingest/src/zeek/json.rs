//! Zeek logs, one JSON object a line. Keys that are not needed are never turned into values.

use super::state::{self, ConnState};
use super::{Conn, protocol};
use crate::text::json::{Host, Moment, Word, fault};
use crate::text::{Entry, Fault, FaultKind, LogReader, dns_name};
use noroshi_flow::DnsQuery;
use serde::Deserialize;
use std::borrow::Cow;

/// A Zeek JSON log, read line by line. `conn` and `dns` lines may be mixed.
#[derive(Debug, Clone, Default)]
pub struct ZeekJsonReader;

#[derive(Deserialize)]
struct ConnLine {
    ts: Moment,
    #[serde(rename = "_path", default)]
    path: Option<Word>,
    #[serde(rename = "id.orig_h")]
    orig: Host,
    #[serde(rename = "id.orig_p", default)]
    orig_port: u16,
    #[serde(rename = "id.resp_h")]
    resp: Host,
    #[serde(rename = "id.resp_p", default)]
    resp_port: u16,
    proto: Option<Word>,
    ip_proto: Option<u8>,
    #[serde(default)]
    duration: Option<f64>,
    conn_state: Option<Word>,
    history: Option<Word>,
    orig_bytes: Option<u64>,
    resp_bytes: Option<u64>,
    orig_pkts: Option<u64>,
    orig_ip_bytes: Option<u64>,
    resp_pkts: Option<u64>,
    resp_ip_bytes: Option<u64>,
}

#[derive(Deserialize)]
struct DnsLine<'l> {
    ts: Moment,
    #[serde(rename = "id.orig_h")]
    orig: Host,
    #[serde(rename = "id.resp_h")]
    resp: Host,
    #[serde(rename = "id.resp_p", default)]
    resp_port: u16,
    #[serde(borrow, default)]
    query: Cow<'l, str>,
    #[serde(default)]
    qtype: u16,
    rcode: Option<u8>,
    trans_id: Option<u64>,
}

impl LogReader for ZeekJsonReader {
    fn entry<'l>(&mut self, line: &'l [u8], dns: bool) -> Result<Entry, Fault<'l>> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(Entry::Directive);
        }
        let conn: ConnLine = serde_json::from_slice(line).map_err(|error| fault(&error))?;
        match conn.path.as_ref().map(Word::bytes) {
            Some(b"conn") | None if conn.conn_state.is_some() => Ok(flow(&conn)),
            Some(b"dns") | None if dns => name(line),
            _ => Ok(Entry::Skipped),
        }
    }
}

fn flow(line: &ConnLine) -> Entry {
    let word = |word: &Option<Word>, read: fn(&[u8]) -> u8| word.as_ref().map_or(0, |w| read(w.bytes()));
    let named = line.proto.as_ref().and_then(|name| protocol(name.bytes(), line.orig.0)).or(line.ip_proto);
    let duration = line.duration.filter(|d| (0.0..9e12).contains(d)).unwrap_or(0.0);
    let conn = Conn {
        start: line.ts.0,
        duration_us: (duration * 1e6).round() as i64,
        orig: line.orig.0,
        resp: line.resp.0,
        orig_port: line.orig_port,
        resp_port: line.resp_port,
        protocol: named.unwrap_or_default(),
        orig_counts: [line.orig_pkts, line.orig_ip_bytes, line.orig_bytes],
        resp_counts: [line.resp_pkts, line.resp_ip_bytes, line.resp_bytes],
        state: line.conn_state.as_ref().map(|w| ConnState::parse(w.bytes())).unwrap_or_default(),
        tcp_flags: word(&line.history, state::tcp_flags),
    };
    if named.is_some() { Entry::Flow(conn.record()) } else { Entry::NotIp(conn.record()) }
}

/// Reads the name, which a `conn` line does not have and which is only read under the mandate's switch.
fn name(line: &[u8]) -> Result<Entry, Fault<'_>> {
    let dns: DnsLine<'_> = serde_json::from_slice(line).map_err(|error| fault(&error))?;
    if dns.resp_port != 53 || dns.query.is_empty() || dns.trans_id.is_none() {
        return Ok(Entry::Skipped);
    }
    Ok(Entry::Dns(DnsQuery {
        at: dns.ts.0,
        client: dns.orig.0,
        resolver: dns.resp.0,
        name: dns_name(dns.query.as_bytes()).ok_or(Fault::new(FaultKind::Name, "query", &[]))?,
        qtype: dns.qtype,
        rcode: dns.rcode,
    }))
}
