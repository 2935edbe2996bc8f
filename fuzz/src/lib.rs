//! What every fuzz target needs: a gate, a sink that forgets, and a way to feed lines.

use noroshi_flow::{FlowColumns, FlowSink, Intake, SinkError};
use noroshi_ingest::limits::DNS_NAME_BYTES_MAX;
use noroshi_ingest::text::{Entry, LogReader};
use noroshi_mandate::{Analyze, Mandate, authorise};

const MANDATE: &str = r#"
version = 1
id = "fuzz"
title = "fuzzing"
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
dns_names = true
"#;

/// Takes records and forgets them.
#[derive(Debug, Default)]
pub struct Forget;

impl FlowSink for Forget {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        assert_eq!(batch.len(), batch.direction.len());
        Ok(())
    }
}

/// An intake that admits most of what fuzzing makes.
///
/// # Panics
/// When the mandate above is no longer one.
#[must_use]
pub fn gate() -> Intake {
    let mandate = Mandate::parse(MANDATE, "fuzz").expect("the mandate parses");
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).expect("the mandate is in force");
    Intake::new(&permit).expect("the mandate compiles")
}

/// Bytes of a faulty value shown, and of the sentence around it.
const FAULT_BYTES_MAX: usize = 256;

/// Feeds a log line by line, as a file would be read: once with names and once without.
///
/// # Panics
/// When a reader breaks what it promises: names only when asked for and within their limit, and
/// faults that quote a bounded piece of the line.
pub fn lines<R: LogReader + Clone>(reader: &mut R, data: &[u8]) {
    let (mut with_names, mut without) = (reader.clone(), reader.clone());
    for line in data.split(|&byte| byte == b'\n') {
        match with_names.entry(line, true) {
            // A lossy character grows from one byte to three.
            Ok(Entry::Dns(query)) => assert!(!query.name.is_empty() && query.name.len() <= 3 * DNS_NAME_BYTES_MAX),
            Ok(_) => {}
            Err(fault) => assert!(fault.to_string().len() <= FAULT_BYTES_MAX),
        }
        assert!(!matches!(without.entry(line, false), Ok(Entry::Dns(_))));
    }
}
