//! What every fuzz target needs: a gate, and a sink that forgets.

use noroshi_flow::{FlowColumns, FlowSink, Intake, SinkError};
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
