//! Captures from the first byte to the sink.

use crate::decoder::{DecoderLimits, ExportDecoder};
use crate::test_gate::{Kept, gate};
use crate::{CaptureContext, ExporterConfig, IpfixExporter, MeterLimits, PacketStats, WireError, read_pcap};
use etherparse::PacketBuilder;
use noroshi_flow::{Damage, FlowRecord, Outcome};
use noroshi_model::Micros;
use proptest::prelude::*;

const SECONDS: u32 = 1_771_286_400;

fn udp(src: [u8; 4], dst: [u8; 4], ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ipv4(src, dst, 64).udp(ports.0, ports.1);
    builder.write(&mut frame, payload).unwrap();
    frame
}

fn pcap(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    bytes.extend([0; 8]);
    bytes.extend(65_535u32.to_le_bytes());
    bytes.extend(1u32.to_le_bytes());
    for (index, frame) in frames.iter().enumerate() {
        for word in [SECONDS, index as u32, frame.len() as u32, frame.len() as u32] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(frame);
    }
    bytes
}

fn pcapng(frames: &[Vec<u8>]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let mut bytes = kind.to_le_bytes().to_vec();
        let padded = body.len().next_multiple_of(4);
        bytes.extend((padded as u32 + 12).to_le_bytes());
        bytes.extend(body);
        bytes.resize(8 + padded, 0);
        bytes.extend((padded as u32 + 12).to_le_bytes());
        bytes
    };
    let mut bytes = block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    bytes.extend(block(1, &[1, 0, 0, 0, 0, 0, 1, 0]));
    for (index, frame) in frames.iter().enumerate() {
        let micros = u64::from(SECONDS) * 1_000_000 + index as u64;
        let mut body = Vec::new();
        for word in [0, (micros >> 32) as u32, micros as u32, frame.len() as u32, frame.len() as u32] {
            body.extend(word.to_le_bytes());
        }
        body.extend(frame);
        bytes.extend(block(6, &body));
    }
    bytes
}

fn read(bytes: &[u8], dns: bool) -> (Result<PacketStats, WireError>, Kept, Damage) {
    let (mut intake, mut kept, mut damage) = (gate(dns), Kept::default(), Damage::default());
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let mut context = CaptureContext { intake: &mut intake, sink: &mut kept, damage: &mut damage };
    let stats = read_pcap(bytes, "test.pcap", MeterLimits::default(), &mut decoder, &mut context);
    (stats, kept, damage)
}

fn frames() -> Vec<Vec<u8>> {
    let (inside, outside) = ([192, 0, 2, 1], [203, 0, 113, 5]);
    let query = b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x00\x00\x01\x00\x01";
    let mut answer = query.to_vec();
    answer[2] = 0x81;
    let mut export = Vec::new();
    let mut exporter = IpfixExporter::new(ExporterConfig::default());
    let at = Micros(i64::from(SECONDS) * 1_000_000);
    let bits = |address: [u8; 4]| 0xffff_0000_0000 | u128::from(u32::from_be_bytes(address));
    let record =
        FlowRecord { start: at, end: at, src: bits(inside), dst: bits(outside), dport: 8_443, ..Default::default() };
    let mut send = |message: &[u8]| export.push(udp([198, 51, 100, 1], [198, 51, 100, 2], (9, 12_345), message));
    exporter.push(&record, at, &mut send);
    exporter.flush(at, &mut send);
    let mut frames =
        vec![udp(inside, outside, (40_000, 53), query), udp(outside, inside, (53, 40_000), &answer), vec![0; 60]];
    frames.extend(export);
    frames
}

#[test]
fn packets_exports_and_questions() {
    for bytes in [pcap(&frames()), pcapng(&frames())] {
        let (stats, kept, damage) = read(&bytes, true);
        let stats = stats.unwrap();
        assert_eq!(damage.total(), 0, "{damage:?}");
        assert_eq!((stats.packets, stats.exports, stats.not_ip, stats.flows), (5, 2, 1, 1));
        assert_eq!(kept.flows.len(), 2);
        assert_eq!(kept.flows[0].outcome, Outcome::Answered);
        assert_eq!((kept.flows[0].start.0, kept.flows[1].dport), (i64::from(SECONDS) * 1_000_000, 8_443));
        assert_eq!((kept.dns.len(), kept.dns[0].name.as_str(), kept.dns[0].rcode), (1, "example", Some(0)));
    }
}

#[test]
fn no_names_without_the_switch() {
    let (stats, kept, _) = read(&pcap(&frames()), false);
    assert_eq!((stats.unwrap().dns_queries, kept.dns.len()), (0, 0));
}

#[test]
fn a_capture_cut_off_is_read_as_far_as_it_goes() {
    let bytes = pcap(&frames());
    let (stats, _, damage) = read(&bytes[..bytes.len() - 3], false);
    assert_eq!((stats.unwrap().packets, damage.total()), (4, 1));
    assert!(matches!(read(b"nothing", false).0, Err(WireError::Capture { .. })));
    assert!(matches!(read(b"", false).0, Err(WireError::Capture { .. })));
}

proptest! {
    #[test]
    fn damaged_captures_never_panic(
        ng: bool,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut bytes = if ng { pcapng(&frames()) } else { pcap(&frames()) };
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = read(&bytes, true);
    }
}
