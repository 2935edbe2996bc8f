//! What the tests of this crate share: a mandate, a sink that writes everything down.

#![allow(dead_code, reason = "each test binary uses a part")]

use noroshi_flow::{DnsQuery, FlowColumns, FlowSink, Intake, SinkError};
use noroshi_ingest::{IngestError, InputReport, Inputs, NoProgress, OpenOptions};
use noroshi_mandate::place::from_bits;
use noroshi_mandate::{Analyze, Mandate, authorise};
use std::path::{Path, PathBuf};

/// A mandate for the given domestic prefixes; DNS names on or off.
pub(crate) fn intake(domestic: &str, dns: bool) -> Intake {
    let text = format!(
        r#"
version = 1
id = "m-1"
title = "t"
legal_basis = "party-agreement"
directions = ["out-foreign", "foreign-in", "foreign-foreign"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[place]
domestic = [{domestic}]
elsewhere = "foreign"
[scope]
dns_names = {dns}
[limits]
records_max = 10000000
"#
    );
    let mandate = Mandate::parse(&text, "m.toml").unwrap();
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
    Intake::new(&permit).unwrap()
}

/// Writes down what it is given.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) lines: Vec<String>,
    pub(crate) records: u64,
    pub(crate) quiet: bool,
}

impl FlowSink for Notes {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.records += batch.len() as u64;
        if self.quiet {
            return Ok(());
        }
        for (r, direction) in batch.records().zip(&batch.direction) {
            self.lines.push(format!(
                "{} +{}us {}:{} -> {}:{} proto {} flags {:#04x} {}/{} back {}/{} {:?} {direction:?}",
                r.start,
                r.end.0 - r.start.0,
                from_bits(r.src),
                r.sport,
                from_bits(r.dst),
                r.dport,
                r.protocol,
                r.tcp_flags,
                r.packets,
                r.bytes,
                r.rev_packets,
                r.rev_bytes,
                r.outcome,
            ));
        }
        Ok(())
    }

    fn dns(&mut self, q: &DnsQuery) -> Result<(), SinkError> {
        let (client, resolver) = (from_bits(q.client), from_bits(q.resolver));
        self.lines
            .push(format!("{} {client} asks {resolver} for {} type {} rcode {:?}", q.at, q.name, q.qtype, q.rcode));
        Ok(())
    }
}

/// One pass over `paths` with everything outside `192.0.2.0/24` foreign.
pub(crate) fn read(paths: &[PathBuf], dns: bool) -> Result<(Notes, InputReport, Intake), IngestError> {
    let inputs = Inputs::open(paths, &OpenOptions::default())?;
    let (mut notes, mut intake) = (Notes::default(), intake(r#""192.0.2.0/24", "2001:db8::10/128""#, dns));
    let report = inputs.read(&mut intake, &mut notes, &NoProgress)?;
    Ok((notes, report, intake))
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
