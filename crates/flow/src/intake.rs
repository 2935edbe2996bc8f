//! The intake: every decoder hands its records here, and only what the mandate covers comes out.

use crate::balance::Balance;
use crate::columns::FlowColumns;
use crate::limits::BATCH_RECORDS;
use crate::record::FlowRecord;
use noroshi_mandate::{Act, DropReason, FlowKey, MandateError, Permit, Scope, Verdict};
use noroshi_model::{Direction, Micros};

/// Why a sink could not take a batch; the run stops.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
pub struct SinkError {
    /// What was being done.
    pub what: String,
    /// Why it failed.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// A DNS query and its answer, read only under the mandate's own switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsQuery {
    /// When it was asked.
    pub at: Micros,
    /// Who asked.
    pub client: u128,
    /// Who was asked.
    pub resolver: u128,
    /// The name asked for, lower case, without the trailing dot.
    pub name: String,
    /// Query type (1 A, 16 TXT, 10 NULL, …).
    pub qtype: u16,
    /// Response code (0 no error, 3 no such name); `None` when unanswered.
    pub rcode: Option<u8>,
}

/// What takes admitted records: the broad aggregates, the selection, a test.
pub trait FlowSink {
    /// Takes a batch of admitted records, each with its direction.
    ///
    /// # Errors
    /// [`SinkError`] when the batch cannot be taken; the run stops there.
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError>;

    /// Takes one DNS query; never called unless the mandate's DNS switch is on.
    ///
    /// # Errors
    /// [`SinkError`] as above.
    fn dns(&mut self, _query: &DnsQuery) -> Result<(), SinkError> {
        Ok(())
    }
}

/// The gate between decoders and everything else.
///
/// A decoder has no other way to hand on a record, and the intake has no way to hand on one
/// that [`Scope::decide`] did not keep.
#[derive(Debug)]
pub struct Intake {
    scope: Scope,
    admitted: FlowColumns,
    balance: Balance,
    kept: u64,
    kept_indexes: Vec<u32>,
}

impl Intake {
    /// Compiles the mandate behind a permit into a gate.
    ///
    /// # Errors
    /// [`MandateError`] when a registration table cannot be read.
    pub fn new<A: Act>(permit: &Permit<'_, A>) -> Result<Self, MandateError> {
        let scope = permit.mandate().compile()?;
        Ok(Self {
            scope,
            admitted: FlowColumns::default(),
            balance: Balance::default(),
            kept: 0,
            kept_indexes: Vec::new(),
        })
    }

    /// Offers one record.
    #[inline]
    pub fn offer(&mut self, record: &FlowRecord) {
        if let Some(direction) = self.admit(|scope| scope.decide(&record.key())) {
            self.admitted.push(record);
            self.admitted.direction.push(direction);
        }
    }

    /// Counts a record of something that is not IP (ARP, IPX, …) and forgets it. `key` says where
    /// its ends stand, so that a domestic one is counted as domestic.
    pub fn offer_not_ip(&mut self, key: &FlowKey) {
        self.balance.received += 1;
        self.balance.drop_one(match self.scope.decide(key) {
            Verdict::Keep(_) => DropReason::NotIp,
            Verdict::Drop(reason) => reason,
        });
    }

    /// Offers a decoder's scratch columns and clears them.
    ///
    /// Decides first and copies afterwards, column by column: what is dropped is never copied.
    pub fn offer_columns(&mut self, scratch: &mut FlowColumns) {
        let mut kept = std::mem::take(&mut self.kept_indexes);
        kept.clear();
        for index in 0..scratch.len() {
            let key = scratch.key(index);
            if let Some(direction) = self.admit(|scope| scope.decide(&key)) {
                kept.push(index as u32);
                self.admitted.direction.push(direction);
            }
        }
        self.admitted.extend_kept(scratch, &kept);
        self.kept_indexes = kept;
        scratch.clear();
    }

    /// Offers one DNS query; `true` when the mandate covers it. Not a flow record: it does not
    /// count in the balance, whose flow to the resolver does. What foreign hosts ask domestic
    /// resolvers is never covered: findings about names show the resolver, and not as a pseudonym.
    pub fn covers_dns(&self, query: &DnsQuery) -> bool {
        let key = FlowRecord {
            start: query.at,
            src: query.client,
            dst: query.resolver,
            dport: 53,
            protocol: 17,
            ..FlowRecord::default()
        }
        .key();
        self.scope.dns_names()
            && matches!(self.scope.decide(&key), Verdict::Keep(Direction::OutForeign | Direction::ForeignForeign))
    }

    #[inline]
    fn admit(&mut self, decide: impl FnOnce(&Scope) -> Verdict) -> Option<Direction> {
        self.balance.received += 1;
        match decide(&self.scope) {
            Verdict::Keep(_) if self.kept >= self.scope.records_max() => {
                self.balance.drop_one(DropReason::VolumeCap);
                None
            }
            Verdict::Keep(direction) => {
                self.kept += 1;
                Some(direction)
            }
            Verdict::Drop(reason) => {
                self.balance.drop_one(reason);
                None
            }
        }
    }

    /// Whether enough records are waiting to be worth handing on.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.admitted.len() >= BATCH_RECORDS
    }

    /// Hands waiting records to `sink` and forgets them.
    ///
    /// # Errors
    /// [`SinkError`] from the sink.
    pub fn drain(&mut self, sink: &mut dyn FlowSink) -> Result<(), SinkError> {
        if !self.admitted.is_empty() {
            sink.flows(&self.admitted)?;
            self.admitted.clear();
        }
        Ok(())
    }

    /// Records admitted and not yet drained.
    pub fn waiting(&self) -> &FlowColumns {
        &self.admitted
    }

    /// The filter, for who needs to know which end of an admitted record is domestic.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What was received and dropped so far.
    pub fn balance(&self) -> &Balance {
        &self.balance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_mandate::place::to_bits;
    use noroshi_mandate::{Analyze, Mandate, authorise};

    const TEXT: &str = r#"
version = 1
id = "m-1"
title = "t"
legal_basis = "party-agreement"
directions = ["out-foreign"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[place]
domestic = ["192.0.2.0/24"]
elsewhere = "foreign"
[limits]
records_max = 2
"#;

    fn intake() -> Intake {
        let mandate = Mandate::parse(TEXT, "m.toml").unwrap();
        let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
        Intake::new(&permit).unwrap()
    }

    fn record(src: &str, dst: &str) -> FlowRecord {
        let bits = |text: &str| to_bits(text.parse().unwrap());
        FlowRecord { src: bits(src), dst: bits(dst), protocol: 6, dport: 443, packets: 1, ..FlowRecord::default() }
    }

    #[test]
    fn what_is_not_covered_never_comes_out() {
        let mut intake = intake();
        intake.offer(&record("192.0.2.1", "203.0.113.5"));
        intake.offer(&record("192.0.2.1", "192.0.2.2"));
        intake.offer(&record("203.0.113.5", "192.0.2.1"));
        assert_eq!(intake.waiting().len(), 1);
        assert_eq!(intake.balance().dropped(DropReason::Domestic), 1);
        assert_eq!(intake.balance().dropped(DropReason::Direction), 1);
    }

    #[test]
    fn what_is_not_ip_is_counted_and_never_comes_out() {
        let mut intake = intake();
        intake.offer_not_ip(&record("192.0.2.1", "192.0.2.2").key());
        intake.offer_not_ip(&record("192.0.2.1", "203.0.113.5").key());
        assert!(intake.waiting().is_empty());
        assert_eq!(intake.balance().dropped(DropReason::Domestic), 1);
        assert_eq!(intake.balance().dropped(DropReason::NotIp), 1);
        assert!(intake.balance().adds_up());
    }

    #[test]
    fn names_asked_from_abroad_are_not_covered() {
        let text = TEXT.replace("[\"out-foreign\"]", "[\"out-foreign\", \"foreign-in\"]");
        let mandate = Mandate::parse(&format!("{text}[scope]\ndns_names = true\n"), "m.toml").unwrap();
        let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
        let intake = Intake::new(&permit).unwrap();
        let query = |client: &str, resolver: &str| DnsQuery {
            at: mandate.term.from,
            client: to_bits(client.parse().unwrap()),
            resolver: to_bits(resolver.parse().unwrap()),
            name: "example.org".into(),
            qtype: 1,
            rcode: None,
        };
        assert!(intake.covers_dns(&query("192.0.2.1", "203.0.113.5")));
        assert!(!intake.covers_dns(&query("203.0.113.5", "192.0.2.1")));
    }

    #[test]
    fn the_volume_cap_holds_one_past_the_limit() {
        let mut intake = intake();
        let mut scratch = FlowColumns::default();
        (0..3).for_each(|_| scratch.push(&record("192.0.2.1", "203.0.113.5")));
        intake.offer_columns(&mut scratch);
        assert!(scratch.is_empty());
        assert_eq!(intake.waiting().len(), 2);
        assert_eq!(intake.balance().dropped(DropReason::VolumeCap), 1);
        assert_eq!(intake.balance().received, 3);
    }
}
