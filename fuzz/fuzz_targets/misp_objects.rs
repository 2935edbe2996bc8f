//! Objects of STIX as events of MISP: no event is one its own reader would refuse, and no identifier is lost.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_misp::{Event, Mode, from_stix, to_stix};
use noroshi_stix::{Limits, Received, envelope};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let Ok(items) = envelope::split(data, &limits) else { return };
    let objects: Vec<_> = items.iter().filter_map(|item| Received::read(item.bytes, &limits).ok()).collect();
    let made = from_stix(&objects).expect("within the limit");
    for event in made.events {
        let (again, refused) = Event::read(event.write().as_bytes()).expect("what is made is an event");
        assert!(refused.is_empty() && again == event);
        let _ = to_stix(&event, Mode::Lossless).bundle();
    }
});
