//! How an even pulse is jittered: drawn evenly between two limits, or blurred by load and network.
//!
//! Programs that hide draw their sleep evenly from an interval (`sleep 60, jitter 20`): every value
//! between the limits is as likely as any other, and nothing lies beyond them. What load and network
//! do to a timer is bell-shaped with long tails. The standard deviation of the trimmed intervals over
//! their range tells the two apart: it is 1/sqrt(12) of the range for an even draw and less for a bell.

use serde::{Deserialize, Serialize};

/// Intervals below which the shape says nothing.
const INTERVALS_MIN: usize = 24;
/// Intervals longer than this many periods are missed beats, not jitter.
const MISSED: f64 = 1.9;
/// Share of intervals trimmed at either end.
const TRIMMED: f64 = 0.03;
/// Width over period below which the jitter is not deliberate enough to speak of, and from which it counts in full.
const WIDTH: (f64, f64) = (0.03, 0.06);
/// Width in seconds below which clocks and networks explain it.
const WIDTH_S_MIN: f64 = 0.5;
/// Share of intervals at one value from which that value is a time-out, how close together they are (share
/// of the period, at least seconds), and how narrow that must be in the range, so that no even draw does it.
const AT_ONE_VALUE: f64 = 0.3;
const ONE_VALUE: (f64, f64) = (0.002, 0.1);
const ONE_VALUE_OF_RANGE: f64 = 0.05;
/// Nats against an even draw where intervals stand at one value.
const TIMED_OUT_NATS: f64 = -10.0;
/// Standard deviation over range, times sqrt(12), from which values stand at the two ends: two timers, no draw.
const TWO_TIMERS: f64 = 1.25;

/// The shape of the jitter of an even pulse.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Jitter {
    /// Width between the trimmed ends over the period, 0 to 1.8.
    pub width: f64,
    /// Nats for an even draw against a bell; negative for a bell, 0 where nothing can be said.
    pub drawn_nats: f64,
}

/// Looks at the intervals of a pulse; `period_s` is its usual interval.
pub fn shape(intervals_s: &[f64], period_s: f64) -> Jitter {
    let mut core: Vec<f64> = intervals_s.iter().copied().filter(|&s| s <= MISSED * period_s).collect();
    // A pulse most of whose beats are missing shows the shape of the loss.
    if core.len() < INTERVALS_MIN || core.len() * 3 < intervals_s.len() {
        return Jitter::default();
    }
    core.sort_by(f64::total_cmp);
    let cut = (core.len() as f64 * TRIMMED).ceil() as usize;
    let kept = &core[cut..core.len() - cut];
    let range_s = kept.last().copied().unwrap_or(0.0) - kept.first().copied().unwrap_or(0.0);
    let width = range_s / period_s.max(1e-9);
    if range_s < WIDTH_S_MIN {
        return Jitter { width, drawn_nats: 0.0 };
    }
    let mean = kept.iter().sum::<f64>() / kept.len() as f64;
    let variance = kept.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / kept.len() as f64;
    let edge = (12.0 * variance).sqrt() / range_s;
    if edge <= TWO_TIMERS && times_out(&core, period_s, range_s) {
        return Jitter { width, drawn_nats: TIMED_OUT_NATS };
    }
    let counts = ((width - WIDTH.0) / (WIDTH.1 - WIDTH.0)).clamp(0.0, 1.0);
    Jitter { width, drawn_nats: nats(edge, core.len() as f64) * counts }
}

/// Whether many intervals stand at one value and the rest anywhere: a keep-alive that every word sets back,
/// as push channels have it. Nothing in it is drawn.
fn times_out(sorted: &[f64], period_s: f64, range_s: f64) -> bool {
    let close = (ONE_VALUE.0 * period_s).max(ONE_VALUE.1);
    if close > ONE_VALUE_OF_RANGE * range_s {
        return false;
    }
    let within = |from: usize| sorted.partition_point(|&s| s <= sorted[from] + close) - from;
    let most = (0..sorted.len()).map(within).max().unwrap_or(0);
    most as f64 >= AT_ONE_VALUE * sorted.len() as f64
}

/// Log-likelihood ratio of an even draw against a bell. Means and deviation of `edge` for `n` trimmed
/// intervals are those of 2,000 simulated samples each, within 0.02 for 25 to 400 intervals.
fn nats(edge: f64, n: f64) -> f64 {
    if edge > TWO_TIMERS {
        return 0.0;
    }
    let (even, bell, deviation) = (1.0 + 2.0 / n, 0.785 + 5.5 / n, 0.5 / n.min(400.0).sqrt());
    // Beyond the mean of either, more of the same is no further evidence.
    let at = edge.clamp(bell, even);
    ((at - bell).powi(2) - (at - even).powi(2)) / (2.0 * deviation * deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deterministic numbers in 0..1.
    fn uniform(n: u64) -> f64 {
        let mixed = (n ^ (n >> 30)).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn bell(n: u64) -> f64 {
        (0..12).map(|k| uniform(n * 12 + k)).sum::<f64>() - 6.0
    }

    #[test]
    fn an_even_draw_is_told_from_a_bell_of_the_same_width() {
        let drawn: Vec<f64> = (0..100).map(|n| 60.0 * (0.8 + 0.4 * uniform(n))).collect();
        let blurred: Vec<f64> = (0..100).map(|n| 60.0 + 7.0 * bell(n)).collect();
        assert!(shape(&drawn, 60.0).drawn_nats > 3.0, "{:?}", shape(&drawn, 60.0));
        assert!(shape(&blurred, 60.0).drawn_nats < -2.0, "{:?}", shape(&blurred, 60.0));
    }

    #[test]
    fn missed_beats_and_tasks_do_not_hide_the_draw() {
        let mut drawn: Vec<f64> = (0..200).map(|n| 60.0 * (0.8 + 0.4 * uniform(n))).collect();
        (0..30).for_each(|n| drawn.push(120.0 + 20.0 * uniform(n + 999)));
        assert!(shape(&drawn, 62.0).drawn_nats > 3.0);
    }

    #[test]
    fn a_keep_alive_that_every_word_sets_back_is_not_drawn() {
        let shorter = |share: f64| -> Vec<f64> {
            (0..100).map(|n| if uniform(n) < share { 600.0 * uniform(n + 500) } else { 600.0 }).collect()
        };
        assert!(shape(&shorter(0.5), 600.0).drawn_nats < -2.0, "{:?}", shape(&shorter(0.5), 600.0));
        assert!(shape(&shorter(1.0), 300.0).drawn_nats > 0.0, "{:?}", shape(&shorter(1.0), 300.0));
    }

    #[test]
    fn timers_two_timers_and_few_intervals_say_nothing() {
        let timer: Vec<f64> = (0..200).map(|n| 60.0 + 0.3 * uniform(n)).collect();
        let two: Vec<f64> = (0..200).map(|n| if n % 2 == 0 { 30.0 } else { 50.0 }).collect();
        assert_eq!(shape(&timer, 60.0).drawn_nats, 0.0);
        assert_eq!(shape(&two, 40.0).drawn_nats, 0.0);
        assert_eq!(shape(&timer[..23], 60.0), Jitter::default());
        assert_eq!(shape(&[], 0.0), Jitter::default());
    }
}
