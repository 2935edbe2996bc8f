//! One STIX object: what is taken is taken again, and what is left of it for a reader is an object.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_stix::marking::{Marking, Redacted, redact};
use noroshi_stix::{Limits, Received};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let Ok(object) = Received::read(data, &limits) else { return };
    let again = Received::read(object.bytes(), &limits).expect("what was taken is taken again");
    assert_eq!(again, object);
    serde_json::from_slice::<serde::de::IgnoredAny>(object.bytes()).expect("it is JSON");
    let _ = (object.references().count(), object.texts().count(), Marking::of(&object));
    for may_see in [false, true] {
        if let Redacted::Partly(bytes) = redact(&object, |_| may_see) {
            assert!(!may_see, "whoever may see all sees all");
            Received::read(&bytes, &limits).expect("what is left is an object");
        }
    }
});
