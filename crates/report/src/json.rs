//! JSON lines: one finding a line, most severe first. Scripts rely on the names of the fields.

use crate::ranked;
use noroshi_model::Finding;
use std::io::{self, Write};

/// Writes the findings as JSON, one a line.
///
/// # Errors
/// What the writer says.
pub fn write_json_lines(mut writer: impl Write, findings: &[Finding]) -> io::Result<()> {
    for finding in ranked(findings) {
        serde_json::to_writer(&mut writer, finding)?;
        writer.write_all(b"\n")?;
    }
    Ok(())
}
