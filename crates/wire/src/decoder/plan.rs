//! A data template compiled once: for each column, where its value is in a record.
//!
//! Records with variable-length fields are first packed: the fields a column reads are copied
//! to fixed places, and the same columnar code runs over the packed bytes.

mod places;

use super::template::{FieldSpec, Registry, VARIABLE};
use crate::element as e;
use places::Places;

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
