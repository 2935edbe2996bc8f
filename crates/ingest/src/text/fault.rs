//! What is wrong with a line, without owning any of it.

use std::fmt;

/// Kinds of damage a text log can have; the words stand in the damage report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The line ends before a column that is needed.
    Column,
    /// Not an address.
    Address,
    /// Not a port.
    Port,
    /// Not a number.
    Number,
    /// Not a time.
    Time,
    /// Not a JSON object, or a needed key of the wrong type.
    Json,
    /// A header that lacks a needed column, or no header at all.
    Header,
    /// Not a DNS name.
    Name,
}

impl FaultKind {
    /// The word counted by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Column => "missing column",
            Self::Address => "bad address",
            Self::Port => "bad port",
            Self::Number => "bad number",
            Self::Time => "bad time",
            Self::Json => "bad json",
            Self::Header => "bad header",
            Self::Name => "bad name",
        }
    }
}

/// One damaged line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault<'l> {
    /// What kind of damage.
    pub kind: FaultKind,
    /// The column or key.
    pub column: &'static str,
    /// Its value as it stands in the line.
    pub value: &'l [u8],
}

impl<'l> Fault<'l> {
    /// A fault of one column's value.
    pub fn new(kind: FaultKind, column: &'static str, value: &'l [u8]) -> Self {
        Self { kind, column, value }
    }
}

/// Bytes of a value shown.
const SHOWN_MAX: usize = 40;

/// A value is shown only when it looks like a number, an address or a time: in a line whose
/// columns have shifted it could be payload, which nobody may see.
fn shown(value: &[u8]) -> Option<&str> {
    let plain = |b: &u8| b.is_ascii_hexdigit() || b".:-+/xTZ ".contains(b);
    let fits = !value.is_empty() && value.len() <= SHOWN_MAX && value.iter().all(plain);
    if fits { std::str::from_utf8(value).ok() } else { None }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.column;
        let what = match self.kind {
            FaultKind::Column => return write!(f, "the line ends before column `{column}`"),
            FaultKind::Header => return write!(f, "the header names no column `{column}`"),
            FaultKind::Json => return write!(f, "not a JSON object with {column}"),
            FaultKind::Address => "an address",
            FaultKind::Port => "a port",
            FaultKind::Number => "a number",
            FaultKind::Time => "a time",
            FaultKind::Name => "a DNS name",
        };
        match shown(self.value) {
            Some(value) => write!(f, "`{value}` in column `{column}` is not {what}"),
            None => write!(f, "column `{column}` holds {} bytes that are not {what}", self.value.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_the_column_and_shows_no_payload() {
        let fault = |value| Fault::new(FaultKind::Port, "Sport", value).to_string();
        assert_eq!(fault(b"65536"), "`65536` in column `Sport` is not a port");
        assert_eq!(fault(b"GET /a"), "column `Sport` holds 6 bytes that are not a port");
        assert_eq!(fault(&[b'1'; SHOWN_MAX + 1]), "column `Sport` holds 41 bytes that are not a port");
    }
}
