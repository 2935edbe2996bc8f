//! A TAXII envelope or STIX bundle from a stranger.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_stix::{Limits, Received, envelope};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let Ok(items) = envelope::split(data, &limits) else { return };
    for item in items {
        // What is cut out lies in what came, and is judged alone.
        assert!(data.as_ptr_range().contains(&item.bytes.as_ptr()));
        let _ = Received::read(item.bytes, &limits);
    }
});
