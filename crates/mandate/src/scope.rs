//! Whether one flow is covered by a mandate: the legal filter, compiled.

use crate::PlaceTable;
use noroshi_model::{Direction, Micros};
use serde::Serialize;

/// What the filter looks at.
#[derive(Debug, Clone, Copy)]
pub struct FlowKey {
    /// Initiator, as [`crate::place::to_bits`].
    pub src: u128,
    /// Responder.
    pub dst: u128,
    /// Initiator's port.
    pub sport: u16,
    /// Responder's port.
    pub dport: u16,
    /// IP protocol number.
    pub protocol: u8,
    /// Start of the flow.
    pub start: Micros,
}

/// Why a record was forgotten. The order is the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum DropReason {
    /// An end's place is not known, so it counts as domestic.
    UnknownPlace = 0,
    /// Both ends are inside the country (内内).
    Domestic = 1,
    /// The mandate does not cover this direction.
    Direction = 2,
    /// The mandate does not cover this protocol.
    Protocol = 3,
    /// The mandate covers neither port.
    Port = 4,
    /// The flow began outside the period of traffic covered.
    Period = 5,
    /// The volume cap was reached.
    VolumeCap = 6,
    /// Not an IP packet (ARP, IPX, …), so no protocol of the mandate can cover it.
    NotIp = 7,
}

impl DropReason {
    /// Every reason, in the order of the discriminants.
    pub const ALL: [Self; 8] = [
        Self::UnknownPlace,
        Self::Domestic,
        Self::Direction,
        Self::Protocol,
        Self::Port,
        Self::Period,
        Self::VolumeCap,
        Self::NotIp,
    ];

    /// The word used in the balance.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnknownPlace => "unknown_place",
            Self::Domestic => "domestic",
            Self::Direction => "direction",
            Self::Protocol => "protocol",
            Self::Port => "port",
            Self::Period => "period",
            Self::VolumeCap => "volume_cap",
            Self::NotIp => "not_ip",
        }
    }
}

/// The filter's answer for one flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Covered, in this direction.
    Keep(Direction),
    /// Not covered.
    Drop(DropReason),
}

/// A mandate compiled for the hot path.
#[derive(Debug)]
pub struct Scope {
    pub(crate) places: PlaceTable,
    /// Indexed by `Direction as usize`; `Domestic` is always false.
    pub(crate) directions: [bool; 4],
    /// 256 protocols.
    pub(crate) protocols: [bool; 256],
    /// 65,536 ports as bits; `None` covers all.
    pub(crate) ports: Option<Vec<u64>>,
    /// First moment of traffic covered.
    pub(crate) from: Micros,
    /// End of traffic covered.
    pub(crate) until: Micros,
    /// Records admitted at most.
    pub(crate) records_max: u64,
    /// Whether DNS names may be read.
    pub(crate) dns_names: bool,
}

impl Scope {
    /// Whether one flow is covered. Does not know the volume cap, which depends on what came before.
    #[inline]
    pub fn decide(&self, flow: &FlowKey) -> Verdict {
        let Some(direction) = Direction::of(self.places.place(flow.src), self.places.place(flow.dst)) else {
            return Verdict::Drop(DropReason::UnknownPlace);
        };
        if direction == Direction::Domestic {
            return Verdict::Drop(DropReason::Domestic);
        }
        if !self.directions[direction as usize] {
            return Verdict::Drop(DropReason::Direction);
        }
        if !self.protocols[flow.protocol as usize] {
            return Verdict::Drop(DropReason::Protocol);
        }
        if let Some(ports) = &self.ports
            && !(covers(ports, flow.sport) || covers(ports, flow.dport))
        {
            return Verdict::Drop(DropReason::Port);
        }
        if flow.start < self.from || flow.start >= self.until {
            return Verdict::Drop(DropReason::Period);
        }
        Verdict::Keep(direction)
    }

    /// The table of places, for who needs to know which end is domestic.
    pub fn places(&self) -> &PlaceTable {
        &self.places
    }

    /// Records admitted at most.
    pub fn records_max(&self) -> u64 {
        self.records_max
    }

    /// Whether DNS names may be read: the mandate's own switch.
    pub fn dns_names(&self) -> bool {
        self.dns_names
    }
}

#[inline]
fn covers(ports: &[u64], port: u16) -> bool {
    ports.get(usize::from(port >> 6)).is_some_and(|word| word >> (port & 63) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mandate;
    use crate::place::to_bits;

    const TEXT: &str = r#"
version = 1
id = "m-1"
title = "t"
legal_basis = "party-agreement"
directions = ["out-foreign"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[traffic]
from = 2026-02-01
until = 2026-03-01
[place]
domestic = ["192.0.2.0/24"]
foreign = ["198.51.100.0/24"]
elsewhere = "unknown"
[scope]
protocols = ["tcp"]
ports = ["80", "443", "8000-8100"]
"#;

    fn key(src: &str, dst: &str, dport: u16, protocol: u8, day: &str) -> FlowKey {
        FlowKey {
            src: to_bits(src.parse().unwrap()),
            dst: to_bits(dst.parse().unwrap()),
            sport: 50_000,
            dport,
            protocol,
            start: Micros::parse(day).unwrap(),
        }
    }

    #[test]
    fn each_reason_has_its_flow() {
        let scope = Mandate::parse(TEXT, "m.toml").unwrap().compile().unwrap();
        let day = "2026-02-10";
        let (inside, outside) = ("192.0.2.7", "198.51.100.9");
        let cases = [
            (key(inside, outside, 443, 6, day), Verdict::Keep(Direction::OutForeign)),
            (key(inside, outside, 8100, 6, day), Verdict::Keep(Direction::OutForeign)),
            (key(inside, outside, 8101, 6, day), Verdict::Drop(DropReason::Port)),
            (key(inside, "192.0.2.8", 443, 6, day), Verdict::Drop(DropReason::Domestic)),
            (key(inside, "203.0.113.1", 443, 6, day), Verdict::Drop(DropReason::UnknownPlace)),
            (key(outside, inside, 443, 6, day), Verdict::Drop(DropReason::Direction)),
            (key(inside, outside, 443, 17, day), Verdict::Drop(DropReason::Protocol)),
            (key(inside, outside, 443, 6, "2026-03-01"), Verdict::Drop(DropReason::Period)),
        ];
        for (flow, expected) in cases {
            assert_eq!(scope.decide(&flow), expected, "{flow:?}");
        }
    }
}
