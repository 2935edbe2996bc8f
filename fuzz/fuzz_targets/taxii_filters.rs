//! The query and the headers of a TAXII request.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_stix::taxii::{Endpoint, Filters, media};
use noroshi_stix::Limits;

fuzz_target!(|text: &str| {
    let _ = Filters::parse(text, Endpoint::Objects, &Limits::default());
    let _ = (media::accept(Some(text)), media::content_type(Some(text)));
});
