//! Damaged and hostile inputs as a whole: nothing panics, everything ends, the balance adds up.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use noroshi_ingest::{Inputs, NoProgress, OpenOptions};
use proptest::prelude::*;
use std::io::Write;
use support::{Notes, fixture, intake};

fn bases() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> =
        ["conn.log", "dns.log", "conn.json", "eve.json", "small.binetflow", "payload.binetflow"]
            .iter()
            .map(|name| std::fs::read(fixture(name)).unwrap())
            .collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&all[0]).unwrap();
    all.push(gz.finish().unwrap());
    all.push(zstd::encode_all(all[0].as_slice(), 1).unwrap());
    let mut tar = tar::Builder::new(Vec::new());
    for (index, log) in all.iter().take(3).enumerate() {
        let mut header = tar::Header::new_gnu();
        header.set_size(log.len() as u64);
        tar.append_data(&mut header, format!("d{}/log", "x".repeat(60 * index)), log.as_slice()).unwrap();
    }
    all.push(tar.into_inner().unwrap());
    let mut ipfix = vec![0, 10, 0, 40];
    ipfix.extend([1; 36]);
    all.push(ipfix);
    all
}

fn read(bytes: &[u8]) -> Result<(), TestCaseError> {
    let inputs = Inputs::open_with(&["-".into()], &OpenOptions::default(), &mut &bytes[..]).unwrap();
    let (mut notes, mut intake) = (Notes { quiet: true, ..Notes::default() }, intake(r#""192.0.2.0/24""#, true));
    if let Ok(report) = inputs.read(&mut intake, &mut notes, &NoProgress) {
        prop_assert_eq!(report.records, intake.balance().received);
        prop_assert_eq!(intake.balance().admitted(), notes.records);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_inputs(
        base in 0usize..10,
        cut in 0usize..8_000,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let mut bytes = bases().swap_remove(base);
        bytes.truncate(cut.max(1));
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read(&bytes)?;
    }

    #[test]
    fn arbitrary_inputs(start in 0usize..6, rest in prop::collection::vec(any::<u8>(), 0..600)) {
        let starts: [&[u8]; 6] =
            [b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"#fields\tts\n", b"{\"id.orig_h\":", b"\0\x0a"];
        read(&[starts[start], &rest].concat())?;
    }
}
