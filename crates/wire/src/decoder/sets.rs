//! The sets of a NetFlow v9 or IPFIX message: templates, options, data.

use super::columns::{self, Context, Records};
use super::message::Refusal;
use super::pending::Header;
use super::plan::{Packing, Plan};
use super::rates::Announced;
use super::read::Reader;
use super::session::{Kind, Session, TakeUp};
use super::template::{self, FieldSpec, TemplateItem, TemplateKind};
use super::{ExportDecoder, Origin, Protocol, section};
use crate::limits::RECORDS_PER_SET_MAX;
use noroshi_flow::{Damage, FlowColumns};
use noroshi_model::Micros;

/// What a set is, by its id.
enum SetKind {
    Templates(TemplateKind),
    Data,
    Reserved,
}

fn kind_of(id: u16, protocol: Protocol) -> SetKind {
    match (protocol, id) {
        (Protocol::NetFlow9, 0) => SetKind::Templates(TemplateKind::NetFlow9),
        (Protocol::NetFlow9, 1) => SetKind::Templates(TemplateKind::NetFlow9Options),
        (Protocol::Ipfix, 2) => SetKind::Templates(TemplateKind::Ipfix),
        (Protocol::Ipfix, 3) => SetKind::Templates(TemplateKind::IpfixOptions),
        (_, 256..) => SetKind::Data,
        _ => SetKind::Reserved,
    }
}

impl ExportDecoder {
    /// Reads every set. Returns how many data records there were, `None` when not known because
    /// a template is missing.
    #[expect(clippy::too_many_arguments, reason = "the message's context, once")]
    pub(super) fn sets(
        &mut self,
        slot: usize,
        protocol: Protocol,
        header: Header,
        bytes: &[u8],
        received: Micros,
        damage: &mut Damage,
        at: &Origin<'_>,
    ) -> Result<Option<u32>, Refusal> {
        let mut reader = Reader::new(bytes);
        let mut records = Some(0u32);
        while reader.rest().len() >= 4 {
            // A zero-filled rest is padding (some exporters send frames of one size).
            if reader.rest().iter().all(|&byte| byte == 0) {
                break;
            }
            let (id, body) = next_set(&mut reader)?;
            match kind_of(id, protocol) {
                SetKind::Templates(kind) => self.templates(slot, kind, body, damage, at),
                SetKind::Data => {
                    let count = self.data(slot, id, header, body, received, protocol);
                    records = records.zip(count).map(|(sum, count)| sum.wrapping_add(count));
                }
                SetKind::Reserved => damage.record("export set", || at.note(format!("set id {id} is reserved"))),
            }
        }
        Ok(records)
    }

    fn templates(&mut self, slot: usize, kind: TemplateKind, body: &[u8], damage: &mut Damage, at: &Origin<'_>) {
        let mut reader = Reader::new(body);
        while let Some(item) = template::next(&mut reader, kind, self.limits.fields_per_template) {
            match item {
                Ok(TemplateItem::Withdraw(id)) => self.stats.withdrawals += self.sessions.withdraw(slot, id),
                Ok(TemplateItem::Define(record)) => match self.sessions.define(slot, &record, &self.limits) {
                    TakeUp::New => {
                        self.stats.templates += 1;
                        self.replay(slot, record.id);
                    }
                    TakeUp::Repeat => {}
                    TakeUp::Refused => {
                        self.stats.templates_refused += 1;
                        damage.record("export template", || at.note("too many templates; this one is not taken up"));
                    }
                },
                Err(error) => {
                    self.stats.templates_refused += 1;
                    damage.record("export template", || at.note(error.reason()));
                    break;
                }
            }
        }
    }

    /// Decodes what was held for a template that came now.
    fn replay(&mut self, slot: usize, id: u16) {
        let serial = self.sessions.session(slot).serial;
        for held in self.pending.release(serial, id) {
            self.stats.sets_replayed += 1;
            let protocol = if held.header.uptime_ms.is_some() { Protocol::NetFlow9 } else { Protocol::Ipfix };
            self.data_with_template(slot, id, held.header, &held.bytes, protocol);
        }
    }

    fn data(
        &mut self,
        slot: usize,
        id: u16,
        header: Header,
        body: &[u8],
        received: Micros,
        protocol: Protocol,
    ) -> Option<u32> {
        let count = self.data_with_template(slot, id, header, body, protocol);
        if count.is_none() {
            self.stats.sets_held += 1;
            let serial = self.sessions.session(slot).serial;
            self.stats.sets_expired += self.pending.hold((serial, id), received, header, body, &self.limits);
        }
        count
    }

    /// Decodes one data set; `None` when its template is not known.
    fn data_with_template(
        &mut self,
        slot: usize,
        id: u16,
        header: Header,
        body: &[u8],
        protocol: Protocol,
    ) -> Option<u32> {
        let session = self.sessions.session(slot);
        // Options records change the session while its template is read.
        if let Kind::Options(_) = session.templates.get(&id)?.kind {
            return self.options(slot, id, body);
        }
        let Kind::Data(plan) = &session.templates.get(&id)?.kind else { return None };
        let before = self.scratch.len();
        let count = decode_data(plan, session, header, body, &mut self.packed, &mut self.scratch);
        let flows = (self.scratch.len() - before) as u64;
        match protocol {
            Protocol::NetFlow9 => self.stats.records.netflow9 += flows,
            _ => self.stats.records.ipfix += flows,
        }
        if plan.section.is_some() {
            self.stats.samples_not_ip += count as u64 - flows;
        } else {
            self.stats.records_not_flows += count as u64 - flows;
        }
        Some(count as u32)
    }

    fn options(&mut self, slot: usize, id: u16, body: &[u8]) -> Option<u32> {
        let mut rest = body;
        let mut count = 0;
        while !rest.is_empty() && count < RECORDS_PER_SET_MAX as u32 {
            let Kind::Options(fields) = &self.sessions.session(slot).templates.get(&id)?.kind else { return None };
            let mut announced = Announced::default();
            let used = template::walk(fields, rest, |index, value| announced.field(&fields[index], value));
            let Some(used) = used.filter(|&used| used > 0) else { break };
            count += 1;
            self.stats.sampling_rates += u64::from(self.sessions.announce(slot, &announced));
            rest = &rest[used..];
        }
        self.stats.options_records += u64::from(count);
        Some(count)
    }
}

fn next_set<'a>(reader: &mut Reader<'a>) -> Result<(u16, &'a [u8]), Refusal> {
    let cut = || Refusal::from("set header is cut off");
    let (id, length) = (reader.u16().ok_or_else(cut)?, reader.u16().ok_or_else(cut)?);
    let body = usize::from(length).checked_sub(4);
    let body = body.ok_or_else(|| format!("set {id} says it is {length} bytes long, which is less than its header"))?;
    let left = reader.rest().len();
    let bytes = reader.take(body);
    let bytes = bytes.ok_or_else(|| format!("set {id} says it is {length} bytes long, but {} are left", left + 4))?;
    Ok((id, bytes))
}

/// Decodes the records of one data set; how many there were, flows or not.
fn decode_data(
    plan: &Plan,
    session: &Session,
    header: Header,
    body: &[u8],
    packed: &mut Vec<u8>,
    out: &mut FlowColumns,
) -> usize {
    let context = Context { header, boot_ms: session.boot_ms, rates: &session.rates };
    if let Some(section) = &plan.section {
        return section::decode(section, body, &context, out);
    }
    let records = match &plan.packing {
        None => Records::new(body, plan.stride),
        Some(packing) => {
            packed.clear();
            let count = pack(packing, body, packed);
            if !plan.is_flow() {
                return count;
            }
            Records::new(packed, plan.stride)
        }
    };
    if plan.is_flow() {
        columns::decode(plan, records, &context, out);
    }
    records.count()
}

/// Copies the fields that are read of every record to fixed places; how many records there were.
fn pack(packing: &Packing, body: &[u8], packed: &mut Vec<u8>) -> usize {
    let mut rest = body;
    let mut count = 0;
    let least = template::record_bytes_min(&packing.fields);
    while rest.len() >= least && count < RECORDS_PER_SET_MAX {
        let from = packed.len();
        let keep = |fields: &[FieldSpec], packed: &mut Vec<u8>| {
            template::walk(fields, rest, |index, value| {
                if packing.keep[index] {
                    packed.extend_from_slice(value);
                }
            })
        };
        let Some(used) = keep(&packing.fields, packed).filter(|&used| used > 0) else {
            packed.truncate(from);
            break;
        };
        count += 1;
        rest = &rest[used..];
    }
    count
}
