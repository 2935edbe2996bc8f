//! Where what is read goes: the gate, what is behind it, and the book of damage.

use noroshi_flow::{Damage, FlowSink, Intake, SinkError};

/// Borrowed by every reader of this crate.
pub struct CaptureContext<'a> {
    /// The gate.
    pub intake: &'a mut Intake,
    /// What takes admitted records.
    pub sink: &'a mut dyn FlowSink,
    /// What could not be read.
    pub damage: &'a mut Damage,
}

impl CaptureContext<'_> {
    /// Drains the intake once it holds a batch.
    ///
    /// # Errors
    /// [`SinkError`] from the sink.
    pub fn drain_when_full(&mut self) -> Result<(), SinkError> {
        if self.intake.is_full() { self.intake.drain(self.sink) } else { Ok(()) }
    }
}

impl std::fmt::Debug for CaptureContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaptureContext").field("damage", &self.damage).finish_non_exhaustive()
    }
}
