//! What is known of one exporter and domain: templates, sampling rates, the next sequence number.

use super::plan::Plan;
use super::rates::{Announced, Rates};
use super::sequence::Sequence;
use super::template::{FieldSpec, TemplateRecord};
use super::{DecoderLimits, Protocol};
use crate::limits::{EXPORTER_IDLE_SECONDS_MAX, SAMPLING_RATES_ALL_MAX};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use std::collections::HashMap;

/// Templates are scoped to exporter address, protocol and domain (RFC 7011 §8, RFC 3954 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SessionKey {
    pub(crate) exporter: u128,
    pub(crate) domain: u64,
    pub(crate) protocol: Protocol,
}

/// One exporter and domain.
#[derive(Debug, Default)]
pub(crate) struct Session {
    pub(crate) templates: HashMap<u16, Template, foldhash::fast::FixedState>,
    pub(crate) rates: Rates,
    pub(crate) sequence: Sequence,
    /// `systemInitTimeMilliseconds`, where announced.
    pub(crate) boot_ms: Option<u64>,
    last_seen: Micros,
    /// Never used twice, so that what is held for one session is not replayed in another.
    pub(crate) serial: u64,
}

/// A template, ready for use.
#[derive(Debug)]
pub(crate) struct Template {
    raw: Box<[u8]>,
    pub(crate) kind: Kind,
}

/// What its records are.
#[derive(Debug)]
pub(crate) enum Kind {
    Data(Box<Plan>),
    Options(Box<[FieldSpec]>),
}

/// Why a template was not taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TakeUp {
    New,
    Repeat,
    Refused,
}

/// Every exporter tracked.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    index: HashMap<SessionKey, usize, foldhash::fast::RandomState>,
    slots: Vec<Session>,
    free: Vec<usize>,
    last: Option<(SessionKey, usize)>,
    template_bytes: usize,
    rates_kept: usize,
    swept: Micros,
    serial: u64,
}

impl Sessions {
    /// The slot of an exporter, made when there is room; `None` when too many are tracked.
    pub(crate) fn find(&mut self, key: SessionKey, now: Micros, limits: &DecoderLimits) -> Option<usize> {
        if let Some((last, slot)) = self.last
            && last == key
        {
            self.slots[slot].last_seen = now;
            return Some(slot);
        }
        let slot = match self.index.get(&key) {
            Some(&slot) => slot,
            None => self.add(key, now, limits)?,
        };
        self.slots[slot].last_seen = now;
        self.last = Some((key, slot));
        Some(slot)
    }

    fn add(&mut self, key: SessionKey, now: Micros, limits: &DecoderLimits) -> Option<usize> {
        if self.index.len() >= limits.exporters {
            self.sweep(now);
        }
        if self.index.len() >= limits.exporters {
            return None;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Session::default());
            self.slots.len() - 1
        });
        self.serial += 1;
        self.slots[slot] = Session { serial: self.serial, ..Session::default() };
        self.index.insert(key, slot);
        Some(slot)
    }

    /// Forgets exporters that fell silent; at most once a minute, since it looks at all of them.
    fn sweep(&mut self, now: Micros) {
        if now.0.saturating_sub(self.swept.0) < 60 * SECOND {
            return;
        }
        self.swept = now;
        self.last = None;
        let Self { index, slots, free, template_bytes, rates_kept, .. } = self;
        index.retain(|_, slot| {
            let session = &mut slots[*slot];
            let stays = now.0.saturating_sub(session.last_seen.0) <= EXPORTER_IDLE_SECONDS_MAX * SECOND;
            if !stays {
                *template_bytes -= session.templates.values().map(|template| template.raw.len()).sum::<usize>();
                *rates_kept -= session.rates.len();
                *session = Session::default();
                free.push(*slot);
            }
            stays
        });
    }

    /// One session; `slot` comes from [`Sessions::find`].
    pub(crate) fn session(&mut self, slot: usize) -> &mut Session {
        &mut self.slots[slot]
    }

    /// Takes up what an options record announces; `false` when it is no sampling rate we can keep.
    pub(crate) fn announce(&mut self, slot: usize, announced: &Announced) -> bool {
        let room = SAMPLING_RATES_ALL_MAX.saturating_sub(self.rates_kept);
        let session = &mut self.slots[slot];
        let before = session.rates.len();
        let taken = session.rates.announce(announced, room);
        self.rates_kept += session.rates.len() - before;
        session.boot_ms = announced.boot_ms.or(session.boot_ms);
        taken
    }

    /// Takes up a template.
    pub(crate) fn define(&mut self, slot: usize, record: &TemplateRecord<'_>, limits: &DecoderLimits) -> TakeUp {
        let templates = &mut self.slots[slot].templates;
        let known = templates.get(&record.id);
        // The raw bytes of a data and an options template differ in meaning, not always in value.
        if let Some(known) = known
            && *known.raw == *record.raw
            && matches!(known.kind, Kind::Options(_)) == record.scopes.is_some()
        {
            return TakeUp::Repeat;
        }
        let replaced = known.map_or(0, |template| template.raw.len());
        let bytes = self.template_bytes - replaced + record.raw.len();
        if known.is_none() && templates.len() >= limits.templates_per_domain || bytes > limits.template_bytes {
            return TakeUp::Refused;
        }
        let kind = match record.scopes {
            None => Kind::Data(Box::new(Plan::compile(&record.fields))),
            Some(_) => Kind::Options(record.fields.as_slice().into()),
        };
        templates.insert(record.id, Template { raw: record.raw.into(), kind });
        self.template_bytes = bytes;
        TakeUp::New
    }

    /// Withdraws one template, or with the id of a set (2 or 3) all of that kind; how many.
    pub(crate) fn withdraw(&mut self, slot: usize, id: u16) -> u64 {
        let mut withdrawn = 0;
        let mut bytes = 0;
        self.slots[slot].templates.retain(|&known, template| {
            let goes = match id {
                2 => matches!(template.kind, Kind::Data(_)),
                3 => matches!(template.kind, Kind::Options(_)),
                id => known == id,
            };
            if goes {
                withdrawn += 1;
                bytes += template.raw.len();
            }
            !goes
        });
        self.template_bytes -= bytes;
        withdrawn
    }
}
