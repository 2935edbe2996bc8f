//! Something that can be read twice: broad first, then deep.

use crate::balance::Balance;
use crate::intake::{FlowSink, SinkError};

/// Flow records behind a mandate's gate: files, a recording, a simulated nation.
pub trait Source {
    /// Why a pass failed.
    type Error: std::error::Error + Send + Sync + 'static + From<SinkError>;

    /// One pass: hands every admitted record to `sink`, and says what was received and dropped.
    /// `aggregated_only` and `selected` of the balance stay 0: the caller knows them.
    ///
    /// # Errors
    /// When the records cannot be read, or the sink cannot take them.
    fn pass(&mut self, sink: &mut dyn FlowSink) -> Result<Balance, Self::Error>;
}
