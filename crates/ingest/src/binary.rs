//! Binary exports and captures, read by `noroshi-wire`.

use crate::format::Format;
use serde::Serialize;

/// What the binary decoder counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportCounts {}

/// Recognises a binary format by its first bytes.
pub(crate) fn recognise(_head: &[u8]) -> Option<Format> {
    None
}

/// Reads a binary input.
pub(crate) fn read(
    pass: &mut crate::pass::Pass<'_>,
    format: Format,
    _stream: &mut crate::stream::Stream<'_>,
    summary: &mut crate::report::InputSummary,
) -> Result<(), crate::IngestError> {
    summary.note = Some(format!("{format} is not supported yet"));
    let _ = &pass.report;
    Ok(())
}
