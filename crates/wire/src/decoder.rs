//! Flow exports into columns: NetFlow v5 and v9, IPFIX, sFlow v5.
//!
//! A template is compiled once into a plan; data sets are then decoded column by column into
//! scratch columns, which the caller hands to the intake. Nothing else comes out of here.

mod columns;
mod message;
mod netflow5;
mod pending;
mod plan;
mod rates;
pub(crate) mod read;
mod section;
mod sequence;
mod session;
mod sets;
mod sflow;
mod stats;
mod template;
#[cfg(test)]
mod tests;

use crate::limits as l;
use noroshi_flow::damage::{DamageNote, OffsetUnit};
use noroshi_flow::{Damage, FlowColumns, Intake};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use pending::Pending;
use session::Sessions;
pub use stats::{DecoderStats, ProtocolCounts};

/// How much a decoder may hold.
#[derive(Debug, Clone)]
pub struct DecoderLimits {
    /// Exporters (address, protocol, domain) tracked at once.
    pub exporters: usize,
    /// Templates of one exporter and domain.
    pub templates_per_domain: usize,
    /// Bytes of template records of all exporters together.
    pub template_bytes: usize,
    /// Fields in one template.
    pub fields_per_template: usize,
    /// Bytes of data held until their template comes.
    pub held_bytes: usize,
    /// How long data is held until its template comes.
    pub held_age: Micros,
}

impl Default for DecoderLimits {
    fn default() -> Self {
        Self {
            exporters: l::EXPORTERS_MAX,
            templates_per_domain: l::TEMPLATES_PER_DOMAIN_MAX,
            template_bytes: l::TEMPLATE_BYTES_MAX,
            fields_per_template: l::TEMPLATE_FIELDS_MAX,
            held_bytes: l::HELD_BYTES_MAX,
            held_age: Micros(l::HELD_SECONDS_MAX * SECOND),
        }
    }
}

/// Where bytes came from, for damage notes.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Input as the user named it.
    pub input: &'a str,
    /// Where in it.
    pub offset: u64,
    /// What `offset` counts.
    pub unit: OffsetUnit,
}

impl Origin<'_> {
    /// A note of damage here.
    pub fn note(&self, reason: impl Into<String>) -> DamageNote {
        DamageNote { input: self.input.to_owned(), offset: self.offset, unit: self.unit, reason: reason.into() }
    }
}

/// The export protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Protocol {
    NetFlow5,
    NetFlow9,
    Ipfix,
    Sflow,
}

/// Decodes export datagrams. Holds templates and sequence numbers of every exporter it met.
///
/// ```no_run
/// # use noroshi_flow::{Damage, Intake, damage::OffsetUnit};
/// # use noroshi_model::Micros;
/// # use noroshi_wire::{DecoderLimits, ExportDecoder, Origin};
/// # fn read(intake: &mut Intake, exporter: u128, datagram: &[u8], now: Micros) {
/// let mut decoder = ExportDecoder::new(DecoderLimits::default());
/// let mut damage = Damage::default();
/// let at = Origin { input: "udp:4739", offset: 1, unit: OffsetUnit::Datagram };
/// decoder.datagram(exporter, datagram, now, intake, &mut damage, &at);
/// # }
/// ```
#[derive(Debug)]
pub struct ExportDecoder {
    limits: DecoderLimits,
    sessions: Sessions,
    pending: Pending,
    stats: DecoderStats,
    scratch: FlowColumns,
    packed: Vec<u8>,
}

impl ExportDecoder {
    /// A decoder that has met no exporter yet.
    pub fn new(limits: DecoderLimits) -> Self {
        Self {
            limits,
            sessions: Sessions::default(),
            pending: Pending::default(),
            stats: DecoderStats::default(),
            scratch: FlowColumns::default(),
            packed: Vec::new(),
        }
    }

    /// Decodes one datagram (or one message of a file) and offers its records to the intake.
    ///
    /// `exporter` is the sender's address as [`noroshi_mandate::place::to_bits`], `received` when
    /// it came. Damage is counted and never stops the caller.
    pub fn datagram(
        &mut self,
        exporter: u128,
        bytes: &[u8],
        received: Micros,
        intake: &mut Intake,
        damage: &mut Damage,
        at: &Origin<'_>,
    ) {
        self.decode(exporter, bytes, received, damage, at);
        self.hand_over(intake);
    }

    /// The first half of [`ExportDecoder::datagram`]: records wait in the decoder. Who decodes
    /// many datagrams at once hands over when [`ExportDecoder::waiting`] is worth it.
    pub fn decode(&mut self, exporter: u128, bytes: &[u8], received: Micros, damage: &mut Damage, at: &Origin<'_>) {
        self.stats.datagrams += 1;
        let decoded = match bytes {
            [0, 5, ..] => self.netflow5(exporter, bytes, received),
            [0, 9, ..] => self.netflow9(exporter, bytes, received, damage, at),
            [0, 10, ..] => self.ipfix(exporter, bytes, received, damage, at),
            [0, 0, 0, 5, ..] => self.sflow(exporter, bytes, received, damage, at),
            _ => {
                self.stats.unknown_version += 1;
                Err("not NetFlow v5, NetFlow v9, IPFIX or sFlow v5".into())
            }
        };
        if let Err(reason) = decoded {
            damage.record("export datagram", || at.note(reason));
        }
    }

    /// Records decoded and not yet handed over.
    pub fn waiting(&self) -> &FlowColumns {
        &self.scratch
    }

    /// Whether so many records wait that handing over costs little for each.
    pub fn is_worth_handing_over(&self) -> bool {
        self.scratch.len() >= l::GATHER_RECORDS
    }

    /// Offers the records that wait to the intake.
    pub fn hand_over(&mut self, intake: &mut Intake) {
        intake.offer_columns(&mut self.scratch);
    }

    /// Forgets the records that wait: for measuring the decoder alone.
    pub fn forget_waiting(&mut self) {
        self.scratch.clear();
    }

    /// What was met so far.
    pub fn stats(&self) -> &DecoderStats {
        &self.stats
    }

    /// Data sets that still wait for their template; at the end of the input they are lost.
    pub fn sets_waiting(&self) -> usize {
        self.pending.len()
    }
}
