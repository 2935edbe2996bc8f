//! Recorded inputs as something that can be read twice.

use noroshi_flow::{Balance, FlowSink, Intake, Source};
use noroshi_ingest::{IngestError, InputReport, Inputs, Progress};
use noroshi_mandate::{Act, MandateError, Permit};

/// Inputs behind a mandate's gate; the gate is set up anew for each pass.
pub(crate) struct Recorded<'a> {
    inputs: &'a Inputs,
    intakes: Vec<Intake>,
    progress: &'a dyn Progress,
    /// What the last pass read.
    pub(crate) report: InputReport,
}

impl<'a> Recorded<'a> {
    /// Two passes' worth of gates under one permit.
    pub(crate) fn new<A: Act>(
        permit: &Permit<'_, A>,
        inputs: &'a Inputs,
        progress: &'a dyn Progress,
    ) -> Result<Self, MandateError> {
        let intakes = vec![Intake::new(permit)?, Intake::new(permit)?];
        Ok(Self { inputs, intakes, progress, report: InputReport::default() })
    }
}

/// Why a pass failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PassError {
    /// Reading failed.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The records could not be taken.
    #[error(transparent)]
    Sink(#[from] noroshi_flow::SinkError),
    /// Somebody asked for a third pass.
    #[error("a run reads its inputs twice, not more often")]
    TooManyPasses,
}

impl Source for Recorded<'_> {
    type Error = PassError;

    fn pass(&mut self, sink: &mut dyn FlowSink) -> Result<Balance, PassError> {
        let mut intake = self.intakes.pop().ok_or(PassError::TooManyPasses)?;
        self.report = self.inputs.read(&mut intake, sink, self.progress)?;
        Ok(intake.balance().clone())
    }
}
