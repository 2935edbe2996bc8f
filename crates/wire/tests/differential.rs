//! Two independent decoders as oracles: `netflow_parser` and `netgauze-flow-pkt`. On what all of
//! them read we agree, record for record.
//!
//! Where we differ, on purpose:
//! - NetFlow v9 sets held for their template: we replay them, `netflow_parser` asks its caller to.
//! - Reduced-size and unusual lengths of addresses: `netflow_parser` yields raw bytes, we no flow.
//! - ICMP type and code: we put them into the destination port, the oracles leave them apart.
//!   The comparison leaves ICMP ports out.
//! - Padding and zero-filled rests: we stop there, `netflow_parser` may report an error.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "a test")]

use netflow_parser::{NetflowPacket, NetflowParser};
use netgauze_flow_pkt::FlowInfo;
use netgauze_flow_pkt::ie::Field;
use netgauze_flow_pkt::ipfix::{IpfixPacket, Set};
use netgauze_flow_pkt::netflow::NetFlowV9Packet;
use netgauze_parse_utils::reader::SliceReader;
use netgauze_parse_utils::traits::ParseFromWithOneInput;
use noroshi_flow::damage::OffsetUnit;
use noroshi_flow::{Damage, FlowRecord};
use noroshi_mandate::place::to_bits;
use noroshi_model::Micros;
use noroshi_wire::framing::{Frame, Frames};
use noroshi_wire::{DecoderLimits, ExportDecoder, ExporterConfig, IpfixExporter, Origin};
use proptest::prelude::*;
use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

const NOW: Micros = Micros(1_771_286_400_000_000);

/// Source, destination, ports (0 for ICMP), protocol.
type FiveTuple = (u128, u128, u16, u16, u8);

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

fn ours(messages: &[Vec<u8>]) -> Vec<FlowRecord> {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let mut damage = Damage::default();
    let at = Origin { input: "test", offset: 0, unit: OffsetUnit::Datagram };
    for message in messages {
        decoder.decode(1, message, NOW, &mut damage, &at);
    }
    decoder.waiting().records().collect()
}

fn five_tuple(r: &FlowRecord) -> FiveTuple {
    if matches!(r.protocol, 1 | 58) {
        return (r.src, r.dst, 0, 0, r.protocol);
    }
    (r.src, r.dst, r.sport, r.dport, r.protocol)
}

/// What `netflow_parser` reads, and whether it was content.
fn netflow_parser(messages: &[Vec<u8>]) -> (Vec<FiveTuple>, bool) {
    let mut parser = NetflowParser::default();
    let (mut found, mut content) = (Vec::new(), true);
    for message in messages {
        let result = parser.parse_bytes(message);
        content &= result.error.is_none();
        for packet in result.packets.iter().filter(|p| !matches!(p, NetflowPacket::V7(_))) {
            let Ok(common) = packet.as_netflow_common() else {
                content = false;
                continue;
            };
            found.extend(common.flowsets.iter().filter_map(|flow| {
                let bits = |address: Option<IpAddr>| address.map(to_bits);
                let protocol = flow.protocol_number.unwrap_or(0);
                let port = |port: Option<u16>| if matches!(protocol, 1 | 58) { 0 } else { port.unwrap_or(0) };
                Some((bits(flow.src_addr)?, bits(flow.dst_addr)?, port(flow.src_port), port(flow.dst_port), protocol))
            }));
        }
    }
    (found, content)
}

/// Addresses, ports, packets, bytes as `netgauze-flow-pkt` reads them.
type Counted = (u128, u128, u16, u16, u64, u64);

fn counted(r: &FlowRecord) -> Counted {
    (r.src, r.dst, r.sport, r.dport, r.packets, r.bytes)
}

fn fields_counted(fields: &[Field]) -> Counted {
    let mut found = Counted::default();
    for field in fields {
        match field {
            Field::sourceIPv4Address(address) => found.0 = to_bits((*address).into()),
            Field::sourceIPv6Address(address) => found.0 = to_bits((*address).into()),
            Field::destinationIPv4Address(address) => found.1 = to_bits((*address).into()),
            Field::destinationIPv6Address(address) => found.1 = to_bits((*address).into()),
            Field::sourceTransportPort(port) => found.2 = *port,
            Field::destinationTransportPort(port) => found.3 = *port,
            Field::packetDeltaCount(count) => found.4 = *count,
            Field::octetDeltaCount(count) => found.5 = *count,
            _ => {}
        }
    }
    found
}

fn netgauze(messages: &[Vec<u8>]) -> Vec<Counted> {
    let (mut ipfix, mut v9) = (HashMap::new(), HashMap::new());
    let mut found = Vec::new();
    for message in messages {
        let mut reader = SliceReader::new(message);
        let packet = match message[1] {
            10 => FlowInfo::IPFIX(IpfixPacket::parse(&mut reader, &mut ipfix).unwrap()),
            _ => FlowInfo::NetFlowV9(NetFlowV9Packet::parse(&mut reader, &mut v9).unwrap()),
        };
        match packet {
            FlowInfo::IPFIX(packet) => {
                for set in packet.sets() {
                    let Set::Data { records, .. } = set else { continue };
                    let flows = records.iter().filter(|record| record.scope_fields().is_empty());
                    found.extend(flows.map(|record| fields_counted(record.fields())));
                }
            }
            FlowInfo::NetFlowV9(packet) => {
                for set in packet.sets() {
                    let netgauze_flow_pkt::netflow::Set::Data { records, .. } = set else { continue };
                    found.extend(records.iter().map(|record| fields_counted(record.fields())));
                }
            }
        }
    }
    found
}

fn ipfix(records: &[FlowRecord], config: ExporterConfig) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut exporter = IpfixExporter::new(config);
    let mut send = |message: &[u8]| messages.push(message.to_vec());
    for record in records {
        exporter.push(record, NOW, &mut send);
    }
    exporter.flush(NOW, &mut send);
    messages
}

/// The same sets under a NetFlow v9 header: without enterprise elements the records are alike.
fn as_netflow9(message: &[u8], number: u32) -> Vec<u8> {
    let set = u16::from_be_bytes([message[16], message[17]]);
    // RFC 3954 §5.1 counts records; one oracle insists on it. Two templates, or data of 47 bytes
    // (IPv4) or 71 (IPv6).
    let count = match set {
        2 => 2,
        256 => (message.len() - 20) / 47,
        _ => (message.len() - 20) / 71,
    };
    let mut out = vec![0, 9, 0, count as u8];
    out.extend(60_000u32.to_be_bytes());
    out.extend(&message[4..8]);
    out.extend(number.to_be_bytes());
    out.extend(&message[12..16]);
    let mut body = message[16..].to_vec();
    if body[..2] == [0, 2] {
        body[1] = 0;
    }
    out.extend(body);
    out
}

fn netflow5(records: &[FlowRecord]) -> Vec<Vec<u8>> {
    let message = |chunk: &[FlowRecord]| {
        let mut out = vec![0, 5, 0, chunk.len() as u8];
        out.extend(60_000u32.to_be_bytes());
        out.extend(1_771_286_400u32.to_be_bytes());
        out.extend([0; 12]);
        for r in chunk {
            out.extend((r.src as u32).to_be_bytes());
            out.extend((r.dst as u32).to_be_bytes());
            out.extend([0; 8]);
            out.extend((r.packets as u32).to_be_bytes());
            out.extend((r.bytes as u32).to_be_bytes());
            out.extend([0; 8]);
            out.extend(r.sport.to_be_bytes());
            out.extend(r.dport.to_be_bytes());
            out.extend([0, r.tcp_flags, r.protocol]);
            out.extend([0; 9]);
        }
        out
    };
    records.chunks(30).map(message).collect()
}

fn record(v6: bool) -> impl Strategy<Value = FlowRecord> {
    let protocol = prop::sample::select(vec![6u8, 17, 1, 47]);
    // Half the 64-bit range: one oracle reads counters as signed.
    let counts = (0..u64::MAX / 2, 0..u64::MAX / 2);
    (any::<[u32; 2]>(), any::<[u16; 2]>(), protocol, counts, any::<u8>()).prop_map(
        move |(ends, ports, protocol, (packets, bytes), tcp_flags)| {
            let bits = |end: u32| u128::from(end) | if v6 { 0x2001_0db8 << 96 } else { 0xffff_0000_0000 };
            FlowRecord {
                start: NOW,
                end: NOW,
                src: bits(ends[0]),
                dst: bits(ends[1]),
                sport: ports[0],
                dport: ports[1],
                protocol,
                tcp_flags,
                packets,
                bytes,
                ..FlowRecord::default()
            }
        },
    )
}

fn records() -> impl Strategy<Value = Vec<FlowRecord>> {
    prop::collection::vec(prop_oneof![record(false), record(true)], 1..50)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ipfix_streams(records in records(), wide: bool, sampling in 1u32..3) {
        let messages = ipfix(&records, ExporterConfig { wide, sampling, ..Default::default() });
        let mine = ours(&messages);
        prop_assert_eq!(mine.len(), records.len());
        prop_assert_eq!(sorted(mine.iter().map(counted).collect()), sorted(netgauze(&messages)));
        // The oracle's common view also lists options records, which name no addresses.
        let (theirs, content) = netflow_parser(&messages);
        prop_assert!(content);
        prop_assert_eq!(sorted(mine.iter().map(five_tuple).collect()), sorted(theirs));
    }

    #[test]
    fn netflow9_streams(records in records()) {
        let messages = ipfix(&records, ExporterConfig::default());
        let numbers = 0u32..;
        let messages: Vec<_> = messages.iter().zip(numbers).map(|(m, n)| as_netflow9(m, n)).collect();
        let mine = ours(&messages);
        prop_assert_eq!(mine.len(), records.len());
        prop_assert_eq!(sorted(mine.iter().map(counted).collect()), sorted(netgauze(&messages)));
        let (theirs, content) = netflow_parser(&messages);
        prop_assert!(content);
        prop_assert_eq!(sorted(mine.iter().map(five_tuple).collect()), sorted(theirs));
    }

    #[test]
    fn netflow5_streams(records in prop::collection::vec(record(false), 1..70)) {
        let messages = netflow5(&records);
        let mine = ours(&messages);
        let (theirs, content) = netflow_parser(&messages);
        prop_assert!(content);
        prop_assert_eq!(sorted(mine.iter().map(five_tuple).collect()), sorted(theirs));
        let narrow: Vec<_> = records.iter().map(|r| (r.packets as u32, r.bytes as u32)).collect();
        prop_assert_eq!(mine.iter().map(|r| (r.packets as u32, r.bytes as u32)).collect::<Vec<_>>(), narrow);
    }
}

/// Vendor files where the oracle reads something else, and why.
const DISAGREEMENTS: [(&str, &str); 4] = [
    ("ipfix_test_ixia", "variable-length enterprise fields: the oracle returns the data set without a record"),
    ("ipfix_test_procera", "variable-length enterprise fields: the oracle returns the data set without a record"),
    ("netflow9_test_h3c_netstream_varstring", "a variable-length field in NetFlow v9: the oracle refuses the template"),
    ("netflow9_test_paloalto_81", "a datagram filled up with zeros: the oracle refuses all of it"),
];

#[test]
fn vendor_datagrams() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = folder.join("../../../shared/data/flows/netflow/vendors/spec/codecs");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: the vendor datagrams of the shared data are not here");
        return;
    };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // Templates first: the oracle does not hold data for them.
    names.sort_by_key(|name| (!name.contains("tpl"), name.clone()));
    let stem = |name: &str| {
        let cuts = ["_tpl", "_data", "_opttpl", ".dat"].iter().filter_map(|word| name.find(word));
        name[..cuts.min().unwrap_or(name.len())].to_owned()
    };
    let mut groups: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
    for name in names.iter().filter(|name| name.ends_with(".dat") && !name.contains("invalid")) {
        let file = std::fs::File::open(folder.join(name)).unwrap();
        let group = match groups.iter().position(|(group, _)| *group == stem(name)) {
            Some(index) => index,
            None => {
                groups.push((stem(name), Vec::new()));
                groups.len() - 1
            }
        };
        let mut frames = Frames::new(file);
        while let Some(frame) = frames.next().unwrap() {
            let Frame::Message { bytes, .. } = frame else { panic!("{name} does not frame") };
            groups[group].1.push(bytes.to_vec());
        }
    }
    let (mut agreed, mut differ) = (0, Vec::new());
    for (group, messages) in groups {
        let mine = sorted(ours(&messages).iter().map(five_tuple).collect::<Vec<_>>());
        let (theirs, _) = netflow_parser(&messages);
        let theirs = sorted(theirs);
        if mine == theirs {
            agreed += 1;
        } else if !DISAGREEMENTS.iter().any(|(name, _)| *name == group) {
            differ.push(format!("{group}: we read {} records, the oracle {}", mine.len(), theirs.len()));
        }
    }
    println!("agreed on {agreed} vendors");
    assert!(differ.is_empty(), "{differ:#?}");
}
