//! A pattern: one spelling for all spellings, and it asks the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_stix::pattern::parse;
use noroshi_stix::Limits;

fuzz_target!(|text: &str| {
    let limits = Limits::default();
    let Ok(parsed) = parse(text, &limits) else { return };
    // One spelling may be longer than the text it was read from.
    let limits = Limits { pattern_bytes_max: usize::MAX, ..limits };
    let printed = parsed.to_string();
    let again = parse(&printed, &limits).expect("what is printed is a pattern");
    assert_eq!(again.to_string(), printed);
    assert_eq!(again.literals(), parsed.literals());
    let _ = parsed.matches(&[], &limits);
});
