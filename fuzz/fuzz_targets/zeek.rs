//! Zeek logs line by line: columns and JSON, with names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_fuzz::lines;
use noroshi_ingest::zeek::{ZeekJsonReader, ZeekTsvReader};

fuzz_target!(|data: &[u8]| {
    lines(&mut ZeekTsvReader::default(), data);
    lines(&mut ZeekJsonReader::default(), data);
});
