//! What goes in comes out: round trips through the exporter, templates, limits, hostile bytes.

use super::*;
use crate::element as e;
use crate::{ExporterConfig, IpfixExporter};
use noroshi_flow::{FlowRecord, Outcome};
use proptest::prelude::*;

const AT: Origin<'static> = Origin { input: "test", offset: 0, unit: OffsetUnit::Datagram };
const NOW: Micros = Micros(1_771_286_400_000_000);

fn decode_all(decoder: &mut ExportDecoder, messages: &[Vec<u8>]) -> Damage {
    let mut damage = Damage::default();
    for message in messages {
        decoder.decode(1, message, NOW, &mut damage, &AT);
    }
    damage
}

fn export(config: ExporterConfig, records: &[FlowRecord]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut exporter = IpfixExporter::new(config);
    let mut send = |message: &[u8]| messages.push(message.to_vec());
    for record in records {
        exporter.push(record, NOW, &mut send);
    }
    exporter.flush(NOW, &mut send);
    messages
}

fn decoded(messages: &[Vec<u8>]) -> (Vec<FlowRecord>, DecoderStats) {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let damage = decode_all(&mut decoder, messages);
    assert_eq!(damage.total(), 0, "{damage:?}");
    (decoder.waiting().records().collect(), decoder.stats().clone())
}

fn address() -> impl Strategy<Value = u128> {
    prop_oneof![any::<u32>().prop_map(read::v4_bits), any::<u128>().prop_filter("IPv6", |bits| bits >> 32 != 0xffff)]
}

fn record() -> impl Strategy<Value = FlowRecord> {
    let ends = (any::<bool>(), any::<[u32; 2]>(), address(), address());
    let rest = (0..NOW.0, 0..3_600_000_000i64, any::<[u16; 2]>(), any::<[u8; 2]>(), any::<[u64; 4]>(), 0u8..4);
    (ends, rest).prop_map(|((v4, [a, b], src, dst), (start, length, ports, [protocol, flags], counts, outcome))| {
        let (src, dst) = if v4 { (read::v4_bits(a), read::v4_bits(b)) } else { (src, dst) };
        let outcome = Outcome::from_u8(outcome);
        let mut record = FlowRecord {
            start: Micros(start),
            end: Micros(start + length),
            src,
            dst,
            sport: ports[0],
            dport: ports[1],
            protocol,
            tcp_flags: flags,
            packets: counts[0],
            bytes: counts[1],
            rev_packets: counts[2],
            rev_bytes: counts[3],
            sampling: 1,
            outcome,
        };
        match outcome {
            Outcome::OneWay | Outcome::Unanswered => (record.rev_packets, record.rev_bytes) = (0, 0),
            Outcome::Answered => record.rev_packets |= 1,
            // Only a TCP reset can be told (see the exporter).
            Outcome::Rejected => (record.protocol, record.tcp_flags) = (6, flags | 0x14),
        }
        record
    })
}

/// Records in the order the exporter groups them: by template.
fn sorted(mut records: Vec<FlowRecord>) -> Vec<FlowRecord> {
    records.sort_by_key(|r| (r.src, r.dst, r.sport, r.dport, r.start, r.packets, r.bytes));
    records
}

proptest! {
    #[test]
    fn biflows_come_back_as_they_went(records in prop::collection::vec(record(), 0..60), wide: bool) {
        let config = ExporterConfig { biflow: true, microseconds: true, wide, templates_every: 2, ..Default::default() };
        let (back, stats) = decoded(&export(config, &records));
        prop_assert_eq!(sorted(back), sorted(records));
        prop_assert_eq!(stats.lost_records + stats.restarts + stats.out_of_order, 0);
    }

    #[test]
    fn one_way_exports_split_answers_off(records in prop::collection::vec(record(), 0..60), rate in 2u32..) {
        let config = ExporterConfig { sampling: rate, templates_every: 2, ..Default::default() };
        let (back, _) = decoded(&export(config, &records));
        let milli = |at: Micros| Micros(at.0 / 1_000 * 1_000);
        let expected = records.iter().flat_map(|record| {
            let there = FlowRecord {
                start: milli(record.start), end: milli(record.end), rev_packets: 0, rev_bytes: 0,
                sampling: rate, outcome: Outcome::OneWay, ..*record
            };
            let back = FlowRecord {
                src: record.dst, dst: record.src, sport: record.dport, dport: record.sport,
                packets: record.rev_packets, bytes: record.rev_bytes, ..there
            };
            [Some(there), (record.rev_packets > 0).then_some(back)].into_iter().flatten()
        });
        prop_assert_eq!(sorted(back), sorted(expected.collect()));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), version in 0usize..5) {
        let mut message = [vec![0, 5], vec![0, 9], vec![0, 10], vec![0, 0, 0, 5], vec![]][version].clone();
        message.extend(&bytes);
        let mut decoder = ExportDecoder::new(DecoderLimits::default());
        decode_all(&mut decoder, &[message]);
        prop_assert!(columns_are_even(decoder.waiting()));
    }

    #[test]
    fn mutated_messages_never_panic(
        records in prop::collection::vec(record(), 1..30),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let config = ExporterConfig { biflow: true, sampling: 9, wide: true, templates_every: 1, ..Default::default() };
        let mut messages = export(config, &records);
        for (at, value) in edits {
            let message = at.index(messages.len());
            let offset = at.index(messages[message].len());
            messages[message][offset] = value;
        }
        let mut decoder = ExportDecoder::new(DecoderLimits::default());
        decode_all(&mut decoder, &messages);
        prop_assert!(columns_are_even(decoder.waiting()));
    }
}

fn columns_are_even(c: &FlowColumns) -> bool {
    let n = c.len();
    let wide = [c.src.len(), c.dst.len(), c.packets.len(), c.bytes.len(), c.rev_packets.len(), c.rev_bytes.len()];
    let narrow = [c.sport.len(), c.dport.len(), c.protocol.len(), c.tcp_flags.len(), c.sampling.len(), c.outcome.len()];
    c.end_us.len() == n && wide == [n; 6] && narrow == [n; 6]
}

/// An IPFIX message of the given sets.
fn ipfix(domain: u32, number: u32, sets: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut message = vec![0, 10, 0, 0];
    message.extend(1_771_286_400u32.to_be_bytes());
    message.extend(number.to_be_bytes());
    message.extend(domain.to_be_bytes());
    for (id, body) in sets {
        message.extend(id.to_be_bytes());
        message.extend((body.len() as u16 + 4).to_be_bytes());
        message.extend(body);
    }
    let length = message.len() as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
    message
}

fn template(id: u16, fields: &[(u16, u16)]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    body.extend((fields.len() as u16).to_be_bytes());
    for (id, bytes) in fields {
        body.extend(id.to_be_bytes());
        body.extend(bytes.to_be_bytes());
    }
    body
}

const PAIR: [(u16, u16); 2] = [(e::SOURCE_IPV4_ADDRESS, 4), (e::DESTINATION_IPV4_ADDRESS, 4)];

fn pair() -> Vec<u8> {
    vec![192, 0, 2, 1, 203, 0, 113, 5]
}

#[test]
fn data_before_its_template_is_held_and_replayed() {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let early = ipfix(7, 0, &[(256, pair())]);
    let other_domain = ipfix(8, 0, &[(2, template(256, &PAIR))]);
    decode_all(&mut decoder, &[early, other_domain]);
    assert_eq!((decoder.waiting().len(), decoder.sets_waiting()), (0, 1));
    decode_all(&mut decoder, &[ipfix(7, 1, &[(2, template(256, &PAIR))])]);
    assert_eq!((decoder.waiting().len(), decoder.sets_waiting()), (1, 0));
    assert_eq!((decoder.stats().sets_held, decoder.stats().sets_replayed), (1, 1));
    // No time in the record: the export time of the message it came in.
    assert_eq!(decoder.waiting().record(0).start, NOW);
}

#[test]
fn withdrawn_templates_are_gone() {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let withdraw = |id: u16| ipfix(7, 0, &[(2, [id.to_be_bytes(), [0, 0]].concat())]);
    let define = ipfix(7, 0, &[(2, template(256, &PAIR))]);
    decode_all(&mut decoder, &[define.clone(), withdraw(256), ipfix(7, 0, &[(256, pair())])]);
    assert_eq!((decoder.stats().withdrawals, decoder.sets_waiting()), (1, 1));
    decode_all(&mut decoder, &[define, withdraw(2), ipfix(7, 0, &[(256, pair())])]);
    assert_eq!((decoder.stats().withdrawals, decoder.sets_waiting()), (2, 1));
}

#[test]
fn lost_records_are_counted_per_domain() {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let data = |domain, number| ipfix(domain, number, &[(256, pair())]);
    let define = |domain| ipfix(domain, 0, &[(2, template(256, &PAIR))]);
    decode_all(&mut decoder, &[define(1), define(2), data(1, 0), data(2, 0), data(1, 4), data(2, 1), data(1, 0)]);
    let stats = decoder.stats();
    assert_eq!((stats.lost_records, stats.restarts, stats.out_of_order), (3, 1, 0));
}

#[test]
fn what_comes_late_is_not_lost() {
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let define = ipfix(1, 0, &[(2, template(256, &PAIR))]);
    let data = |number| ipfix(1, number, &[(256, pair())]);
    decode_all(&mut decoder, &[define, data(10), data(12), data(11), data(13)]);
    let stats = decoder.stats();
    assert_eq!((stats.lost_records, stats.out_of_order), (10, 1));
}

#[test]
fn variable_lengths_and_reduced_sizes() {
    let fields = [PAIR[0], (82, 65_535), PAIR[1], (e::OCTET_DELTA_COUNT, 3), (96, 65_535)];
    let mut body = Vec::new();
    for name in [&b"eth0"[..], b"", &[7; 300]] {
        body.extend([192, 0, 2, 1]);
        if name.len() < 255 {
            body.push(name.len() as u8);
        } else {
            body.push(255);
            body.extend((name.len() as u16).to_be_bytes());
        }
        body.extend(name);
        body.extend([203, 0, 113, 5, 1, 0, 0, 1, b'x']);
    }
    let (records, stats) = decoded(&[ipfix(7, 0, &[(2, template(300, &fields)), (300, body)])]);
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record.bytes == 0x1_0000 && record.dst == 0xffff_cb00_7105));
    assert_eq!(stats.records.ipfix, 3);
}

#[test]
fn limits_at_the_limit_and_one_past() {
    let limits =
        DecoderLimits { exporters: 2, templates_per_domain: 2, fields_per_template: 2, ..DecoderLimits::default() };
    let mut decoder = ExportDecoder::new(limits);
    let define = |domain, id| ipfix(domain, 0, &[(2, template(id, &PAIR))]);
    assert_eq!(decode_all(&mut decoder, &[define(1, 256), define(1, 257), define(2, 256)]).total(), 0);
    assert_eq!(decode_all(&mut decoder, &[define(1, 258)]).counts["export template"], 1);
    assert_eq!(decode_all(&mut decoder, &[define(3, 256)]).counts["export datagram"], 1);
    assert_eq!(decoder.stats().exporters_refused, 1);
    let three = [PAIR[0], PAIR[1], (1, 4)];
    assert_eq!(decode_all(&mut decoder, &[ipfix(2, 0, &[(2, template(257, &three))])]).total(), 1);
    assert_eq!((decoder.stats().templates, decoder.stats().templates_refused), (3, 2));
    // An hour of silence makes room.
    let mut damage = Damage::default();
    decoder.decode(1, &define(3, 256), Micros(NOW.0 + 3_601 * SECOND), &mut damage, &AT);
    assert_eq!(decoder.stats().templates, 4);
}

#[test]
fn template_bytes_at_the_limit_and_one_past() {
    let limits = DecoderLimits { template_bytes: 24, ..DecoderLimits::default() };
    let mut decoder = ExportDecoder::new(limits);
    let define = |id| ipfix(1, 0, &[(2, template(id, &PAIR))]);
    assert_eq!(decode_all(&mut decoder, &[define(256), define(257)]).total(), 0);
    assert_eq!(decode_all(&mut decoder, &[define(258)]).total(), 1);
}

#[test]
fn reverse_initiator_turns_the_flow_round() {
    let fields = [PAIR[0], PAIR[1], (e::INITIATOR_PACKETS, 4), (e::RESPONDER_PACKETS, 4), (e::BIFLOW_DIRECTION, 1)];
    let mut body = pair();
    body.extend([0, 0, 0, 3, 0, 0, 0, 5, 2]);
    let (records, _) = decoded(&[ipfix(7, 0, &[(2, template(300, &fields)), (300, body)])]);
    let record = records[0];
    assert_eq!((record.src, record.packets, record.rev_packets), (0xffff_cb00_7105, 5, 3));
    assert_eq!(record.outcome, Outcome::Answered);
}
