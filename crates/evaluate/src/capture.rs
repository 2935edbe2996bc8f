//! A capture as a [`Source`]: read through the intake once, and seen through a [`View`] many times.

use crate::labels::Labels;
use crate::limits::HELD_RECORDS_MAX;
use crate::view::{View, ViewSink};
use noroshi_flow::{Balance, DnsQuery, FlowColumns, FlowSink, Intake, SinkError, Source};
use noroshi_ingest::{IngestError, Inputs, NoProgress, Progress};
use noroshi_mandate::{Evaluate, Permit};

/// What the mandate admits of a capture, in memory where it fits.
#[derive(Debug)]
pub struct Recording<'a> {
    inputs: &'a Inputs,
    permit: &'a Permit<'a, Evaluate>,
    /// `None`: too large to hold, so read anew for each pass.
    held: Option<Held>,
    /// Of the whole capture.
    pub(crate) balance: Balance,
}

#[derive(Debug, Default)]
struct Held {
    batches: Vec<FlowColumns>,
    dns: Vec<DnsQuery>,
    records: usize,
    records_max: usize,
    too_many: bool,
}

impl FlowSink for Held {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        self.records += batch.len();
        if self.records > self.records_max {
            self.too_many = true;
            self.batches = Vec::new();
            self.dns = Vec::new();
        }
        if !self.too_many {
            self.batches.push(batch.clone());
        }
        Ok(())
    }

    fn dns(&mut self, query: &DnsQuery) -> Result<(), SinkError> {
        self.records += 1;
        self.too_many |= self.records > self.records_max;
        if !self.too_many {
            self.dns.push(query.clone());
        }
        Ok(())
    }
}

impl<'a> Recording<'a> {
    /// Reads a capture once, behind the mandate's gate.
    ///
    /// # Errors
    /// [`IngestError`] when it cannot be read.
    pub fn read(
        permit: &'a Permit<'a, Evaluate>,
        inputs: &'a Inputs,
        progress: &dyn Progress,
    ) -> Result<Self, IngestError> {
        Self::read_holding(permit, inputs, progress, HELD_RECORDS_MAX)
    }

    pub(crate) fn read_holding(
        permit: &'a Permit<'a, Evaluate>,
        inputs: &'a Inputs,
        progress: &dyn Progress,
        records_max: usize,
    ) -> Result<Self, IngestError> {
        let mut held = Held { records_max, ..Held::default() };
        let balance = from_files(permit, inputs, &mut held, progress)?;
        let held = (!held.too_many).then_some(held);
        Ok(Self { inputs, permit, held, balance })
    }

    /// Whether the records are in memory.
    #[cfg(test)]
    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Hands every admitted record to `sink`.
    ///
    /// # Errors
    /// [`IngestError`] when it cannot be read anew, or the sink fails.
    pub(crate) fn play(&self, sink: &mut dyn FlowSink) -> Result<(), IngestError> {
        let Some(held) = &self.held else {
            return from_files(self.permit, self.inputs, sink, &NoProgress).map(|_| ());
        };
        held.batches.iter().try_for_each(|batch| sink.flows(batch))?;
        Ok(held.dns.iter().try_for_each(|query| sink.dns(query))?)
    }
}

fn from_files(
    permit: &Permit<'_, Evaluate>,
    inputs: &Inputs,
    sink: &mut dyn FlowSink,
    progress: &dyn Progress,
) -> Result<Balance, IngestError> {
    let mut intake = Intake::new(permit)
        .map_err(|error| SinkError { what: "cannot compile the mandate".to_owned(), source: Box::new(error) })?;
    inputs.read(&mut intake, sink, progress)?;
    Ok(intake.balance().clone())
}

/// One view of a recording, for a run.
#[derive(Debug)]
pub struct Viewed<'a> {
    /// What is seen.
    pub recording: &'a Recording<'a>,
    /// Which records are malicious, for null runs.
    pub labels: &'a Labels,
    /// How it is seen.
    pub view: View,
}

impl Source for Viewed<'_> {
    type Error = IngestError;

    /// Of the balance, what the view does not show was never received.
    fn pass(&mut self, sink: &mut dyn FlowSink) -> Result<Balance, IngestError> {
        let mut shown = ViewSink::new(sink, self.view, self.labels);
        self.recording.play(&mut shown)?;
        let mut balance = self.recording.balance.clone();
        balance.received = balance.out_of_mandate() + shown.handed;
        Ok(balance)
    }
}
