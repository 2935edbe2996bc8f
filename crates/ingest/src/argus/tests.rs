use super::*;
use noroshi_flow::Outcome;
use noroshi_mandate::place::from_bits;
use proptest::prelude::*;

const HEADER: &str =
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label";

fn read(header: &str, line: &str) -> Entry {
    let mut reader = ArgusReader::default();
    assert_eq!(reader.entry(header.as_bytes(), false).unwrap(), Entry::Directive);
    reader.entry(line.as_bytes(), false).map_err(|fault| fault.to_string()).unwrap()
}

fn flow(proto: &str, src: &str, dir: &str, dst: &str, state: &str, counts: &str) -> FlowRecord {
    let line = format!("2026/01/02 03:04:05.000006,1.5,{proto},{src},  {dir},{dst},{state},0,0,{counts},label");
    match read(HEADER, &line) {
        Entry::Flow(record) => record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn tcp_states() {
    let of = |dir, state, counts| flow("tcp", "192.0.2.1,50000", dir, "203.0.113.9,443", state, counts).outcome;
    assert_eq!(of("->", "FSPA_FSPA", "10,5000,2000"), Outcome::Answered);
    assert_eq!(of("->", "S_", "3,222,222"), Outcome::Unanswered);
    assert_eq!(of("->", "S_RA", "2,120,66"), Outcome::Rejected);
    assert_eq!(of("->", "_SPA", "4,400,0"), Outcome::Answered);
    assert_eq!(of("->", "SR_SA", "3,180,120"), Outcome::Answered);
    assert_eq!(of("->", "REQ", "3,222,222"), Outcome::Unanswered);
    assert_eq!(of("->", "EST", "3,222,122"), Outcome::Answered);
    assert_eq!(flow("tcp", "192.0.2.1,1", "->", "203.0.113.9,2", "FSRPA_SA", "4,9,3").tcp_flags, 0b1_1111);
}

#[test]
fn an_arrow_to_the_left_turns_the_record_round() {
    let record = flow("tcp", "192.0.2.1,443", "<?", "203.0.113.9,50000", "FPA_R", "10,1000,900");
    assert_eq!(from_bits(record.src).to_string(), "203.0.113.9");
    assert_eq!((record.sport, record.dport), (50_000, 443));
    assert_eq!((record.bytes, record.rev_bytes), (100, 900));
    assert_eq!((record.packets, record.rev_packets), (1, 9));
    assert_eq!(record.outcome, Outcome::Answered);
    let same = flow("udp", "192.0.2.1,53", "<->", "203.0.113.9,5000", "CON", "2,300,100");
    assert_eq!(from_bits(same.src).to_string(), "192.0.2.1");
    assert_eq!(same.outcome, Outcome::Answered);
}

#[test]
fn icmp_types_and_other_protocols() {
    let unreachable = flow("icmp", "192.0.2.1,0x0103", "->", "203.0.113.9,0x5e00", "URH", "1,70,70");
    assert_eq!((unreachable.dport, unreachable.outcome), (3 << 8 | 1, Outcome::OneWay));
    let echo = flow("icmp", "192.0.2.1,0x0008", "->", "203.0.113.9,0x0200", "ECO", "1,60,60");
    assert_eq!((echo.dport, echo.outcome), (8 << 8, Outcome::Unanswered));
    let reply = flow("icmp", "192.0.2.1,", "<-", "203.0.113.9,0x8352", "ECR", "2,196,0");
    assert_eq!((reply.dport, reply.bytes), (0, 196));
    let neighbour = flow("ipv6-icmp", "2001:db8::1,135", "->", "ff02::1:ff00:2,", "NNS", "1,86,86");
    assert_eq!((neighbour.protocol, neighbour.dport), (58, 135 << 8));
    let esp = flow("esp", "192.0.2.1,", "->", "203.0.113.9,0x2020597d", "INT", "1,10,10");
    assert_eq!((esp.protocol, esp.dport), (50, 0));
}

#[test]
fn what_is_not_ip_is_counted_and_status_records_are_passed_over() {
    for (proto, ends) in
        [("arp", "192.0.2.1,,  who,192.0.2.2,"), ("ipx/spx", "00:15:17:2c:e5:2d,,   ->,ff:ff:ff:ff:ff:ff,")]
    {
        let entry = read(HEADER, &format!("2026/01/02 03:04:05,0,{proto},{ends},INT,,,1,60,60,x"));
        assert!(matches!(entry, Entry::NotIp(_)), "{entry:?}");
    }
    assert_eq!(read(HEADER, "2026/01/02 03:04:05,0,man,,,,,,STA,,,1,60,60,x"), Entry::Skipped);
}

#[test]
fn payload_columns_and_other_orders() {
    let header = "SrcAddr,DstAddr,Proto,srcUdata,StartTime,SrcPkts,DstPkts,SrcBytes,DstBytes,TotBytes";
    let line = "192.0.2.1,203.0.113.9,udp,s[12]=a,b,c,1767323045.5,3,4,30,40,70";
    let Entry::Flow(record) = read(header, line) else { panic!() };
    assert_eq!((record.packets, record.rev_packets, record.bytes, record.rev_bytes), (3, 4, 30, 40));
    assert_eq!(record.start, Micros(1_767_323_045_500_000));
}

#[test]
fn a_header_in_the_middle_is_no_damage() {
    let mut reader = ArgusReader::default();
    for _ in 0..2 {
        assert_eq!(reader.entry(HEADER.as_bytes(), false).unwrap(), Entry::Directive);
    }
}

#[test]
fn damage_names_the_column() {
    let mut reader = ArgusReader::default();
    assert_eq!(reader.entry(b"StartTime,Dur,SrcAddr", false).unwrap_err().kind, FaultKind::Header);
    reader.entry(HEADER.as_bytes(), false).unwrap();
    for (line, kind, column) in [
        ("2026/01/02 03:04:05,1", FaultKind::Column, "Proto"),
        ("soon,1,tcp,192.0.2.1,1,->,192.0.2.2,2,S_,0,0,1,1,1,", FaultKind::Time, "StartTime"),
        ("2026/01/02 03:04:05,1,tcp,192.0.2.300,1,->,192.0.2.2,2,S_,0,0,1,1,1,", FaultKind::Address, "SrcAddr"),
        ("2026/01/02 03:04:05,1,tcp,192.0.2.3,http,->,192.0.2.2,2,S_,0,0,1,1,1,", FaultKind::Port, "Sport"),
        ("2026/01/02 03:04:05,1,tcp,192.0.2.3,1,->,192.0.2.2,2,S_,0,0,many,1,1,", FaultKind::Number, "TotPkts"),
    ] {
        let fault = reader.entry(line.as_bytes(), false).unwrap_err();
        assert_eq!((fault.kind, fault.column), (kind, column), "{line}");
    }
}

proptest! {
    #[test]
    fn packets_split_and_none_is_lost(total in 2u64..1 << 50, bytes: u64, rev: u64) {
        let (ahead, back) = split_packets(total, bytes, rev);
        prop_assert_eq!(ahead + back, total);
        prop_assert!(bytes == 0 || ahead > 0);
        prop_assert!(rev == 0 || back > 0);
    }

    #[test]
    fn no_line_panics(line in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut reader = ArgusReader::default();
        let _ = reader.entry(&line, false);
        let _ = reader.entry(HEADER.as_bytes(), false);
        let _ = reader.entry(&line, false);
    }

    #[test]
    fn no_mutated_line_panics(at in 0usize..120, byte: u8, cut in 0usize..120) {
        let mut line = b"2026/01/02 03:04:05.000006,1.5,icmp,192.0.2.1,0x0303,  <-,2001:db8::9,0x1,S_RA,0,0,9,999,99,flow".to_vec();
        line.truncate(cut.max(1));
        let at = at % line.len();
        line[at] = byte;
        let mut reader = ArgusReader::default();
        let _ = reader.entry(HEADER.as_bytes(), false);
        let _ = reader.entry(&line, false);
    }
}
