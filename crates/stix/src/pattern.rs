//! STIX patterning (section 9): written from parts, so that no text can break out of its quotes, and read from
//! strangers ([`mod@parse`]).

mod parse;

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
mod tests {
    use super::*;

    #[test]
    fn a_server_on_a_port() {
        let pattern = Pattern::traffic("203.0.113.7".parse().unwrap(), End::Destination, Some(443), Some("tcp"));
        assert_eq!(
            pattern.as_str(),
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.7' \
             AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']"
        );
    }

    #[test]
    fn quotes_cannot_break_out() {
        assert_eq!(quoted(r"a'] OR [b\"), r"'a\'] OR [b\\'");
    }
}
