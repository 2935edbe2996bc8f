//! Binary exports and captures, read by `noroshi-wire`.
//!
//! A file of datagrams does not say who sent them. Files of one folder are taken as one
//! exporter's, in order, so that a template in one of them serves the next.

use crate::error::IngestError;
use crate::format::Format;
use crate::pass::Pass;
use crate::report::{ExportCounts, InputSummary};
use crate::stream::Stream;
use noroshi_flow::damage::OffsetUnit;
use noroshi_model::Micros;
use noroshi_wire::packet::MeterLimits;
use noroshi_wire::{
    BinaryFormat, CaptureContext, DecoderLimits, ExportDecoder, PacketStats, WireError, read_exports, read_pcap,
};
use std::collections::BTreeMap;

/// The binary decoder of a pass, made when the first binary input comes.
#[derive(Debug)]
pub(crate) struct Binary {
    decoder: ExportDecoder,
    packets: PacketStats,
    folders: BTreeMap<String, u128>,
}

impl Default for Binary {
    fn default() -> Self {
        let decoder = ExportDecoder::new(DecoderLimits::default());
        Self { decoder, packets: PacketStats::default(), folders: BTreeMap::new() }
    }
}

impl Binary {
    /// What was counted.
    pub(crate) fn counts(&self) -> ExportCounts {
        ExportCounts {
            decoder: self.decoder.stats().clone(),
            sets_without_template: self.decoder.sets_waiting() as u64,
            packets: self.packets,
        }
    }

    /// A number for the folder a file lies in: it stands for the exporter's address.
    fn exporter(&mut self, name: &str) -> u128 {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let next = self.folders.len() as u128 + 1;
        *self.folders.entry(folder.to_owned()).or_insert(next)
    }
}

/// Recognises a binary format by its first bytes.
pub(crate) fn recognise(head: &[u8]) -> Option<Format> {
    Some(match noroshi_wire::recognise(head)? {
        BinaryFormat::Ipfix => Format::Ipfix,
        BinaryFormat::NetFlow5 => Format::NetflowV5,
        BinaryFormat::NetFlow9 => Format::NetflowV9,
        BinaryFormat::Sflow => Format::Sflow,
        BinaryFormat::Pcap | BinaryFormat::PcapNg => Format::Pcap,
    })
}

/// Reads a binary input to its end. `modified` stands for the time of datagrams that carry none (sFlow).
pub(crate) fn read(
    pass: &mut Pass<'_>,
    format: Format,
    modified: Micros,
    stream: &mut Stream<'_>,
    summary: &mut InputSummary,
) -> Result<(), IngestError> {
    let before = pass.intake.balance().received;
    let binary = pass.binary.get_or_insert_default();
    let exporter = binary.exporter(&summary.name);
    let damage = &mut pass.report.damage;
    let mut context = CaptureContext { intake: &mut *pass.intake, sink: &mut *pass.sink, damage };
    let read = if format == Format::Pcap {
        read_pcap(&mut *stream, &summary.name, MeterLimits::default(), &mut binary.decoder, &mut context)
            .map(|packets| add(&mut binary.packets, &packets))
    } else {
        read_exports(&mut *stream, &summary.name, (exporter, modified), &mut binary.decoder, &mut context)
    };
    match read {
        Ok(()) => {}
        Err(WireError::Sink(error)) => return Err(error.into()),
        Err(WireError::Read { source }) => pass.cut(&source, summary, stream.bytes, OffsetUnit::Byte),
        Err(error @ WireError::Capture { .. }) => {
            summary.note = Some(error.to_string());
            pass.damage("capture", summary, 0, OffsetUnit::Byte, || error.to_string());
        }
    }
    // What an error left in the decoder was decoded all the same.
    if let Some(binary) = &mut pass.binary {
        binary.decoder.hand_over(pass.intake);
    }
    summary.records = pass.intake.balance().received - before;
    Ok(())
}

fn add(all: &mut PacketStats, one: &PacketStats) {
    all.packets += one.packets;
    all.exports += one.exports;
    all.not_ip += one.not_ip;
    all.flows += one.flows;
    all.flows_evicted += one.flows_evicted;
    all.dns_queries += one.dns_queries;
}
