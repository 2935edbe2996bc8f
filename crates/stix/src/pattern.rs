//! STIX patterning (section 9).
//!
//! [`Pattern`] is written from parts, so that no text can break out of its quotes. [`parse`] reads the full grammar
//! from strangers into [`Parsed`], which can be printed, asked for the values it names ([`Parsed::literals`]) or,
//! where it asks for plain values only, for those ([`Parsed::alternatives`]), and matched against observations
//! ([`Parsed::find`]).

mod alternatives;
mod assign;
mod comparison;
mod literals;
mod matching;
mod node;
mod observation;
mod parse;
mod tree;
mod value;
mod words;

pub use alternatives::Asked;
pub use literals::Named;
pub use matching::MatchFault;
pub use observation::{Observation, observations};
pub use parse::{Parsed, PatternFault, parse};

use crate::observable::{End, address_kind};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// A pattern in the STIX language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// Traffic from or to one address, and, where given, one port and protocol.
    pub fn traffic(address: IpAddr, end: End, port: Option<u16>, protocol: Option<&str>) -> Self {
        let end = match end {
            End::Source => "src_ref",
            End::Destination => "dst_ref",
        };
        let mut parts = vec![
            format!("network-traffic:{end}.type = {}", quoted(address_kind(address))),
            format!("network-traffic:{end}.value = {}", quoted(&address.to_string())),
        ];
        if let Some(port) = port {
            parts.push(format!("network-traffic:dst_port = {port}"));
        }
        if let Some(protocol) = protocol {
            parts.push(format!("network-traffic:protocols[*] = {}", quoted(protocol)));
        }
        Self(format!("[{}]", parts.join(" AND ")))
    }

    /// A property that has one value. `path` is written by the program, such as `file:hashes.'SHA-256'`; `value` may
    /// come from anybody.
    pub fn equals(path: &'static str, value: &str) -> Self {
        Self(format!("[{path} = {}]", quoted(value)))
    }

    /// A property that lies in a block of addresses, written like `198.51.100.0/24`.
    pub fn within(path: &'static str, block: &str) -> Self {
        Self(format!("[{path} ISSUBSET {}]", quoted(block)))
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A string literal; backslash and quote are escaped (section 9.3).
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests;
