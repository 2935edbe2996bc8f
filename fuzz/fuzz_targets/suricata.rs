//! Suricata EVE line by line, with names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_fuzz::lines;
use noroshi_ingest::suricata::EveReader;

fuzz_target!(|data: &[u8]| lines(&mut EveReader::default(), data));
