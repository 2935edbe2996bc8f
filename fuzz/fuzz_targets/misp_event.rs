//! One event of MISP: what is taken comes back from STIX as it was, and every object on the way is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_misp::{Event, Mode, from_stix, to_stix};
use noroshi_stix::{Limits, Received};

fuzz_target!(|data: &[u8]| {
    let Ok((event, _)) = Event::read(data) else { return };
    let (again, refused) = Event::read(event.write().as_bytes()).expect("what was taken is taken again");
    assert!(refused.is_empty() && again == event);
    for mode in [Mode::Lossless, Mode::Reference] {
        let made = to_stix(&event, mode);
        for object in &made.objects {
            Received::read(object.bytes(), &Limits::default()).expect("what is made is an object");
        }
        let back = from_stix(&made.objects).expect("within the limit");
        if mode == Mode::Lossless && made.left.is_empty() {
            assert_eq!(back.events, [event.clone()]);
        }
    }
});
