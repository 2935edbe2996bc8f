//! Which field each column reads, when a template offers several.

use super::super::template::{FieldSpec, Registry};
use super::{Address, Icmp, Moment, Number, Packing, Plan, RateSource, Reverse};
use crate::element as e;

/// Offsets of the fields kept.
pub(super) struct Places {
    at: Vec<(FieldSpec, usize)>,
    stride: usize,
}

impl Places {
    pub(super) fn new(fields: &[FieldSpec], keep: &[bool]) -> Self {
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

    pub(super) fn plan(&self, packing: Option<Packing>) -> Plan {
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
