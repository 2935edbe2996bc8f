//! What was observed: addresses and traffic (section 6).

use crate::common::SpecVersion;
use crate::id::Contributing;
use crate::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// An address. Whether it is `ipv4-addr` or `ipv6-addr` is the variant of [`crate::Object`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// Always 2.1.
    pub spec_version: SpecVersion,
    /// Made from the value.
    pub id: Id,
    /// The address as text.
    pub value: String,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub object_marking_refs: Vec<Id>,
}

/// The type name of an address.
pub const fn address_kind(address: IpAddr) -> &'static str {
    match address {
        IpAddr::V4(_) => "ipv4-addr",
        IpAddr::V6(_) => "ipv6-addr",
    }
}

impl Address {
    /// Of one address.
    pub fn new(address: IpAddr, markings: Vec<Id>) -> Self {
        let value = address.to_string();
        let id = Id::observable(address_kind(address), &Contributing::default().text("value", &value));
        Self { spec_version: SpecVersion::V2_1, id, value, object_marking_refs: markings }
    }
}

/// Traffic (section 6.12). Only one end need be named: the other is nobody's business here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkTraffic {
    /// Always 2.1.
    pub spec_version: SpecVersion,
    /// Made from start, end, address, port and protocols.
    pub id: Id,
    /// First flow.
    pub start: Timestamp,
    /// Last flow.
    pub end: Timestamp,
    /// The address that began, where that is the end to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src_ref: Option<Id>,
    /// The address that was called, where that is the end to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst_ref: Option<Id>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst_port: Option<u16>,
    /// From the outermost to the innermost.
    pub protocols: Vec<String>,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub object_marking_refs: Vec<Id>,
}

/// Which end of the traffic is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It began.
    Source,
    /// It was called.
    Destination,
}

/// What is known of the traffic to or from one address.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// The address.
    pub address: &'a Address,
    /// Which end it was.
    pub end: End,
    /// The port called, where the observation is about one.
    pub port: Option<u16>,
    /// The transport protocol in lower case.
    pub protocol: String,
    /// First flow.
    pub first: Timestamp,
    /// Last flow.
    pub last: Timestamp,
}

impl NetworkTraffic {
    /// Of what was seen.
    pub fn new(seen: &Seen<'_>, markings: Vec<Id>) -> Self {
        let network = if seen.address.id.kind() == "ipv6-addr" { "ipv6" } else { "ipv4" };
        let protocols = vec![network.to_owned(), seen.protocol.clone()];
        let address = Some(seen.address.id.clone());
        let (src_ref, dst_ref) = match seen.end {
            End::Source => (address, None),
            End::Destination => (None, address),
        };
        let mut key = Contributing::default()
            .text("start", seen.first)
            .text("end", seen.last)
            .text(if src_ref.is_some() { "src_ref" } else { "dst_ref" }, &seen.address.id)
            .texts("protocols", &protocols);
        if let Some(port) = seen.port {
            key = key.number("dst_port", port.into());
        }
        Self {
            spec_version: SpecVersion::V2_1,
            id: Id::observable("network-traffic", &key),
            start: seen.first,
            end: seen.last.max(seen.first),
            src_ref,
            dst_ref,
            dst_port: seen.port,
            protocols,
            object_marking_refs: markings,
        }
    }
}
