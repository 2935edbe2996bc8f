//! A new schedule for old calls.

use crate::limits::INJECTED_CALLS_MAX;
use noroshi_flow::FlowRecord;
use noroshi_model::Micros;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Calls laid out anew.
pub(super) struct Laid {
    /// By start.
    pub(super) records: Vec<FlowRecord>,
    /// The period, seconds.
    pub(super) period_s: f64,
}

/// Lays calls out from a random moment of the first period to the end of the span: each starts one
/// period after the last, `jitter` of it to either side, drawn evenly. They come round and round in
/// their own order, each with its own sizes and length; ports count up, so that no two are one flow.
pub(super) fn schedule(
    calls: &[FlowRecord],
    factor: f64,
    jitter: f64,
    seed: u64,
    (first_us, last_us): (i64, i64),
) -> Laid {
    let period_us = usual_us(calls) * factor;
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x696e_6a65_6374);
    let mut unit = move || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let mut at = first_us as f64 + period_us * unit();
    let mut records = Vec::new();
    for (nth, call) in calls.iter().cycle().enumerate().take(INJECTED_CALLS_MAX) {
        if at > last_us as f64 {
            break;
        }
        let length = (call.end.0 - call.start.0).max(0);
        let start = Micros(at as i64);
        let sport = 32_768 + (nth % 28_000) as u16;
        records.push(FlowRecord { start, end: Micros(start.0 + length), sport, ..*call });
        at += period_us * (1.0 + jitter * (2.0 * unit() - 1.0));
    }
    Laid { records, period_s: period_us / 1e6 }
}

/// The usual interval of the trace, µs: the median of those above a second.
fn usual_us(calls: &[FlowRecord]) -> f64 {
    let mut intervals: Vec<i64> =
        calls.windows(2).map(|w| w[1].start.0 - w[0].start.0).filter(|&us| us > 1_000_000).collect();
    intervals.sort_unstable();
    intervals.get(intervals.len() / 2).copied().unwrap_or(60_000_000) as f64
}
