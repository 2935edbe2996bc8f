//! A warning list from a stranger, asked for values that stand in it and others.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_indicators::Value;
use noroshi_indicators::warning::{Lists, Terms, WarningList};
use noroshi_stix::Timestamp;

fuzz_target!(|data: &[u8]| {
    let Ok(list) = WarningList::read(data, &Terms::default()) else { return };
    let faults = list.faults().count as usize;
    assert!(faults <= list.len());
    let lists = Lists::new(vec![list]).expect("one list is not too many");
    let now = Timestamp::from_micros(1_795_564_800_000_000);
    for value in ["192.0.2.1", "2001:db8::/32", "bad.example", "http://bad.example/x", "x@bad.example"] {
        let hits = lists.check(&Value::parse(value).expect("it is one"), now);
        assert!(hits.is_sorted());
    }
});
