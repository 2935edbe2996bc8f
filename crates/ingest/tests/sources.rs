//! Files, folders, archives and standard input: what is read, in which order, and what is not.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod support;

use noroshi_flow::FlowRecord;
use noroshi_ingest::limits::{ENTRY_NAME_BYTES_MAX, FOLDER_DEPTH_MAX};
use noroshi_ingest::{Format, IngestError, Inputs, NoProgress, OpenOptions, Progress};
use noroshi_mandate::place::to_bits;
use noroshi_model::Micros;
use noroshi_wire::{ExporterConfig, IpfixExporter};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use support::{Notes, fixture, intake, read};

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn put(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn folders_are_walked_in_order_and_what_is_not_flows_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "b/conn.log", &bytes("conn.log"));
    put(folder.path(), "a/http.log", &bytes("http.log"));
    put(folder.path(), "a/README", b"# hello");
    put(folder.path(), "c.csv", &bytes("small.binetflow"));
    put(folder.path(), "empty", b"");
    let (_, report, _) = read(&[folder.path().to_owned()], false).unwrap();
    let listed: Vec<_> = report
        .inputs
        .iter()
        .map(|i| {
            (Path::new(&i.name).strip_prefix(folder.path()).unwrap().to_str().unwrap(), i.records, i.note.as_deref())
        })
        .collect();
    assert_eq!(
        listed,
        [
            ("a/README", 0, Some("text in no format known")),
            ("a/http.log", 0, Some("Zeek log `http` holds no flow records")),
            ("b/conn.log", 3, None),
            ("c.csv", 10, None),
            ("empty", 0, Some("empty")),
        ]
    );
    assert_eq!(report.records, 13);
}

#[test]
fn a_named_file_of_no_known_format_is_an_error_that_lists_the_formats() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "notes.txt", b"hello\n");
    let Err(error) = read(&[folder.path().join("notes.txt")], false) else { panic!() };
    assert!(matches!(error, IngestError::UnknownFormat { .. }));
    let text = error.to_string();
    assert!(text.contains("notes.txt") && text.contains("IPFIX") && text.contains("Suricata"), "{text}");
    assert!(read(&[fixture("http.log")], false).is_ok(), "a Zeek log without flows is known");
    assert!(matches!(read(&[folder.path().join("none")], false), Err(IngestError::Open { .. })));
    assert!(matches!(read(&[], false), Err(IngestError::NoInputs)));
}

#[test]
fn standard_input_is_read_twice() {
    let text = gz(&bytes("conn.log"));
    let inputs = Inputs::open_with(&["-".into()], &OpenOptions::default(), &mut text.as_slice()).unwrap();
    let passes = [0, 1].map(|_| {
        let (mut notes, mut intake) = (Notes::default(), intake(r#""192.0.2.0/24""#, false));
        let report = inputs.read(&mut intake, &mut notes, &NoProgress).unwrap();
        assert_eq!(report.inputs[0].name, "-");
        notes.lines
    });
    assert_eq!(passes[0].len(), 3);
    assert_eq!(passes[0], passes[1]);
}

fn tar(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn archives_are_streamed_entry_by_entry() {
    let long = format!("{}/conn.log", "x".repeat(150));
    let archive = tar(&[
        ("day/conn.log.gz", gz(&bytes("conn.log"))),
        ("day/http.log", bytes("http.log")),
        (&long, bytes("conn.log")),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs");
    std::fs::write(&path, zstd::encode_all(archive.as_slice(), 1).unwrap()).unwrap();
    let (notes, report, _) = read(&[path], false).unwrap();
    assert_eq!(notes.lines.len(), 6);
    let names: Vec<_> = report.inputs.iter().map(|i| i.name.rsplit_once("logs/").unwrap().1).collect();
    assert_eq!(names, ["day/conn.log.gz", "day/http.log", &long]);
    assert_eq!(report.damage.total(), 2, "one bad line in each of two logs");
}

#[test]
fn folders_at_the_depth_limit_are_read_and_one_past_it_is_listed() {
    for (depth, records) in [(FOLDER_DEPTH_MAX, 3), (FOLDER_DEPTH_MAX + 1, 0)] {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), &format!("{}conn.log", "d/".repeat(depth)), &bytes("conn.log"));
        let (_, report, _) = read(&[folder.path().to_owned()], false).unwrap();
        assert_eq!(report.records, records);
        assert_eq!(report.inputs.len(), 1);
        assert_eq!(report.damage.counts.contains_key("unreadable"), records == 0);
    }
}

#[test]
fn a_byte_order_mark_and_bytes_that_are_no_text_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["conn.log", "conn.json", "small.binetflow", "eve.json"] {
        let expected = read(&[fixture(name)], false).unwrap().1;
        let noise = b"\n\0\0\xff\xfe\x80 noise\n";
        put(folder.path(), name, &[b"\xef\xbb\xbf", bytes(name).as_slice(), noise].concat());
        let (_, report, _) = read(&[folder.path().join(name)], false).unwrap();
        assert_eq!(report.records, expected.records, "{name}");
        assert_eq!(report.damage.total(), expected.damage.total() + 1, "{name}");
    }
}

#[test]
fn an_entry_name_at_the_limit_is_whole_and_a_longer_one_is_cut() {
    for extra in [0, 1] {
        let max = usize::try_from(ENTRY_NAME_BYTES_MAX).unwrap();
        // The archive writes a closing zero behind the name.
        let name = "n".repeat(max - 1 + extra);
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "a", &tar(&[(&name, bytes("conn.log"))]));
        let (_, report, _) = read(&[folder.path().join("a")], false).unwrap();
        assert_eq!(report.records, 3);
        let shown = report.inputs[0].name.rsplit_once('/').unwrap().1.len();
        assert!(shown <= max && shown >= max - 1, "{shown}");
    }
}

#[test]
fn a_cut_archive_gives_what_is_whole() {
    let archive = tar(&[("a", bytes("conn.log")), ("b", bytes("conn.log"))]);
    for cut in [700, 1_700, archive.len() - 1_024 - 300] {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "cut.tar", &archive[..cut]);
        let (notes, report, _) = read(&[folder.path().to_owned()], false).unwrap();
        assert!(notes.lines.len() < 6, "{cut}");
        assert!(report.damage.total() > 0, "{cut}: {report:?}");
    }
}

#[test]
fn a_cut_file_is_used_as_far_as_it_goes_and_said() {
    let line = "1767323045.5\tCa\t192.0.2.10\t50001\t203.0.113.9\t443\ttcp\n";
    let text = format!(
        "#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n{}",
        (0..20_000).map(|n| line.replace("50001", &(n % 60_000).to_string())).collect::<String>()
    );
    for packed in [gz(text.as_bytes()), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "cut", &packed[..packed.len() / 2]);
        let (_, report, _) = read(&[folder.path().join("cut")], false).unwrap();
        assert!(report.records > 1_000 && report.records < 20_000, "{}", report.records);
        assert_eq!(report.damage.total(), 1, "{:?}", report.damage);
        let note = report.inputs[0].note.as_deref().unwrap_or_default();
        assert!(note.contains("not read to its end"), "{report:?}");
    }
}

#[test]
fn a_bomb_is_stopped_named_and_does_not_stop_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let header = String::from_utf8(bytes("conn.log")).unwrap();
    let bomb = format!("{header}{}", "\n".repeat(80 << 20));
    put(folder.path(), "a-bomb", &zstd::encode_all(bomb.as_bytes(), 1).unwrap());
    put(folder.path(), "b", &bytes("conn.log"));
    let (notes, report, _) = read(&[folder.path().to_owned()], false).unwrap();
    assert_eq!(notes.lines.len(), 6);
    assert_eq!(report.damage.counts.get("decompression limit"), Some(&1));
    assert!(report.inputs[0].note.as_deref().unwrap().contains("decompression bombs"));
}

#[test]
fn ipfix_files_are_read_and_counted() {
    let mut message = Vec::new();
    let mut exporter = IpfixExporter::new(ExporterConfig::default());
    let bits = |text: &str| to_bits(text.parse().unwrap());
    let start = Micros::parse("2026-01-02T03:04:05Z").unwrap();
    for port in 0..100 {
        let record = FlowRecord {
            start,
            end: start,
            src: bits("192.0.2.10"),
            dst: bits("203.0.113.9"),
            sport: port,
            dport: 443,
            protocol: 6,
            packets: 1,
            bytes: 60,
            sampling: 1,
            ..FlowRecord::default()
        };
        exporter.push(&record, start, &mut |bytes| message.extend_from_slice(bytes));
    }
    exporter.flush(start, &mut |bytes| message.extend_from_slice(bytes));
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "flows", &gz(&message));
    let (notes, report, intake) = read(&[folder.path().join("flows")], false).unwrap();
    assert_eq!(report.inputs[0].format, Some(Format::Ipfix));
    assert_eq!((report.records, notes.lines.len(), intake.balance().received), (100, 100, 100));
    assert_eq!(report.export.unwrap().decoder.records.ipfix, 100);
    assert_eq!(report.damage.total(), 0);
}

#[test]
fn progress_reaches_its_total() {
    #[derive(Default)]
    struct Watch {
        total: AtomicU64,
        done: AtomicU64,
        names: Mutex<Vec<String>>,
    }
    impl Progress for Watch {
        fn total(&self, bytes: Option<u64>) {
            self.total.store(bytes.unwrap(), Ordering::Relaxed);
        }
        fn input(&self, name: &str, format: Format) {
            self.names.lock().unwrap().push(format!("{name}: {format}"));
        }
        fn advanced(&self, compressed_bytes: u64) {
            self.done.fetch_add(compressed_bytes, Ordering::Relaxed);
        }
    }
    let inputs = Inputs::open(&[fixture("conn.log"), fixture("eve.json")], &OpenOptions::default()).unwrap();
    let (mut notes, mut intake, watch) = (Notes::default(), intake(r#""192.0.2.0/24""#, false), Watch::default());
    inputs.read(&mut intake, &mut notes, &watch).unwrap();
    assert_eq!(watch.total.into_inner(), watch.done.into_inner());
    assert_eq!(watch.names.into_inner().unwrap().len(), 2);
}
