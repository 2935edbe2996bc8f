//! A gate that lets everything out of documentation prefixes through, for tests.

use noroshi_flow::{DnsQuery, FlowColumns, FlowRecord, FlowSink, Intake, SinkError};
use noroshi_mandate::{Analyze, Mandate, authorise};

const MANDATE: &str = r#"
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
domestic = ["192.0.2.0/24"]
elsewhere = "foreign"
[scope]
dns_names = DNS
"#;

/// What came through.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) flows: Vec<FlowRecord>,
    pub(crate) dns: Vec<DnsQuery>,
}

impl FlowSink for Kept {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.flows.extend(batch.records());
        Ok(())
    }

    fn dns(&mut self, query: &DnsQuery) -> Result<(), SinkError> {
        self.dns.push(query.clone());
        Ok(())
    }
}

/// An intake under a mandate for tests.
pub(crate) fn gate(dns_names: bool) -> Intake {
    let text = MANDATE.replace("DNS", if dns_names { "true" } else { "false" });
    let mandate = Mandate::parse(&text, "m.toml").unwrap();
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
    Intake::new(&permit).unwrap()
}
