//! Export messages end to end: framing, every protocol, templates, held data.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_flow::Damage;
use noroshi_fuzz::{Forget, gate};
use noroshi_model::Micros;
use noroshi_wire::{CaptureContext, DecoderLimits, ExportDecoder, read_exports};

fuzz_target!(|data: &[u8]| {
    let (mut intake, mut damage) = (gate(), Damage::default());
    // Small limits, so that the fuzzer meets them.
    let limits = DecoderLimits {
        exporters: 4,
        templates_per_domain: 8,
        template_bytes: 1 << 12,
        fields_per_template: 32,
        held_bytes: 1 << 12,
        held_age: Micros(60_000_000),
    };
    let mut decoder = ExportDecoder::new(limits);
    let mut context = CaptureContext { intake: &mut intake, sink: &mut Forget, damage: &mut damage };
    read_exports(data, "fuzz", (1, Micros(0)), &mut decoder, &mut context).expect("a slice can be read");
    assert_eq!(intake.balance().received, decoder.stats().records.total());
});
