//! Labels of self-made fixtures.

use super::*;
use std::io::Write;

const ARGUS: &str = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label
2026/01/02 10:00:00.000000,1.0,tcp,192.0.2.5,1040,   ->,203.0.113.9,5678,FSPA_FSPA,0,0,14,4975,585,flow=From-Botnet-V47-TCP-CC73-Not-Encrypted
2026/01/02 10:00:01.000000,1.0,tcp,192.0.2.5,1041,   ->,198.51.100.1,25,S_,0,,1,60,60,flow=From-Botnet-V47-TCP-Attempt-SPAM
2026/01/02 10:00:02.000000,1.0,udp,192.0.2.6,53,  <->,198.51.100.2,53,CON,0,0,2,200,100,flow=From-Normal-V47-Jist
2026/01/02 10:00:03.000000,1.0,udp,192.0.2.7,53,  <->,198.51.100.2,53,CON,0,0,2,200,100,flow=Background-UDP-Established
";

const ZEEK: &str = "#separator \\x09
#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttunnel_parents\tlabel\tdetailedlabel
1767348000.0\tC1\t192.0.2.5\t1040\t203.0.113.9\t443\ttcp\t-\tMalicious\tC&C-HeartBeat
1767348001.0\tC2\t192.0.2.5\t1041\t198.51.100.9\t22\ttcp\t-\tMalicious\tHorizontalScan
1767348002.0\tC3\t192.0.2.6\t1042\t198.51.100.9\t22\ttcp\t-\tBenign\t(empty)
1767348003.0\tC4\t192.0.2.6\t1043\t198.51.100.9\t22\ttcp\t-\tBackground\t(empty)
";

const TRUTH: &str = r#"{"seed":1,"servers":[
 {"family":"a","address":"203.0.113.9","port":443,"protocol":"tcp","role":"command","clients":3,"first":"2026-01-02T00:00:00Z","last":"2026-01-03T00:00:00Z"},
 {"family":"a","address":"203.0.113.10","port":22,"protocol":"tcp","role":"controller","clients":1,"first":"2026-01-02T00:00:00Z","last":"2026-01-03T00:00:00Z"}],
 "infected":[{"family":"a","address":"192.0.2.5","server":null,"since":"2026-01-02T01:00:00Z","always_on":true}]}"#;

fn read(bytes: &[u8]) -> Result<Labels, EvaluateError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut labels = Labels::default();
    labels.read(file.path()).map(|()| labels)
}

fn bits(text: &str) -> u128 {
    to_bits(text.parse().unwrap())
}

fn flow(src: (&str, u16), dst: (&str, u16), protocol: u8, at: &str) -> FlowRecord {
    let start = Micros::parse(at).unwrap();
    let (sport, dport) = (src.1, dst.1);
    FlowRecord {
        start,
        end: start,
        src: bits(src.0),
        dst: bits(dst.0),
        sport,
        dport,
        protocol,
        ..FlowRecord::default()
    }
}

#[test]
fn argus_labels_are_found_again_by_flow() {
    let labels = read(ARGUS.as_bytes()).unwrap();
    assert_eq!(labels.len(), 3);
    let of = |src, dst, protocol, at| labels.of(&flow(src, dst, protocol, at));
    let command = of(("192.0.2.5", 1040), ("203.0.113.9", 5678), 6, "2026-01-02T10:00:00Z");
    assert_eq!(command, Some(Label::Command));
    let turned = of(("198.51.100.1", 25), ("192.0.2.5", 1041), 6, "2026-01-02T10:00:01Z");
    assert_eq!(turned, Some(Label::Malicious));
    assert_eq!(of(("192.0.2.6", 53), ("198.51.100.2", 53), 17, "2026-01-02T10:00:02Z"), Some(Label::Normal));
    assert_eq!(of(("192.0.2.7", 53), ("198.51.100.2", 53), 17, "2026-01-02T10:00:03Z"), None);
    assert!(labels.servers.contains_key(&(bits("203.0.113.9"), 5678)));
    assert_eq!(labels.servers.len(), 1);
}

#[test]
fn compressed_labels_are_the_same() {
    let packed = zstd::encode_all(ARGUS.as_bytes(), 1).unwrap();
    assert_eq!(read(&packed).unwrap().len(), 3);
}

#[test]
fn zeek_labels_and_both_ways_of_separating_them() {
    let blanks = ZEEK
        .replace("tunnel_parents\tlabel\tdetailedlabel", "tunnel_parents   label   detailedlabel")
        .replace("-\tMalicious\t", "-   Malicious   ")
        .replace("-\tBenign\t", "-   Benign   ")
        .replace("-\tBackground\t", "-   Background   ");
    for text in [ZEEK, &blanks] {
        let labels = read(text.as_bytes()).unwrap();
        assert_eq!(labels.len(), 3);
        let scan = flow(("192.0.2.5", 1041), ("198.51.100.9", 22), 6, "2026-01-02T10:00:01Z");
        assert_eq!(labels.of(&scan), Some(Label::Malicious));
        assert_eq!(labels.servers.len(), 1);
    }
}

#[test]
fn words_not_letters_make_command_and_control() {
    assert_eq!(zeek::label(b"Malicious", b"CC73"), Some(Label::Command));
    assert_eq!(zeek::label(b"Malicious", b"Botnet-C2"), Some(Label::Command));
    assert_eq!(zeek::label(b"Malicious", b"Success"), Some(Label::Malicious));
    assert_eq!(zeek::label(b"Unknown", b"(empty)"), None);
    assert_eq!(argus::label(b"flow=To-Normal-V47"), None);
}

#[test]
fn truth_labels_addresses() {
    let labels = read(TRUTH.as_bytes()).unwrap();
    assert!(labels.rest_is_normal);
    assert_eq!(labels.servers.len(), 1);
    let other = flow(("192.0.2.9", 4), ("198.51.100.9", 443), 6, "2026-01-02T00:00:00Z");
    assert!(!labels.removes(&other));
    assert!(labels.removes(&flow(("192.0.2.5", 4), ("198.51.100.9", 443), 6, "2026-01-02T00:00:00Z")));
    assert!(labels.removes(&flow(("203.0.113.10", 4), ("203.0.113.9", 443), 6, "2026-01-02T00:00:00Z")));
}

#[test]
fn a_server_named_by_hand_is_a_label() {
    let mut labels = Labels::default();
    assert!(labels.is_empty());
    labels.command_server("203.0.113.9:443".parse().unwrap());
    let call = flow(("192.0.2.5", 4), ("203.0.113.9", 443), 6, "2026-01-02T00:00:00Z");
    assert_eq!(labels.of(&call), Some(Label::Command));
}

#[test]
fn what_is_no_label_file_says_what_is_missing() {
    let message = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert!(message(&ARGUS.replace("Label", "Note")).contains("no column `Label`"));
    assert!(message(&ZEEK.replace("\tlabel", "\tnote")).contains("`label`"));
    assert!(message("{\"servers\":3}").contains("line 1"));
    assert!(message("").contains("StartTime"));
    let long = "x".repeat(crate::limits::LABEL_LINE_BYTES_MAX as usize + 1);
    assert!(message(&long).contains("too long"));
}
