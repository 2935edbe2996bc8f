//! NetFlow v5: a header of 24 bytes and records of 48. It is one fixed template, so the columnar
//! code reads it like any other.

use super::columns::{self, Context, Records};
use super::message::Refusal;
use super::pending::Header;
use super::plan::Plan;
use super::rates::Rates;
use super::read::Reader;
use super::session::SessionKey;
use super::template::{FieldSpec, Registry};
use super::{ExportDecoder, Protocol};
use crate::element as e;
use crate::limits::NETFLOW5_RECORDS_MAX;
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::sync::LazyLock;

/// Bytes of the header.
pub(crate) const HEADER_BYTES: usize = 24;
/// Bytes of a record.
pub(crate) const RECORD_BYTES: usize = 48;

/// The record layout: Cisco, "NetFlow Export Datagram Format", table B-4.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let fields = [
        (e::SOURCE_IPV4_ADDRESS, 4),
        (e::DESTINATION_IPV4_ADDRESS, 4),
        (e::IP_NEXT_HOP_IPV4_ADDRESS, 4),
        // Interfaces of two bytes: no rates are announced for them, so they stay unread.
        (e::PADDING_OCTETS, 4),
        (e::PACKET_DELTA_COUNT, 4),
        (e::OCTET_DELTA_COUNT, 4),
        (e::FLOW_START_SYS_UP_TIME, 4),
        (e::FLOW_END_SYS_UP_TIME, 4),
        (e::SOURCE_TRANSPORT_PORT, 2),
        (e::DESTINATION_TRANSPORT_PORT, 2),
        (e::PADDING_OCTETS, 1),
        (e::TCP_CONTROL_BITS, 1),
        (e::PROTOCOL_IDENTIFIER, 1),
        // Type of service, AS numbers, masks, padding.
        (e::PADDING_OCTETS, 9),
    ];
    Plan::compile(&fields.map(|(id, bytes)| FieldSpec { registry: Registry::Iana, id, bytes }))
});

impl ExportDecoder {
    pub(super) fn netflow5(&mut self, exporter: u128, bytes: &[u8], received: Micros) -> Result<(), Refusal> {
        let head = read_header(bytes).ok_or("NetFlow v5 header is cut off")?;
        self.stats.messages.netflow5 += 1;
        if usize::from(head.count) > NETFLOW5_RECORDS_MAX {
            return Err(
                format!("NetFlow v5 header promises {} records, more than the format allows", head.count).into()
            );
        }
        let body = &bytes[HEADER_BYTES..];
        let claimed = usize::from(head.count) * RECORD_BYTES;
        let whole = body.get(..claimed);
        let key = SessionKey { exporter, domain: head.engine.into(), protocol: Protocol::NetFlow5 };
        let slot = self.open(key, received)?;
        self.account(slot, head.number, whole.map(|_| head.count.into()), Protocol::NetFlow5);
        let records = Records::new(whole.unwrap_or(body), RECORD_BYTES);
        let rates = Rates::of_domain(head.sampling);
        let context = Context { header: head.header, boot_ms: None, rates: &rates };
        columns::decode(&PLAN, records, &context, &mut self.scratch);
        self.stats.records.netflow5 += records.count() as u64;
        if whole.is_none() {
            let left = records.count();
            return Err(format!("NetFlow v5 header promises {} records, but {left} follow", head.count).into());
        }
        Ok(())
    }
}

struct Head {
    count: u16,
    header: Header,
    number: u32,
    engine: u16,
    sampling: u32,
}

fn read_header(bytes: &[u8]) -> Option<Head> {
    let mut reader = Reader::new(bytes);
    reader.take(2)?;
    let count = reader.u16()?;
    let uptime_ms = Some(reader.u32()?);
    let seconds = i64::from(reader.u32()?);
    let nanos = i64::from(reader.u32()?);
    let export = Micros(seconds * SECOND + (nanos / 1_000).min(SECOND - 1));
    let (number, engine, sampling) = (reader.u32()?, reader.u16()?, reader.u16()?);
    // The two top bits say how packets are chosen; 0 means every one.
    let sampling = u32::from(sampling & 0x3fff).max(1);
    Some(Head { count, header: Header { export, uptime_ms }, number, engine, sampling })
}
