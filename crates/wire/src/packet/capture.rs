//! Captures read to their end: exports inside them to the decoder, all else to the flow meter.

use super::dns::DnsMatcher;
use super::header::Packet;
use super::link::Link;
use super::meter::{FlowMeter, MeterLimits};
use crate::decoder::{ExportDecoder, Origin};
use crate::framing::{BinaryFormat, frames_well, recognise};
use crate::limits::{CAPTURE_BUFFER_BYTES, CAPTURE_INTERFACES_MAX};
use crate::{CaptureContext, WireError};
use noroshi_flow::damage::OffsetUnit;
use noroshi_flow::{DnsQuery, SinkError};
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{Block, LegacyPcapReader, PcapBlockOwned, PcapError, PcapNGReader};
use serde::Serialize;
use std::io::Read;

/// What a capture held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PacketStats {
    /// Packets.
    pub packets: u64,
    /// Packets that were flow exports.
    pub exports: u64,
    /// Packets without IP, or of a link type we do not read.
    pub not_ip: u64,
    /// Flows the meter made of the others.
    pub flows: u64,
    /// Flows reported early because the meter's table was full.
    pub flows_evicted: u64,
    /// DNS questions read, where the mandate allows it.
    pub dns_queries: u64,
}

/// Ports flow exports usually go to.
const EXPORT_PORTS: [u16; 5] = [2_055, 4_739, 6_343, 9_995, 9_996];

/// Reads a libpcap or pcapng capture into the intake and drains it into the sink as it fills.
///
/// # Errors
/// [`WireError`] when the stream is no capture or cannot be read, or the sink refuses. A capture
/// that is cut off or damaged further on is read as far as it goes, and counted.
pub fn read_pcap(
    mut reader: impl Read,
    name: &str,
    limits: MeterLimits,
    decoder: &mut ExportDecoder,
    context: &mut CaptureContext<'_>,
) -> Result<PacketStats, WireError> {
    let (magic, read) = read_magic(&mut reader)?;
    let stream = Whole(std::io::Cursor::new(magic).take(read).chain(reader));
    let bad_start = |error: PcapError<&[u8]>| WireError::Capture { reason: describe(&error) };
    let mut blocks: Box<dyn PcapReaderIterator> = match recognise(&magic) {
        Some(BinaryFormat::Pcap) => Box::new(LegacyPcapReader::new(CAPTURE_BUFFER_BYTES, stream).map_err(bad_start)?),
        Some(BinaryFormat::PcapNg) => Box::new(PcapNGReader::new(CAPTURE_BUFFER_BYTES, stream).map_err(bad_start)?),
        _ => return Err(WireError::Capture { reason: "the first four bytes are of no known kind".into() }),
    };
    let nanoseconds = matches!(magic, [0xa1, 0xb2, 0x3c, 0x4d] | [0x4d, 0x3c, 0xb2, 0xa1]);
    let mut capture = Capture::new(name, nanoseconds, limits);
    capture.read(&mut *blocks, decoder, context)?;
    capture.finish(decoder, context)
}

fn read_magic(reader: &mut impl Read) -> Result<([u8; 4], u64), WireError> {
    let mut magic = [0; 4];
    let mut read = 0;
    while read < magic.len() {
        match reader.read(&mut magic[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(source) => return Err(WireError::Read { source }),
        }
    }
    Ok((magic, read as u64))
}

/// Fills the buffer it is given: the capture readers take a short first read for a short file.
struct Whole<R>(R);

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.0.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if filled == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(filled)
    }
}

fn describe(error: &PcapError<&[u8]>) -> String {
    match error {
        PcapError::Eof => "it is empty".into(),
        PcapError::UnexpectedEof | PcapError::Incomplete(_) => "it ends inside a packet".into(),
        PcapError::BufferTooSmall => "a packet is larger than captures have".into(),
        PcapError::ReadError => "it cannot be read on".into(),
        PcapError::HeaderNotRecognized => "its header is of no known kind".into(),
        PcapError::NomError(_, kind) | PcapError::OwnedNomError(_, kind) => format!("a block is malformed ({kind:?})"),
    }
}

/// An interface of the capture: its link type and clock.
#[derive(Debug, Clone, Copy)]
struct Interface {
    link: Link,
    ticks_per_second: u64,
    offset_seconds: i64,
}

struct Capture<'a> {
    name: &'a str,
    interfaces: Vec<Interface>,
    nanoseconds: bool,
    meter: FlowMeter,
    dns: DnsMatcher,
    stats: PacketStats,
    last: Micros,
    offset: u64,
}

impl<'a> Capture<'a> {
    fn new(name: &'a str, nanoseconds: bool, limits: MeterLimits) -> Self {
        Self {
            name,
            interfaces: Vec::new(),
            nanoseconds,
            meter: FlowMeter::new(limits),
            dns: DnsMatcher::default(),
            stats: PacketStats::default(),
            last: Micros(0),
            offset: 0,
        }
    }

    fn read(
        &mut self,
        blocks: &mut dyn PcapReaderIterator,
        decoder: &mut ExportDecoder,
        context: &mut CaptureContext<'_>,
    ) -> Result<(), WireError> {
        let mut refilled_at = None;
        loop {
            let here = Some((self.offset, blocks.data().len()));
            let error = match blocks.next() {
                Ok((length, block)) => {
                    self.block(&block, decoder, context)?;
                    self.offset += length as u64;
                    blocks.consume(length);
                    continue;
                }
                Err(PcapError::Eof) => return Ok(()),
                // A refill that brings nothing means the end, or a block larger than the buffer.
                Err(PcapError::Incomplete(_)) if refilled_at != here => {
                    refilled_at = here;
                    match blocks.refill() {
                        Ok(()) => continue,
                        Err(error) => describe(&error),
                    }
                }
                Err(error) => describe(&error),
            };
            context.damage.record("capture", || self.origin().note(format!("the capture is given up here: {error}")));
            return Ok(());
        }
    }

    fn origin(&self) -> Origin<'a> {
        Origin { input: self.name, offset: self.offset, unit: OffsetUnit::Byte }
    }

    fn block(
        &mut self,
        block: &PcapBlockOwned<'_>,
        decoder: &mut ExportDecoder,
        context: &mut CaptureContext<'_>,
    ) -> Result<(), WireError> {
        match block {
            PcapBlockOwned::LegacyHeader(header) => {
                let ticks_per_second = if self.nanoseconds { 1_000_000_000 } else { 1_000_000 };
                let link = Link::from_number(header.network.0);
                self.interfaces = vec![Interface { link, ticks_per_second, offset_seconds: 0 }];
                Ok(())
            }
            PcapBlockOwned::Legacy(packet) => {
                let Some(&interface) = self.interfaces.first() else { return Ok(()) };
                let fraction = i64::from(packet.ts_usec) / if self.nanoseconds { 1_000 } else { 1 };
                let at = Micros(i64::from(packet.ts_sec) * SECOND + fraction);
                let length = packet.data.len().min(packet.caplen as usize);
                self.packet(&packet.data[..length], interface.link, at, decoder, context)
            }
            PcapBlockOwned::NG(block) => self.ng_block(block, decoder, context),
        }
    }

    fn ng_block(
        &mut self,
        block: &Block<'_>,
        decoder: &mut ExportDecoder,
        context: &mut CaptureContext<'_>,
    ) -> Result<(), WireError> {
        match block {
            Block::SectionHeader(_) => self.interfaces.clear(),
            Block::InterfaceDescription(block) if self.interfaces.len() < CAPTURE_INTERFACES_MAX => {
                self.interfaces.push(Interface {
                    link: Link::from_number(block.linktype.0),
                    ticks_per_second: block.ts_resolution().unwrap_or(1_000_000).max(1),
                    offset_seconds: block.ts_offset(),
                });
            }
            Block::EnhancedPacket(packet) => {
                let Some(&interface) = self.interfaces.get(packet.if_id as usize) else {
                    let reason = format!("packet of interface {}, which is not described", packet.if_id);
                    context.damage.record("capture", || self.origin().note(reason));
                    return Ok(());
                };
                let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                let micros = i128::from(ticks) * 1_000_000 / i128::from(interface.ticks_per_second);
                let at =
                    i64::try_from(micros).unwrap_or(0).saturating_add(interface.offset_seconds.saturating_mul(SECOND));
                let length = packet.data.len().min(packet.caplen as usize);
                self.packet(&packet.data[..length], interface.link, Micros(at), decoder, context)?;
            }
            // A simple packet has no time of its own; the one before it has to do.
            Block::SimplePacket(packet) => {
                let Some(&interface) = self.interfaces.first() else { return Ok(()) };
                let length = packet.data.len().min(packet.origlen as usize);
                self.packet(&packet.data[..length], interface.link, self.last, decoder, context)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn packet(
        &mut self,
        frame: &[u8],
        link: Link,
        at: Micros,
        decoder: &mut ExportDecoder,
        context: &mut CaptureContext<'_>,
    ) -> Result<(), WireError> {
        self.stats.packets += 1;
        self.last = at;
        let Some(packet) = link.read(frame) else {
            self.stats.not_ip += 1;
            return Ok(());
        };
        if let Some(export) = export_in(&packet) {
            self.stats.exports += 1;
            decoder.decode(packet.src, export, at, context.damage, &self.origin());
            if decoder.is_worth_handing_over() {
                decoder.hand_over(context.intake);
            }
        } else {
            let flows = &mut self.stats.flows;
            self.meter.packet(&packet, at, &mut |flow| {
                *flows += 1;
                context.intake.offer(flow);
            });
            if packet.protocol == 17 && (packet.sport == 53 || packet.dport == 53) && context.intake.scope().dns_names()
            {
                self.dns(context, |dns, report| dns.packet(&packet, at, report))?;
            }
        }
        Ok(context.drain_when_full()?)
    }

    fn dns(
        &mut self,
        context: &mut CaptureContext<'_>,
        each: impl FnOnce(&mut DnsMatcher, &mut dyn FnMut(DnsQuery)),
    ) -> Result<(), SinkError> {
        let mut result = Ok(());
        let CaptureContext { intake, sink, .. } = context;
        each(&mut self.dns, &mut |query| {
            if result.is_ok() && intake.covers_dns(&query) {
                self.stats.dns_queries += 1;
                result = sink.dns(&query);
            }
        });
        result
    }

    fn finish(
        mut self,
        decoder: &mut ExportDecoder,
        context: &mut CaptureContext<'_>,
    ) -> Result<PacketStats, WireError> {
        let flows = &mut self.stats.flows;
        let mut result = Ok(());
        self.meter.finish(&mut |flow| {
            *flows += 1;
            context.intake.offer(flow);
            if result.is_ok() {
                result = context.drain_when_full();
            }
        });
        result?;
        self.stats.flows_evicted = self.meter.evicted();
        self.dns(context, |dns, report| dns.finish(report))?;
        decoder.hand_over(context.intake);
        context.intake.drain(context.sink)?;
        Ok(self.stats)
    }
}

/// The flow export a packet carries: anything that starts like one to a usual port, and what is
/// one to its last byte to any other.
fn export_in<'a>(packet: &'a Packet<'_>) -> Option<&'a [u8]> {
    let payload = packet.udp_payload()?;
    let format = recognise(payload)?;
    if matches!(format, BinaryFormat::Pcap | BinaryFormat::PcapNg) {
        return None;
    }
    (EXPORT_PORTS.contains(&packet.dport) || frames_well(payload)).then_some(payload)
}
