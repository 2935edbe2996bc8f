use super::*;
use noroshi_mandate::place::from_bits;
use proptest::prelude::*;

const FLOW: &[u8] = br#"{"timestamp":"2026-01-02T03:04:09.000000+0000","flow_id":1,"event_type":"flow","src_ip":"192.0.2.1","src_port":50000,"dest_ip":"203.0.113.9","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":5,"pkts_toclient":4,"bytes_toserver":500,"bytes_toclient":900,"start":"2026-01-02T12:04:05.000006+0900","end":"2026-01-02T03:04:06.000006+0000","age":1,"state":"closed","reason":"timeout","alerted":false},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b","syn":true}}"#;

fn read(line: &[u8]) -> Entry {
    EveReader { netflow: true }.entry(line, true).map_err(|fault| fault.to_string()).unwrap()
}

#[test]
fn a_flow_event_is_a_biflow() {
    let Entry::Flow(record) = read(FLOW) else { panic!() };
    assert_eq!(record.start, Micros::parse("2026-01-02T03:04:05.000006Z").unwrap());
    assert_eq!(record.end.0 - record.start.0, 1_000_000);
    assert_eq!((record.packets, record.bytes, record.rev_packets, record.rev_bytes), (5, 500, 4, 900));
    assert_eq!((record.protocol, record.tcp_flags, record.outcome), (6, 0x1b, Outcome::Answered));
    let text = String::from_utf8(FLOW.to_vec()).unwrap();
    let reset = text.replace(r#""tcp_flags_tc":"1b""#, r#""tcp_flags_tc":"14""#);
    assert!(matches!(read(reset.as_bytes()), Entry::Flow(r) if r.outcome == Outcome::Rejected));
    let silent = text.replace(r#""pkts_toclient":4"#, r#""pkts_toclient":0"#);
    assert!(matches!(read(silent.as_bytes()), Entry::Flow(r) if r.outcome == Outcome::Unanswered));
}

#[test]
fn netflow_events_are_read_only_when_asked_for() {
    let line = br#"{"timestamp":"2026-01-02T03:04:09Z","event_type":"netflow","src_ip":"2001:db8::1","dest_ip":"2001:db8::2","proto":"IPv6-ICMP","icmp_type":128,"icmp_code":0,"netflow":{"pkts":3,"bytes":300,"start":"2026-01-02T03:04:05Z","end":"2026-01-02T03:04:06Z"}}"#;
    assert_eq!(EveReader::default().entry(line, true).unwrap(), Entry::Skipped);
    let Entry::Flow(record) = read(line) else { panic!() };
    assert_eq!((record.packets, record.dport, record.outcome), (3, 128 << 8, Outcome::OneWay));
}

#[test]
fn answers_name_the_client_whichever_way_they_are_written() {
    for ends in [
        r#""src_ip":"192.0.2.53","src_port":53,"dest_ip":"192.0.2.1","dest_port":5000"#,
        r#""src_ip":"192.0.2.1","src_port":5000,"dest_ip":"192.0.2.53","dest_port":53"#,
    ] {
        for dns in [
            r#"{"version":2,"type":"answer","rrname":"No.Example","rrtype":"TXT","rcode":"NXDOMAIN"}"#,
            r#"{"version":3,"type":"response","rcode":"NXDOMAIN","queries":[{"rrname":"no.example.","rrtype":"TXT"}]}"#,
        ] {
            let line = format!(
                r#"{{"timestamp":"2026-01-02T03:04:09Z","event_type":"dns",{ends},"proto":"UDP","dns":{dns}}}"#
            );
            let Entry::Dns(query) = read(line.as_bytes()) else { panic!("{line}") };
            assert_eq!(from_bits(query.client).to_string(), "192.0.2.1");
            assert_eq!((query.name.as_str(), query.qtype, query.rcode), ("no.example", 16, Some(3)));
            assert_eq!(EveReader::default().entry(line.as_bytes(), false).unwrap(), Entry::Skipped);
        }
    }
}

#[test]
fn other_events_are_passed_over_and_damage_is_not_quoted() {
    let http = br#"{"timestamp":"x","event_type":"http","http":{"url":"/secret"}}"#;
    assert_eq!(read(http), Entry::Skipped);
    let bad = br#"{"timestamp":"2026-01-02T03:04:09Z","event_type":"flow","src_ip":"secret","dest_ip":"192.0.2.1","proto":"TCP"}"#;
    let fault = EveReader::default().entry(bad, false).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Json);
    assert!(!fault.to_string().contains("secret"));
}

proptest! {
    #[test]
    fn no_line_panics(line in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = EveReader::default().entry(&line, true);
    }

    #[test]
    fn no_mutated_line_panics(at in 0usize..600, byte: u8) {
        let mut line = FLOW.to_vec();
        let at = at % line.len();
        line[at] = byte;
        let _ = EveReader { netflow: true }.entry(&line, true);
    }
}
