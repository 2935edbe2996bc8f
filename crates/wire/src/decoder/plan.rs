//! A data template compiled once: for each column, where its value is in a record.
//!
//! Records with variable-length fields are first packed: the fields a column reads are copied
//! to fixed places, and the same columnar code runs over the packed bytes.

use super::template::{FieldSpec, Registry, VARIABLE};
use crate::element as e;

/// An unsigned number in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// The template does not have it.
    Absent,
    /// At this offset, of so many bytes (1 to 8).
    At(usize, u8),
}

impl Number {
    pub(crate) fn is_present(self) -> bool {
        self != Self::Absent
    }
}

/// An address in a record, by offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    Absent,
    V4(usize),
    V6(usize),
    /// Both are there; the one that is not zero counts.
    Either(usize, usize),
}

/// A time in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Absent,
    /// Whole units of so many microseconds since 1970.
    Epoch(Number, i64),
    /// NTP seconds and fraction (RFC 7011 §6.1.9 and §6.1.10), 8 bytes.
    Ntp(usize),
    /// Microseconds before the export time.
    BeforeExport(Number),
    /// Milliseconds since the exporter booted.
    Uptime(Number),
}

/// The reverse direction (RFC 5103), or what the responder sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reverse {
    pub(crate) packets: Number,
    pub(crate) bytes: Number,
    pub(crate) flags: Number,
    /// `biflowDirection`.
    pub(crate) direction: Number,
}

/// ICMP type and code, which stand in `dport`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Icmp {
    pub(crate) both: Number,
    pub(crate) kind: Number,
    pub(crate) code: Number,
}

/// Where a record's sampling rate comes from, when not from the domain's announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RateSource {
    /// One rate for the domain.
    Domain,
    /// In the record.
    Inline(Number),
    /// By sampler or selector id.
    Selector(Number),
    /// By ingress interface.
    Interface(Number),
}

/// A compiled data template.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Bytes of a record, packed or as sent.
    pub(crate) stride: usize,
    /// The fields to pack; `None` when every record has one length.
    pub(crate) packing: Option<Packing>,
    pub(crate) src: Address,
    pub(crate) dst: Address,
    pub(crate) sport: Number,
    pub(crate) dport: Number,
    pub(crate) protocol: Number,
    pub(crate) flags: Number,
    pub(crate) packets: Number,
    pub(crate) bytes: Number,
    pub(crate) reverse: Option<Reverse>,
    pub(crate) start: Moment,
    pub(crate) end: Moment,
    /// Units after `start`, and microseconds a unit.
    pub(crate) duration: (Number, i64),
    /// `systemInitTimeMilliseconds` of the record.
    pub(crate) boot_ms: Number,
    pub(crate) icmp4: Icmp,
    pub(crate) icmp6: Icmp,
    pub(crate) rate: RateSource,
    /// The field that holds a packet's own bytes, when that is where the addresses are.
    pub(crate) section: Option<Section>,
}

/// How to pack a record with variable-length fields.
#[derive(Debug)]
pub(crate) struct Packing {
    pub(crate) fields: Vec<FieldSpec>,
    /// Whether each field is kept.
    pub(crate) keep: Vec<bool>,
}

/// A sampled packet's header inside a record (PSAMP, RFC 5477).
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) fields: Vec<FieldSpec>,
    pub(crate) field: usize,
    /// Whether it starts with an Ethernet header.
    pub(crate) ethernet: bool,
}

impl Plan {
    /// Whether records name two addresses, as flows do.
    pub(crate) fn is_flow(&self) -> bool {
        self.src != Address::Absent && self.dst != Address::Absent
    }

    /// Compiles fields into a plan.
    pub(crate) fn compile(fields: &[FieldSpec]) -> Self {
        let variable = fields.iter().any(|field| field.bytes == VARIABLE);
        let keep: Vec<bool> = fields.iter().map(|field| !variable || is_read(field)).collect();
        let places = Places::new(fields, &keep);
        let packing = variable.then(|| Packing { fields: fields.to_vec(), keep });
        let mut plan = places.plan(packing);
        if !plan.is_flow() {
            plan.section = section(fields);
        }
        plan
    }
}

/// Whether a column might read this field.
fn is_read(field: &FieldSpec) -> bool {
    field.bytes <= 16 && field.registry != Registry::Other && field.bytes > 0
}

fn section(fields: &[FieldSpec]) -> Option<Section> {
    let find = |id| fields.iter().position(|field| field.iana() == Some(id));
    let link = find(e::DATA_LINK_FRAME_SECTION);
    let field = link.or_else(|| find(e::IP_HEADER_PACKET_SECTION))?;
    Some(Section { fields: fields.to_vec(), field, ethernet: link.is_some() })
}

/// Offsets of the fields kept.
struct Places {
    at: Vec<(FieldSpec, usize)>,
    stride: usize,
}

impl Places {
    fn new(fields: &[FieldSpec], keep: &[bool]) -> Self {
        let mut at = Vec::new();
        let mut offset = 0;
        for (field, _) in fields.iter().zip(keep).filter(|(_, keep)| **keep) {
            at.push((*field, offset));
            offset += usize::from(field.bytes);
        }
        Self { at, stride: offset }
    }

    fn find(&self, registry: Registry, id: u16, fits: impl Fn(u16) -> bool) -> Option<(usize, u16)> {
        // The first of several fields with one number (RFC 7011 §8: order carries meaning; the
        // first is the outermost header).
        let mut fields = self.at.iter().filter(|(field, _)| field.registry == registry && field.id == id);
        fields.find(|(field, _)| fits(field.bytes)).map(|(field, offset)| (*offset, field.bytes))
    }

    fn number_in(&self, registry: Registry, ids: &[u16]) -> Number {
        let numbers = ids.iter().filter_map(|&id| self.find(registry, id, |bytes| (1..=8).contains(&bytes)));
        numbers.into_iter().next().map_or(Number::Absent, |(offset, bytes)| Number::At(offset, bytes as u8))
    }

    fn number(&self, ids: &[u16]) -> Number {
        self.number_in(Registry::Iana, ids)
    }

    fn wide(&self, id: u16, bytes: u16) -> Option<usize> {
        self.find(Registry::Iana, id, |length| length == bytes).map(|(offset, _)| offset)
    }

    fn address(&self, v4: u16, v6: u16) -> Address {
        match (self.wide(v4, 4), self.wide(v6, 16)) {
            (None, None) => Address::Absent,
            (Some(v4), None) => Address::V4(v4),
            (None, Some(v6)) => Address::V6(v6),
            (Some(v4), Some(v6)) => Address::Either(v4, v6),
        }
    }

    /// The finest time there is.
    fn moment(&self, [nanos, micros, millis, seconds, delta, uptime]: [u16; 6]) -> Moment {
        if let Some(offset) = self.wide(nanos, 8).or_else(|| self.wide(micros, 8)) {
            return Moment::Ntp(offset);
        }
        let epoch = [(millis, 1_000), (seconds, 1_000_000)].map(|(id, unit)| (self.number(&[id]), unit));
        if let Some(&(number, unit)) = epoch.iter().find(|(number, _)| number.is_present()) {
            return Moment::Epoch(number, unit);
        }
        match (self.number(&[delta]), self.number(&[uptime])) {
            (Number::Absent, Number::Absent) => Moment::Absent,
            (Number::Absent, uptime) => Moment::Uptime(uptime),
            (delta, _) => Moment::BeforeExport(delta),
        }
    }

    fn start(&self) -> Moment {
        self.moment([
            e::FLOW_START_NANOSECONDS,
            e::FLOW_START_MICROSECONDS,
            e::FLOW_START_MILLISECONDS,
            e::FLOW_START_SECONDS,
            e::FLOW_START_DELTA_MICROSECONDS,
            e::FLOW_START_SYS_UP_TIME,
        ])
    }

    fn end(&self) -> Moment {
        let flow_end = self.moment([
            e::FLOW_END_NANOSECONDS,
            e::FLOW_END_MICROSECONDS,
            e::FLOW_END_MILLISECONDS,
            e::FLOW_END_SECONDS,
            e::FLOW_END_DELTA_MICROSECONDS,
            e::FLOW_END_SYS_UP_TIME,
        ]);
        if flow_end != Moment::Absent {
            return flow_end;
        }
        // Event exporters (firewalls, packet samplers) say when they looked instead.
        self.moment([
            e::OBSERVATION_TIME_NANOSECONDS,
            e::OBSERVATION_TIME_MICROSECONDS,
            e::OBSERVATION_TIME_MILLISECONDS,
            e::OBSERVATION_TIME_SECONDS,
            0,
            0,
        ])
    }

    fn duration(&self) -> (Number, i64) {
        match self.number(&[e::FLOW_DURATION_MICROSECONDS]) {
            Number::Absent => (self.number(&[e::FLOW_DURATION_MILLISECONDS]), 1_000),
            micros => (micros, 1),
        }
    }

    fn reverse(&self) -> Option<Reverse> {
        // A responder's count means one only beside the initiator's: some NetFlow v9 exporters
        // use the number for something of their own.
        let two = |reverse: &[u16], [initiator, responder]: [u16; 2]| match self.number_in(Registry::Reverse, reverse) {
            Number::Absent if self.number(&[initiator]).is_present() => self.number(&[responder]),
            number => number,
        };
        let packets =
            two(&[e::PACKET_DELTA_COUNT, e::PACKET_TOTAL_COUNT], [e::INITIATOR_PACKETS, e::RESPONDER_PACKETS]);
        let bytes = two(&[e::OCTET_DELTA_COUNT, e::OCTET_TOTAL_COUNT], [e::INITIATOR_OCTETS, e::RESPONDER_OCTETS]);
        if !packets.is_present() && !bytes.is_present() {
            return None;
        }
        let flags = self.number_in(Registry::Reverse, &[e::TCP_CONTROL_BITS]);
        Some(Reverse { packets, bytes, flags, direction: self.number(&[e::BIFLOW_DIRECTION]) })
    }

    fn rate(&self) -> RateSource {
        let inline = self.number(&[e::SAMPLING_INTERVAL]);
        let selector = self.number(&[e::SAMPLER_ID, e::SELECTOR_ID]);
        let interface = self.number(&[e::INGRESS_INTERFACE]);
        match () {
            () if inline.is_present() => RateSource::Inline(inline),
            () if selector.is_present() => RateSource::Selector(selector),
            () if interface.is_present() => RateSource::Interface(interface),
            () => RateSource::Domain,
        }
    }

    fn plan(&self, packing: Option<Packing>) -> Plan {
        Plan {
            stride: self.stride,
            packing,
            src: self.address(e::SOURCE_IPV4_ADDRESS, e::SOURCE_IPV6_ADDRESS),
            dst: self.address(e::DESTINATION_IPV4_ADDRESS, e::DESTINATION_IPV6_ADDRESS),
            sport: self.number(&[e::SOURCE_TRANSPORT_PORT, e::TCP_SOURCE_PORT, e::UDP_SOURCE_PORT]),
            dport: self.number(&[e::DESTINATION_TRANSPORT_PORT, e::TCP_DESTINATION_PORT, e::UDP_DESTINATION_PORT]),
            protocol: self.number(&[e::PROTOCOL_IDENTIFIER]),
            flags: self.number(&[e::TCP_CONTROL_BITS]),
            packets: self.number(&[e::PACKET_DELTA_COUNT, e::PACKET_TOTAL_COUNT, e::INITIATOR_PACKETS]),
            bytes: self.number(&[
                e::OCTET_DELTA_COUNT,
                e::OCTET_TOTAL_COUNT,
                e::INITIATOR_OCTETS,
                e::LAYER2_OCTET_DELTA_COUNT,
                e::LAYER2_OCTET_TOTAL_COUNT,
            ]),
            reverse: self.reverse(),
            start: self.start(),
            end: self.end(),
            duration: self.duration(),
            boot_ms: self.number(&[e::SYSTEM_INIT_TIME_MILLISECONDS]),
            icmp4: Icmp {
                both: self.number(&[e::ICMP_TYPE_CODE_IPV4]),
                kind: self.number(&[e::ICMP_TYPE_IPV4]),
                code: self.number(&[e::ICMP_CODE_IPV4]),
            },
            icmp6: Icmp {
                both: self.number(&[e::ICMP_TYPE_CODE_IPV6]),
                kind: self.number(&[e::ICMP_TYPE_IPV6]),
                code: self.number(&[e::ICMP_CODE_IPV6]),
            },
            rate: self.rate(),
            section: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(id: u16, bytes: u16) -> FieldSpec {
        FieldSpec { registry: Registry::Iana, id, bytes }
    }

    #[test]
    fn offsets_follow_the_template() {
        let plan = Plan::compile(&[spec(8, 4), spec(12, 4), spec(7, 2), spec(1, 3), spec(154, 8)]);
        assert_eq!((plan.src, plan.dst), (Address::V4(0), Address::V4(4)));
        assert_eq!(plan.bytes, Number::At(10, 3));
        assert_eq!(plan.start, Moment::Ntp(13));
        assert_eq!(plan.stride, 21);
    }

    #[test]
    fn variable_fields_are_packed_away() {
        let plan = Plan::compile(&[spec(8, 4), spec(96, VARIABLE), spec(12, 4), spec(400, 40)]);
        assert_eq!((plan.src, plan.dst), (Address::V4(0), Address::V4(4)));
        assert_eq!(plan.stride, 8);
    }

    #[test]
    fn a_field_of_the_wrong_length_is_absent() {
        let plan = Plan::compile(&[spec(8, 16), spec(1, 9), spec(2, 0)]);
        assert_eq!(plan.src, Address::Absent);
        assert_eq!((plan.bytes, plan.packets), (Number::Absent, Number::Absent));
    }
}
