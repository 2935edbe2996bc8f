use super::*;

fn talk(duration_s: i64, volume: Volume) -> Talk {
    Talk {
        start: Micros(1_000_000_000),
        duration_us: duration_s * SECOND,
        client: 1,
        server: 2,
        cport: 40_000,
        sport: 443,
        protocol: TCP,
        course: Course::Whole,
        volume,
    }
}

fn exported(exporter: &Exporter, talk: &Talk, dice: &mut Dice) -> Vec<FlowRecord> {
    let mut out = VecDeque::new();
    (0..exporter.pieces(talk)).for_each(|i| exporter.export(talk, i, dice, &mut out));
    out.into()
}

#[test]
fn pieces_add_up_and_follow_one_another() {
    let talk = talk(301, Volume::tcp(5_000, 2_000_003));
    let records = exported(&Exporter::new(1, true, 60), &talk, &mut Dice::new(1, 1));
    assert_eq!(records.len(), 6);
    assert_eq!(records.iter().map(|r| r.rev_bytes).sum::<u64>(), talk.volume.down_bytes);
    assert_eq!(records.iter().map(|r| r.packets).sum::<u64>(), talk.volume.up_packets);
    assert!(records.iter().all(|r| r.end.0 - r.start.0 <= 60 * SECOND && r.outcome == Outcome::Answered));
    assert!(records.is_sorted_by_key(|r| r.start));
    assert_eq!(records[0].tcp_flags & (SYN | FIN), SYN);
    assert_eq!(records[5].tcp_flags & (SYN | FIN), FIN);
}

#[test]
fn one_way_records_mirror_each_other() {
    let talk = talk(1, Volume::tls(500, 9_000));
    let records = exported(&Exporter::new(1, false, 60), &talk, &mut Dice::new(1, 1));
    assert_eq!(records.len(), 2);
    assert_eq!((records[0].src, records[0].sport, records[0].rev_packets), (1, 40_000, 0));
    assert_eq!((records[1].src, records[1].sport, records[1].dport), (2, 443, 40_000));
    assert_eq!(records[1].bytes, talk.volume.down_bytes);
}

#[test]
fn sampling_keeps_one_packet_in_n_and_its_bytes() {
    let mut dice = Dice::new(3, 3);
    let talk = talk(30, Volume::tls(4_000, 120_000));
    let exporter = Exporter::new(100, false, 60);
    let runs = 20_000u64;
    let (mut packets, mut bytes) = (0u64, 0u64);
    for _ in 0..runs {
        for record in exported(&exporter, &talk, &mut dice) {
            assert_eq!(record.sampling, 100);
            assert!(record.packets > 0 && record.start <= record.end);
            packets += record.packets;
            bytes += record.bytes;
        }
    }
    let want = (talk.volume.up_packets + talk.volume.down_packets) as f64 * runs as f64 / 100.0;
    assert!((packets as f64 - want).abs() < 3.0 * want.sqrt(), "{packets} not {want}");
    let want_bytes = (talk.volume.up_bytes + talk.volume.down_bytes) as f64 * runs as f64 / 100.0;
    assert!((bytes as f64 / want_bytes - 1.0).abs() < 0.02, "{bytes} not {want_bytes}");
}

#[test]
fn a_refusal_is_a_reset() {
    let mut talk = talk(0, Volume::reset());
    talk.course = Course::Refused;
    let records = exported(&Exporter::new(1, true, 60), &talk, &mut Dice::new(1, 1));
    assert_eq!(records[0].outcome, Outcome::Rejected);
    assert_eq!(records[0].tcp_flags & RST, RST);
}
