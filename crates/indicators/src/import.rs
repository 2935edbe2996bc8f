//! Lists, reports and rules of others into indicators: bytes in, objects and faults out.
//!
//! [`import`] recognises what an input is ([`Format::guess`]) and reads it. What cannot be taken becomes a
//! [`crate::Fault`] with its line; the rest is taken. In order of what they know: a plain list of values, one a line;
//! a table whose columns say what they hold; a Shadowserver report, whose kind says what it means; rules of YARA, Sigma,
//! Suricata and Snort, which stay as they are written.

mod collect;
mod columns;
mod format;
mod list;
mod rules;
mod shadowserver;
mod sigma;
mod source;
mod table;
mod time;
mod yaml;
mod yara;

pub use format::Format;
pub use source::Source;

use crate::decode::{self, NotText};
use crate::fault::Faults;
use crate::limits::INPUT_BYTES_MAX;
use crate::object::IndicatorObject;
use collect::Collector;

/// What became of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// What it was read as.
    pub format: Format,
    /// What it was written in.
    pub encoding: &'static str,
    /// One object for each value or rule, in the order of the input, none twice.
    pub objects: Vec<Made>,
    /// Values and rules that had come before in the same input.
    pub repeated: u64,
    /// Records that say nothing about attackers, such as hosts of one's own that stand open.
    pub passed_over: u64,
    /// What could not be taken.
    pub faults: Faults,
}

/// An object and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The line it began at, from 1.
    pub line: u64,
    /// The object.
    pub object: IndicatorObject,
}

/// Why nothing at all was taken of an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Longer than the limit.
    #[error("the input has {0} bytes, more than {INPUT_BYTES_MAX}; split it")]
    TooLong(usize),
    /// No text.
    #[error(transparent)]
    NotText(#[from] NotText),
}

/// Reads one input.
///
/// `name` is the name of the file or the address it came from; it helps to recognise the format and the kind of a
/// report, and goes nowhere else. With `format` nothing is guessed.
///
/// # Errors
/// [`ImportError`] where the input as a whole cannot be read.
pub fn import(bytes: &[u8], name: &str, format: Option<Format>, source: &Source) -> Result<Imported, ImportError> {
    if bytes.len() > INPUT_BYTES_MAX {
        return Err(ImportError::TooLong(bytes.len()));
    }
    let decoded = decode::decode(bytes)?;
    let text = decoded.text.as_ref();
    let format = format.unwrap_or_else(|| Format::guess(name, text));
    let mut into = Collector::new(source, format, decoded.encoding);
    match format {
        Format::List => list::read(text, &mut into),
        Format::Table => table::read(text, &mut into),
        Format::Shadowserver => shadowserver::read(text, name, &mut into),
        Format::Yara => yara::read(text, &mut into),
        Format::Sigma => sigma::read(text, &mut into),
        Format::Suricata | Format::Snort => rules::read(text, &mut into),
    }
    Ok(into.finish())
}

#[cfg(test)]
mod tests;
