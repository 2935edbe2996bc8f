//! The fuzzers' corpus, replayed on every test run; and the seeds it began with.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "a test")]

use etherparse::PacketBuilder;
use noroshi_flow::{Damage, FlowColumns, FlowRecord, FlowSink, Intake, Outcome, SinkError};
use noroshi_mandate::{Analyze, Mandate, authorise};
use noroshi_model::Micros;
use noroshi_wire::{
    CaptureContext, DecoderLimits, ExportDecoder, ExporterConfig, IpfixExporter, MeterLimits, read_exports, read_pcap,
};
use std::path::{Path, PathBuf};

const MANDATE: &str = r#"
version = 1
id = "corpus"
title = "t"
legal_basis = "party-agreement"
directions = ["out-foreign"]
purposes = ["find-attack-servers"]
[term]
from = 2026-01-01
until = 2027-01-01
[place]
domestic = ["192.0.2.0/24"]
elsewhere = "foreign"
[scope]
dns_names = true
"#;

const NOW: Micros = Micros(1_771_286_400_000_000);

struct Forget;

impl FlowSink for Forget {
    fn flows(&mut self, _: &FlowColumns) -> Result<(), SinkError> {
        Ok(())
    }
}

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target)
}

fn replay(target: &str, mut each: impl FnMut(&[u8], &mut ExportDecoder, &mut CaptureContext<'_>)) {
    let mandate = Mandate::parse(MANDATE, "corpus").unwrap();
    let permit = authorise::<Analyze>(&mandate, mandate.term.from).unwrap();
    let Ok(entries) = std::fs::read_dir(corpus(target)) else {
        println!("skipped: no corpus for {target}");
        return;
    };
    for entry in entries {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let (mut intake, mut damage) = (Intake::new(&permit).unwrap(), Damage::default());
        let mut context = CaptureContext { intake: &mut intake, sink: &mut Forget, damage: &mut damage };
        each(&bytes, &mut ExportDecoder::new(DecoderLimits::default()), &mut context);
    }
}

#[test]
fn export_datagram() {
    replay("export_datagram", |bytes, decoder, context| {
        read_exports(bytes, "corpus", (1, NOW), decoder, context).unwrap();
    });
}

#[test]
fn pcap() {
    replay("pcap", |bytes, decoder, context| {
        let _ = read_pcap(bytes, "corpus", MeterLimits::default(), decoder, context);
    });
}

/// Writes the seeds anew: `cargo test -p noroshi-wire --test corpus -- --ignored`.
#[test]
#[ignore = "writes files"]
fn write_seeds() {
    for (name, config) in [
        ("one-way.ipfix", ExporterConfig { sampling: 100, ..Default::default() }),
        ("biflow.ipfix", ExporterConfig { biflow: true, microseconds: true, ..Default::default() }),
        ("wide.ipfix", ExporterConfig { wide: true, templates_every: 1, ..Default::default() }),
    ] {
        std::fs::write(corpus("export_datagram").join(name), messages(config).concat()).unwrap();
    }
    let mut v5 = vec![0, 5, 0, 2, 0, 1, 0, 0];
    v5.extend(1_771_286_400u32.to_be_bytes());
    v5.extend([0; 12 + 96]);
    std::fs::write(corpus("export_datagram").join("two.netflow5"), &v5).unwrap();
    let frames: Vec<_> = messages(ExporterConfig::default()).iter().map(|m| frame(4_739, m)).collect();
    let query = b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x00\x00\x01\x00\x01";
    std::fs::write(corpus("export_datagram").join("one.sflow"), sflow(&frame(53, query))).unwrap();
    let frames: Vec<_> = frames.into_iter().chain([frame(53, query)]).collect();
    std::fs::write(corpus("pcap").join("exports-and-dns.pcap"), capture(&frames)).unwrap();
}

fn messages(config: ExporterConfig) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut exporter = IpfixExporter::new(config);
    let mut send = |message: &[u8]| messages.push(message.to_vec());
    let v4 = FlowRecord {
        start: NOW,
        end: NOW,
        src: 0xffff_c000_0201,
        dst: 0xffff_cb00_7105,
        dport: 443,
        protocol: 6,
        packets: 3,
        bytes: 180,
        rev_packets: 2,
        rev_bytes: 120,
        outcome: Outcome::Answered,
        ..FlowRecord::default()
    };
    exporter.push(&v4, NOW, &mut send);
    exporter.push(&FlowRecord { src: 0x2001_0db8 << 96 | 1, dst: 0x2001_0db8 << 96 | 2, ..v4 }, NOW, &mut send);
    exporter.flush(NOW, &mut send);
    messages
}

fn frame(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ipv4([192, 0, 2, 1], [203, 0, 113, 5], 64);
    builder.udp(40_000, port).write(&mut frame, payload).unwrap();
    frame
}

fn sflow(frame: &[u8]) -> Vec<u8> {
    let header = frame.len().next_multiple_of(4) as u32;
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
    let mut bytes = words(&[5, 1, 0xc000_0201, 0, 1, 1_000, 1]);
    bytes.extend(words(&[1, 32 + 24 + header, 1, 1, 512, 0, 0, 1, 2, 1]));
    bytes.extend(words(&[1, 16 + header, 1, frame.len() as u32 + 4, 4, frame.len() as u32]));
    bytes.extend(frame);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn capture(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    bytes.extend([0; 8]);
    bytes.extend(65_535u32.to_le_bytes());
    bytes.extend(1u32.to_le_bytes());
    for frame in frames {
        for word in [1_771_286_400, 0, frame.len() as u32, frame.len() as u32] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(frame);
    }
    bytes
}

/// A datagram by hand: one flow sample of one packet, at one in 512.
#[test]
fn an_sflow_sample_is_a_record_of_one_packet() {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let mut damage = Damage::default();
    let at = noroshi_wire::Origin { input: "t", offset: 0, unit: noroshi_flow::damage::OffsetUnit::Datagram };
    let datagram = sflow(&frame(53, b"x"));
    decoder.decode(1, &datagram, NOW, &mut damage, &at);
    let record = decoder.waiting().record(0);
    assert_eq!((record.src, record.dport, record.protocol), (0xffff_c000_0201, 53, 17));
    assert_eq!((record.packets, record.bytes, record.sampling, record.start), (1, 29, 512, NOW));
    assert_eq!(damage.total(), 0, "{damage:?}");
    // The next datagram but one, and one cut off.
    let mut next = datagram.clone();
    next[16..20].copy_from_slice(&3u32.to_be_bytes());
    decoder.decode(1, &next, NOW, &mut damage, &at);
    assert_eq!(decoder.stats().lost_datagrams, 1);
    decoder.decode(1, &datagram[..60], NOW, &mut damage, &at);
    assert_eq!(damage.total(), 1);
}
