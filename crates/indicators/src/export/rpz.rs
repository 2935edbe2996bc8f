//! A response policy zone (draft-vixie-dnsop-dns-rpz): resolvers that load it do not answer for what stands in it.

use super::{Indicator, Reason, Written, held};
use crate::limits::DOMAIN_BYTES_MAX;
use crate::value::host_name;
use crate::{Kind, Value};
use ipnet::IpNet;
use noroshi_stix::Timestamp;
use std::fmt::Write as _;

/// What a resolver answers instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// The name does not exist.
    #[default]
    NoSuchName,
    /// The name exists, and has nothing.
    NoData,
    /// As if the zone were not there: to look at what it would do.
    Passthru,
}

/// How a zone is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The name of the zone without the dot at its end.
    name: String,
    /// What resolvers answer.
    pub policy: Policy,
    /// Seconds a resolver keeps an answer.
    pub ttl_seconds: u32,
    /// Seconds after which a secondary forgets the zone when the primary is silent. Killing the primary leaves rules in
    /// force until then, so it should be short.
    pub expire_seconds: u32,
}

/// The name of the zone is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the name of a zone; write it like `rpz.example.org`, with 100 letters at most")]
pub struct NotAZone(String);

/// Characters of the name of a zone: the names it blocks stand before it, and both together must be a name.
const ZONE_NAME_MAX: usize = 100;

impl Zone {
    /// A zone that answers "no such name", keeps answers for a minute and is forgotten after a day.
    ///
    /// # Errors
    /// [`NotAZone`] where `name` is none.
    pub fn new(name: &str) -> Result<Self, NotAZone> {
        let good = host_name(name).filter(|name| name.len() <= ZONE_NAME_MAX);
        let name = good.ok_or_else(|| NotAZone(crate::text::excerpt(name)))?;
        Ok(Self { name, policy: Policy::default(), ttl_seconds: 60, expire_seconds: 86_400 })
    }
}

/// Writes `rpz.zone`: each domain and everything below it, each address and block where it would be an answer. The
/// serial is the instant in seconds, so that a later zone is a newer one.
pub fn rpz(indicators: &[Indicator], at: Timestamp, zone: &Zone) -> Written {
    let mut written = Written::default();
    let held = held(indicators, at, &mut written.left_out);
    let target = match zone.policy {
        Policy::NoSuchName => ".",
        Policy::NoData => "*.",
        Policy::Passthru => "rpz-passthru.",
    };
    let mut records = String::new();
    for (value, indicator) in &held {
        let owners = match owners(value) {
            Some(owners) if owners.iter().all(|owner| owner.len() + 1 + zone.name.len() <= DOMAIN_BYTES_MAX) => owners,
            Some(_) => {
                written.left_out.add(Reason::TooLong, &indicator.id, value.to_string());
                continue;
            }
            None => {
                written.left_out.add(Reason::NoWord, &indicator.id, value.to_string());
                continue;
            }
        };
        for owner in owners {
            let _ = writeln!(records, "{owner} CNAME {target}");
        }
    }
    let serial = u32::try_from(at.as_micros().div_euclid(1_000_000).rem_euclid(1 << 32)).unwrap_or_default();
    let (ttl, expire) = (zone.ttl_seconds, zone.expire_seconds);
    let head = format!(
        "; Noroshi: indicators that hold at {at}\n$ORIGIN {}.\n$TTL {ttl}\n\
         @ SOA localhost. nobody.invalid. {serial} 60 30 {expire} {ttl}\n@ NS localhost.\n",
        zone.name
    );
    written.file("rpz.zone", head + &records);
    written
}

/// The owner names of a value, relative to the zone.
fn owners(value: &Value) -> Option<Vec<String>> {
    match value.kind() {
        Kind::Domain => {
            let name = value.domain()?;
            Some(vec![name.to_owned(), format!("*.{name}")])
        }
        Kind::Ipv4 | Kind::BlockV4 | Kind::Ipv6 | Kind::BlockV6 => Some(vec![address(&value.block()?)]),
        _ => None,
    }
}

/// `24.0.2.0.192.rpz-ip`, and for IPv6 words from the last to the first with `zz` for the longest run of zeros.
fn address(block: &IpNet) -> String {
    let bits = block.prefix_len();
    let words: Vec<String> = match block {
        IpNet::V4(block) => block.network().octets().iter().rev().map(u8::to_string).collect(),
        IpNet::V6(block) => {
            let words = block.network().segments();
            let (from, length) = zeros(&words);
            let before = words[..from].iter().map(|word| format!("{word:x}"));
            let run = (length > 1).then(|| "zz".to_owned());
            let behind = words[from + length..].iter().map(|word| format!("{word:x}"));
            let single = (length == 1).then(|| "0".to_owned());
            before.chain(run).chain(single).chain(behind).collect::<Vec<_>>().into_iter().rev().collect()
        }
    };
    format!("{bits}.{}.rpz-ip", words.join("."))
}

/// Where the first of the longest runs of zeros begins, and its length.
fn zeros(words: &[u16; 8]) -> (usize, usize) {
    let run = |from: usize| words[from..].iter().take_while(|word| **word == 0).count();
    (0..8).map(|from| (from, run(from))).rev().max_by_key(|(_, length)| *length).unwrap_or((0, 0))
}
