//! Message headers of NetFlow v9 (RFC 3954 §5.1) and IPFIX (RFC 7011 §3.1), and their accounting.

use super::pending::Header;
use super::read::Reader;
use super::sequence::Step;
use super::session::SessionKey;
use super::{ExportDecoder, Origin, Protocol};
use noroshi_flow::Damage;
use noroshi_model::Micros;
use noroshi_model::time::SECOND;

/// Why a datagram could not be read to its end.
pub(super) type Refusal = std::borrow::Cow<'static, str>;

impl ExportDecoder {
    pub(super) fn netflow9(
        &mut self,
        exporter: u128,
        bytes: &[u8],
        received: Micros,
        damage: &mut Damage,
        at: &Origin<'_>,
    ) -> Result<(), Refusal> {
        let (header, number, domain, rest) = netflow9_header(bytes).ok_or("NetFlow v9 header is cut off")?;
        self.stats.messages.netflow9 += 1;
        let key = SessionKey { exporter, domain: domain.into(), protocol: Protocol::NetFlow9 };
        let slot = self.open(key, received)?;
        // RFC 3954 §5.1: the number counts datagrams.
        self.account(slot, number, Some(1), Protocol::NetFlow9);
        self.sets(slot, Protocol::NetFlow9, header, rest, received, damage, at).map(|_| ())
    }

    pub(super) fn ipfix(
        &mut self,
        exporter: u128,
        bytes: &[u8],
        received: Micros,
        damage: &mut Damage,
        at: &Origin<'_>,
    ) -> Result<(), Refusal> {
        let mut reader = Reader::new(bytes);
        let header = ipfix_header(&mut reader).ok_or("IPFIX header is cut off")?;
        self.stats.messages.ipfix += 1;
        let body = header.length.checked_sub(16).ok_or("IPFIX message length is below its header's")?;
        let whole = reader.take(body);
        let rest = whole.unwrap_or(reader.rest());
        let key = SessionKey { exporter, domain: header.domain.into(), protocol: Protocol::Ipfix };
        let slot = self.open(key, received)?;
        let context = Header { export: header.export, uptime_ms: None };
        let records = self.sets(slot, Protocol::Ipfix, context, rest, received, damage, at);
        // RFC 7011 §3.1: the number counts data records before this message.
        let units = if whole.is_some() { records.as_ref().ok().copied().flatten() } else { None };
        self.account(slot, header.number, units, Protocol::Ipfix);
        records?;
        if whole.is_none() {
            return Err(format!("IPFIX message of {} bytes is cut off after {}", header.length, bytes.len()).into());
        }
        Ok(())
    }

    pub(super) fn open(&mut self, key: SessionKey, received: Micros) -> Result<usize, Refusal> {
        let Some(slot) = self.sessions.find(key, received, &self.limits) else {
            self.stats.exporters_refused += 1;
            return Err("too many exporters are tracked already; raise the limit or check for forged senders".into());
        };
        Ok(slot)
    }

    pub(super) fn account(&mut self, slot: usize, number: u32, units: Option<u32>, protocol: Protocol) {
        match self.sessions.session(slot).sequence.step(number, units) {
            Step::Expected => {}
            Step::Gap(missing) => match protocol {
                Protocol::Ipfix | Protocol::NetFlow5 => self.stats.lost_records += u64::from(missing),
                Protocol::NetFlow9 | Protocol::Sflow => self.stats.lost_datagrams += u64::from(missing),
            },
            // What came late had been counted as lost.
            Step::Late => {
                self.stats.out_of_order += 1;
                let lost = match protocol {
                    Protocol::Ipfix | Protocol::NetFlow5 => &mut self.stats.lost_records,
                    Protocol::NetFlow9 | Protocol::Sflow => &mut self.stats.lost_datagrams,
                };
                *lost = lost.saturating_sub(units.unwrap_or(0).into());
            }
            Step::Restart => self.stats.restarts += 1,
        }
    }
}

fn netflow9_header(bytes: &[u8]) -> Option<(Header, u32, u32, &[u8])> {
    let mut reader = Reader::new(bytes);
    // Version and count; the count means records to some vendors and sets to others.
    reader.take(4)?;
    let uptime_ms = reader.u32()?;
    let export = Micros(i64::from(reader.u32()?) * SECOND);
    let (number, domain) = (reader.u32()?, reader.u32()?);
    Some((Header { export, uptime_ms: Some(uptime_ms) }, number, domain, reader.rest()))
}

struct IpfixHeader {
    length: usize,
    export: Micros,
    number: u32,
    domain: u32,
}

fn ipfix_header(reader: &mut Reader<'_>) -> Option<IpfixHeader> {
    reader.take(2)?;
    Some(IpfixHeader {
        length: reader.u16()?.into(),
        export: Micros(i64::from(reader.u32()?) * SECOND),
        number: reader.u32()?,
        domain: reader.u32()?,
    })
}
