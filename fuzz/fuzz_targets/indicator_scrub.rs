//! A text with personal data in it: scrubbing it twice is scrubbing it once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_indicators::scrub::{Keep, scrub};

fuzz_target!(|text: &str| {
    let keep = Keep::default();
    let Ok(once) = scrub(text, &keep) else { return };
    let twice = scrub(&once.text, &keep).expect("it ends");
    assert_eq!(twice.text, once.text);
    assert!(twice.replaced.is_empty());
});
