use super::*;
use crate::text::{Entry, FaultKind, LogReader};
use noroshi_flow::Outcome;
use noroshi_mandate::place::{from_bits, to_bits};
use proptest::prelude::*;

const HEADER: &str = "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents";

fn conn(reader: &mut ZeekTsvReader) {
    for line in ["#separator \\x09", "#unset_field\t-", "#path\tconn", HEADER] {
        assert_eq!(reader.entry(line.as_bytes(), false).unwrap(), Entry::Directive);
    }
}

fn tsv(state: &str, proto: &str, ports: (u16, u16), counts: &str) -> FlowRecord {
    let mut reader = ZeekTsvReader::default();
    conn(&mut reader);
    let (orig, resp) = ports;
    let line = format!(
        "1700000000.000001\tC1\t192.0.2.1\t{orig}\t203.0.113.9\t{resp}\t{proto}\t-\t1.5\t10\t20\t{state}\tT\tF\t0\tShADadFf\t{counts}\t-"
    );
    match reader.entry(line.as_bytes(), false).unwrap() {
        Entry::Flow(record) => record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn states_and_counters() {
    let full = tsv("SF", "tcp", (50_000, 443), "5\t400\t6\t900");
    assert_eq!((full.packets, full.bytes, full.rev_packets, full.rev_bytes), (5, 400, 6, 900));
    assert_eq!((full.outcome, full.tcp_flags), (Outcome::Answered, 0b1_1011));
    assert_eq!(full.end.0 - full.start.0, 1_500_000);
    let of = |state, proto, counts| tsv(state, proto, (1, 2), counts).outcome;
    assert_eq!(of("S0", "tcp", "3\t180\t0\t0"), Outcome::Unanswered);
    assert_eq!(of("RSTOS0", "tcp", "3\t180\t0\t0"), Outcome::Unanswered);
    assert_eq!(of("REJ", "tcp", "1\t60\t1\t40"), Outcome::Rejected);
    assert_eq!(of("SHR", "tcp", "0\t0\t6\t389"), Outcome::Answered);
    assert_eq!(of("OTH", "tcp", "3\t180\t1\t60"), Outcome::Answered);
    assert_eq!(of("OTH", "tcp", "3\t180\t0\t0"), Outcome::OneWay);
    assert_eq!(of("SF", "udp", "1\t60\t0\t0"), Outcome::Unanswered);
    assert_eq!(of("OTH", "icmp", "1\t60\t0\t0"), Outcome::Unanswered);
}

#[test]
fn payload_bytes_stand_in_and_icmp_has_type_and_code() {
    assert_eq!(tsv("SF", "tcp", (1, 2), "-\t-\t-\t-").bytes, 10);
    let unreachable = tsv("OTH", "icmp", (3, 1), "1\t56\t0\t0");
    assert_eq!((unreachable.protocol, unreachable.sport, unreachable.dport), (1, 0, 3 << 8 | 1));
}

#[test]
fn labels_behind_spaces_and_headers_in_the_middle() {
    let mut reader = ZeekTsvReader::default();
    let header = "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\tresp_ip_bytes   label   detailed-label";
    for line in ["#path\tconn", header] {
        reader.entry(line.as_bytes(), false).unwrap();
    }
    let line = b"3.5\t192.0.2.1\t1\t203.0.113.9\t2\tudp\tSF\t77   Malicious   C&C";
    assert!(matches!(reader.entry(line, false).unwrap(), Entry::Flow(r) if r.start.0 == 3_500_000));
    for line in ["#path\thttp", "#fields\tts\tid.orig_h"] {
        assert_eq!(reader.entry(line.as_bytes(), false).unwrap(), Entry::Directive);
    }
    assert_eq!(reader.entry(b"anything", false).unwrap(), Entry::Skipped);
    conn(&mut reader);
    assert_eq!(reader.entry(b"short", false).unwrap_err().kind, FaultKind::Column);
    assert_eq!(reader.entry(b"#close\t2026-01-01-00-00-00", false).unwrap(), Entry::Directive);
}

fn dns_reader() -> ZeekTsvReader {
    let mut reader = ZeekTsvReader::default();
    let header = "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery\tqtype\trcode";
    for line in ["#path\tdns", header] {
        reader.entry(line.as_bytes(), true).unwrap();
    }
    reader
}

#[test]
fn names_are_read_only_under_the_switch() {
    let mut reader = dns_reader();
    let line = b"1.0\t192.0.2.1\t5000\t192.0.2.53\t53\tudp\t7\tWWW.Example.ORG.\t1\t3";
    assert_eq!(reader.entry(line, false).unwrap(), Entry::Skipped);
    let Entry::Dns(query) = reader.entry(line, true).unwrap() else { panic!() };
    assert_eq!((query.name.as_str(), query.qtype, query.rcode), ("www.example.org", 1, Some(3)));
    let netbios = b"1.0\t192.0.2.1\t137\t192.0.2.255\t137\tudp\t7\tWORKGROUP\t32\t-";
    assert_eq!(reader.entry(netbios, true).unwrap(), Entry::Skipped);
}

#[test]
fn a_name_at_the_limit_is_read_and_one_past_it_is_damage() {
    let max = crate::limits::DNS_NAME_BYTES_MAX;
    for (length, fine) in [(max, true), (max + 1, false)] {
        let line = format!("1.0\t192.0.2.1\t5000\t192.0.2.53\t53\tudp\t7\t{}\t1\t3", "x".repeat(length));
        assert_eq!(dns_reader().entry(line.as_bytes(), true).is_ok(), fine);
    }
}

#[test]
fn json_says_the_same() {
    let mut reader = ZeekJsonReader;
    let line = br#"{"ts":1700000000.000001,"uid":"C1","id.orig_h":"2001:db8::1","id.orig_p":50000,"id.resp_h":"2001:db8::9","id.resp_p":443,"proto":"tcp","duration":1.5,"conn_state":"REJ","history":"Sr","orig_pkts":1,"orig_ip_bytes":60,"resp_pkts":1,"resp_ip_bytes":40}"#;
    let Entry::Flow(record) = reader.entry(line, false).unwrap() else { panic!() };
    assert_eq!(from_bits(record.dst), "2001:db8::9".parse::<std::net::IpAddr>().unwrap());
    assert_eq!((record.start.0, record.tcp_flags, record.outcome), (1_700_000_000_000_001, 2 | 4, Outcome::Rejected));
    let iso = br#"{"ts":"2023-11-14T22:13:20.000001Z","id.orig_h":"192.0.2.1","id.orig_p":5,"id.resp_h":"192.0.2.53","id.resp_p":53,"proto":"udp","trans_id":9,"query":"A.example","qtype":16,"rcode":0}"#;
    assert_eq!(reader.entry(iso, false).unwrap(), Entry::Skipped);
    let Entry::Dns(query) = reader.entry(iso, true).unwrap() else { panic!() };
    assert_eq!(
        (query.at.0, query.client, query.name.as_str()),
        (1_700_000_000_000_001, to_bits("192.0.2.1".parse().unwrap()), "a.example")
    );
    let other = br#"{"_path":"http","ts":1.0,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2","uri":"/secret"}"#;
    assert_eq!(reader.entry(other, true).unwrap(), Entry::Skipped);
    assert_eq!(reader.entry(br#"{"ts":1.0,"id.orig_h":"nobody"#, true).unwrap_err().kind, FaultKind::Json);
}

proptest! {
    #[test]
    fn no_line_panics(line in prop::collection::vec(any::<u8>(), 0..300), dns: bool) {
        let mut reader = ZeekTsvReader::default();
        let _ = reader.entry(&line, dns);
        conn(&mut reader);
        let _ = reader.entry(&line, dns);
        let _ = dns_reader().entry(&line, dns);
        let _ = ZeekJsonReader.entry(&line, dns);
    }

    #[test]
    fn no_mutated_line_panics(at in 0usize..500, byte: u8, header in any::<bool>()) {
        let mut line = if header { HEADER.as_bytes().to_vec() } else {
            b"1700000000.000001\tC1\t192.0.2.1\t5\t2001:db8::9\t0x99\ticmp\t-\t1.5\t10\t20\tSF\tT\tF\t0\tShA\t5\t4\t6\t9\t-".to_vec()
        };
        let at = at % line.len();
        line[at] = byte;
        let mut reader = ZeekTsvReader::default();
        conn(&mut reader);
        let _ = reader.entry(&line, true);
    }

    #[test]
    fn no_mutated_json_panics(at in 0usize..200, byte: u8) {
        let mut line = br#"{"ts":1700000000.5,"id.orig_h":"192.0.2.1","id.orig_p":5,"id.resp_h":"192.0.2.53","id.resp_p":53,"proto":"udp","trans_id":9,"query":"a","conn_state":"SF"}"#.to_vec();
        let at = at % line.len();
        line[at] = byte;
        let _ = ZeekJsonReader.entry(&line, true);
    }
}
