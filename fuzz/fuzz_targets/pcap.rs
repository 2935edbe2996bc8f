//! Captures: both file formats, link layers, the meter, exports and DNS inside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use noroshi_flow::Damage;
use noroshi_fuzz::{Forget, gate};
use noroshi_wire::{CaptureContext, DecoderLimits, ExportDecoder, MeterLimits, read_pcap};

fuzz_target!(|data: &[u8]| {
    let (mut intake, mut damage) = (gate(), Damage::default());
    let mut decoder = ExportDecoder::new(DecoderLimits::default());
    let mut context = CaptureContext { intake: &mut intake, sink: &mut Forget, damage: &mut damage };
    let limits = MeterLimits { flows: 16, ..MeterLimits::default() };
    if let Ok(stats) = read_pcap(data, "fuzz", limits, &mut decoder, &mut context) {
        assert!(stats.flows <= stats.packets);
    }
});
