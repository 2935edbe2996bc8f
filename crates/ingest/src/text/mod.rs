//! Pieces of text logs: numbers, addresses, times, and what is wrong with them. No allocation.

pub mod address;
pub mod columns;
pub mod fault;
pub(crate) mod json;
pub mod number;
pub mod time;

pub use fault::{Fault, FaultKind};

use noroshi_flow::{DnsQuery, FlowRecord};

/// What one line of a log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A flow.
    Flow(FlowRecord),
    /// A record of something that is not IP (ARP, IPX, …): counted, never kept.
    NotIp(FlowRecord),
    /// A DNS query; only when names may be read.
    Dns(DnsQuery),
    /// Understood and passed over.
    Skipped,
    /// A header or comment.
    Directive,
}

/// A log read line by line.
pub trait LogReader {
    /// Understands one line. `dns` says whether names may be read.
    ///
    /// # Errors
    /// [`Fault`]: which column is wrong, and its value.
    fn entry<'l>(&mut self, line: &'l [u8], dns: bool) -> Result<Entry, Fault<'l>>;
}

/// A DNS name as [`DnsQuery`] wants it: lower case, no trailing dot. `None` when it is empty or too long.
pub(crate) fn dns_name(name: &[u8]) -> Option<String> {
    let name = name.strip_suffix(b".").unwrap_or(name);
    if name.is_empty() || name.len() > crate::limits::DNS_NAME_BYTES_MAX {
        return None;
    }
    Some(String::from_utf8_lossy(name).to_lowercase())
}
