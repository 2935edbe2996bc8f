//! A list, report or file of rules from a stranger: every object made of it is one, and its values come out again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_indicators::import::{Format, Source, import};
use noroshi_indicators::{Value, export};
use noroshi_stix::{Limits, Received, Timestamp};

fuzz_target!(|data: &[u8]| {
    let (format, data) = match data.split_first() {
        Some((first, rest)) if usize::from(*first) < Format::ALL.len() => {
            (Some(Format::ALL[usize::from(*first)]), rest)
        }
        _ => (None, data),
    };
    let at = Timestamp::from_micros(1_795_564_800_000_000);
    let Ok(imported) = import(data, "fuzz", format, &Source::new("fuzz", at)) else { return };
    let limits = Limits::default();
    let read = |json: Vec<u8>| Received::read(&json, &limits).expect("what is made is an object");
    let objects: Vec<_> = imported.objects.iter().map(|made| read(made.object.to_json())).collect();
    let chosen = export::choose(&objects, &export::Wanted { any_port: true, ..export::Wanted::at(at) });
    let zone = export::Zone::new("rpz.example").expect("it is a name");
    for indicator in &chosen.indicators {
        assert!(!indicator.value.to_string().contains(|character: char| character.is_control() || character == ' '));
        assert!(Value::asked(&[]).is_err());
    }
    for written in [
        export::block_lists(&chosen.indicators, at),
        export::suricata(&chosen.indicators, at, 1),
        export::zeek(&chosen.indicators, at),
        export::rpz(&chosen.indicators, at, &zone),
    ] {
        for file in written.files {
            assert!(file.bytes.ends_with(b"\n") && !file.bytes.contains(&b'\r') && !file.bytes.contains(&0));
        }
    }
});
