//! Argus CSV line by line; the first line is the header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_fuzz::lines;
use noroshi_ingest::argus::ArgusReader;

fuzz_target!(|data: &[u8]| lines(&mut ArgusReader::default(), data));
