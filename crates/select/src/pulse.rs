//! The pulse of a pair: how often it beats, how evenly, how long, how large.

use crate::exact::Exact as _;
use crate::jitter::{self, Jitter};
use noroshi_model::time::SECOND;
use serde::{Deserialize, Serialize};

/// ln(q80/q20) of exponential intervals: what chance alone gives (ln(ln 5 / ln 1.25)).
pub const POISSON_SPREAD: f64 = 1.975;
/// The same for sums of two exponential intervals (Gamma(2, 1): q80 2.994, q20 0.824).
pub const POISSON_PAIR_SPREAD: f64 = 1.290;
/// Below this spread a timer ticks: programs with nothing to hide call on the dot, again and again.
const CLOCKWORK_SPREAD: f64 = 0.02;
/// Log odds for a timer that ticks.
const CLOCKWORK: f64 = -1.5;
/// Spreads that deliberate jitter leaves: from a few per cent of the sleep to more than half of it.
const JITTER_SPREAD: std::ops::RangeInclusive<f64> = 0.06..=1.2;
/// Log odds for an even pulse that is jittered all the same.
const JITTERED: f64 = 0.7;
/// Log odds per nat for jitter that was drawn evenly between two limits, the ceiling, and the floor: a
/// bell takes back what the jitter gave, since load and network explain it.
const DRAWN: (f64, f64, f64) = (0.5, 2.0, -JITTERED);
/// Standard deviation of that spread times sqrt(n), by simulation of exponential samples.
const SPREAD_ERROR: f64 = 2.2;
/// Hours connected from which a connection is held, and the ceiling of its log odds.
const HELD_FROM_H: f64 = 0.5;
const HELD_MAX: f64 = 3.0;
/// Bytes an hour up to which a held connection only waits for orders, and from which it is put to use.
const WAITING_BYTES_PER_H: (f64, f64) = (60_000.0, 1_000_000.0);
/// Pages refresh themselves faster than this; beats count at most once in it, seconds.
const FASTEST_HEART_S: f64 = 20.0;

/// The pulse of a pair, from aggregates or from records.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Pulse {
    /// Contacts.
    pub contacts: u64,
    /// Beats.
    pub beats: u64,
    /// Median seconds between beats; 0 with fewer than three beats.
    pub period_s: f64,
    /// ln(q80/q20) of the intervals; 0 is clockwork, [`POISSON_SPREAD`] is chance.
    pub spread: f64,
    /// The same of every second beat's distance, which is even where two sleeps alternate;
    /// [`POISSON_PAIR_SPREAD`] is chance. Infinite where only a histogram is known.
    pub pair_spread: f64,
    /// Seconds from first to last beat.
    pub span_s: f64,
    /// Share of equal parts of the span with a beat, 0 to 1.
    pub coverage: f64,
    /// Share of contacts whose size from the client is the usual one, 0 to 1.
    pub same_out: f64,
    /// The same for sizes to the client.
    pub same_in: f64,
    /// Median bytes per contact, both ways.
    pub bytes: f64,
    /// Share answered, 0 to 1.
    pub answered: f64,
    /// Hours connected.
    pub connected_h: f64,
    /// Bytes both ways for each hour connected; 0 if never connected for long.
    pub bytes_per_h: f64,
    /// The shape of the jitter; only from records.
    pub jitter: Jitter,
}

impl Pulse {
    /// The exact pulse from sorted contact starts (µs) and bytes each way.
    pub fn of_contacts(starts_us: &[i64], out: &[u64], inn: &[u64], answered: f64, connected_h: f64) -> Self {
        let beats = beats_of(starts_us);
        let intervals = intervals_s(&beats);
        let mut sorted = intervals.clone();
        sorted.sort_by(f64::total_cmp);
        let span_s = match (beats.first(), beats.last()) {
            (Some(first), Some(last)) => (last - first) as f64 / SECOND as f64,
            _ => 0.0,
        };
        let period_s = quantile(&sorted, 0.5);
        Self {
            contacts: starts_us.len() as u64,
            beats: beats.len() as u64,
            period_s,
            spread: spread_of(&intervals),
            pair_spread: pair_spread(&intervals),
            span_s,
            coverage: coverage(&beats, period_s),
            same_out: usual_share(out),
            same_in: usual_share(inn),
            bytes: median(out) + median(inn),
            answered,
            connected_h,
            bytes_per_h: per_hour(out.iter().sum::<u64>() + inn.iter().sum::<u64>(), connected_h),
            jitter: jitter_of(&intervals, period_s),
        }
    }

    /// How even the pulse is, 0 to 1: of single intervals or of pairs of them, whichever is more,
    /// and 0 unless the spread is below what chance gives by two standard errors.
    pub fn evenness(&self) -> f64 {
        let intervals = self.beats.saturating_sub(1) as f64;
        if intervals < 4.0 {
            return 0.0;
        }
        let evenness = |spread: f64, chance: f64, error: f64| {
            let surprise = (chance - spread) / (error / intervals.sqrt());
            if surprise < 2.0 { 0.0 } else { (1.0 - spread / chance).clamp(0.0, 1.0) }
        };
        let single = evenness(self.spread, POISSON_SPREAD, SPREAD_ERROR);
        // Neighbouring sums share an interval, so the error of their spread is that of half as many.
        single.max(0.9 * evenness(self.pair_spread, POISSON_PAIR_SPREAD, SPREAD_ERROR))
    }

    /// Log odds for an even pulse: grows with the number of beats, shrinks with their spread.
    pub fn regularity(&self) -> f64 {
        let slow = self.beats as f64 * (self.period_s / FASTEST_HEART_S).min(1.0);
        (slow / 3.0).ln_exact().clamp(0.0, 4.5) * self.evenness()
    }

    /// Log odds for the kind of evenness: a timer that ticks to the second has nothing to hide,
    /// an even pulse with jitter looks as if it had. `even` is the weight of the evenness itself,
    /// of intervals or of the spectrum; 0 where that is little, or the pulse short.
    pub fn deliberation(&self, even: f64) -> f64 {
        if even < 1.0 || self.beats < 12 {
            return 0.0;
        }
        let tightest = self.spread.min(self.pair_spread);
        let (ticks, free) = (CLOCKWORK_SPREAD, *JITTER_SPREAD.start());
        if tightest < free {
            // Networks blur a timer a little, so the weight fades out rather than stops.
            return CLOCKWORK * ((free - tightest) / (free - ticks)).clamp(0.0, 1.0);
        }
        if JITTER_SPREAD.contains(&self.spread) { JITTERED } else { 0.0 }
    }

    /// Log odds for jitter drawn evenly between two limits: somebody wrote that on purpose.
    pub fn drawn(&self, even: f64) -> f64 {
        if even < 1.0 { 0.0 } else { (DRAWN.0 * self.jitter.drawn_nats).clamp(DRAWN.2, DRAWN.1) }
    }

    /// Log odds for a connection kept open for hours over which next to nothing is said, as chat
    /// servers and back doors do that push their orders.
    pub fn held(&self) -> f64 {
        let (waits, used) = WAITING_BYTES_PER_H;
        let quiet = ((used / self.bytes_per_h.max(1.0)).ln_exact() / (used / waits).ln_exact()).clamp(0.0, 1.0);
        (self.connected_h / HELD_FROM_H).max(1e-9).ln_exact().clamp(0.0, HELD_MAX) * quiet
    }

    /// Log odds for going on: nobody browses through the night.
    pub fn persistence(&self) -> f64 {
        let beating = (1.0 + self.span_s / 3_600.0).ln_exact() * self.coverage;
        if self.held() > 0.0 { beating.max((1.0 + self.connected_h).ln_exact()) } else { beating }
    }

    /// Log odds for small exchanges of one size: a heart beat says little.
    pub fn sameness(&self) -> f64 {
        // The only exchange is of the usual size by itself.
        if self.beats < 3 {
            return 0.0;
        }
        let size = match self.bytes {
            b if b < 1_500.0 => 0.8,
            b if b < 6_000.0 => 0.3,
            _ => -0.5,
        };
        f64::midpoint(self.same_out, self.same_in) + size
    }
}

/// Beats: contacts closer together than a gap are one. The gap is one second, or a twentieth of
/// the median pause where that is longer, at most a minute.
pub fn beats_of(starts_us: &[i64]) -> Vec<i64> {
    let mut pauses: Vec<f64> = intervals_s(starts_us).into_iter().filter(|&s| s > 1.0).collect();
    pauses.sort_by(f64::total_cmp);
    let gap_us = ((quantile(&pauses, 0.5) * 0.05).clamp(1.0, 60.0) * SECOND as f64) as i64;
    let mut beats: Vec<i64> = Vec::new();
    let mut last = i64::MIN;
    for &start in starts_us {
        if beats.is_empty() || start.saturating_sub(last) > gap_us {
            beats.push(start);
        }
        last = start;
    }
    beats
}

/// Seconds between neighbours.
pub fn intervals_s(times_us: &[i64]) -> Vec<f64> {
    times_us.windows(2).map(|w| (w[1] - w[0]) as f64 / SECOND as f64).collect()
}

/// Linear-interpolated quantile of sorted values; 0 if empty.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(last);
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}

/// Bytes an hour connected; 0 if never connected.
pub fn per_hour(bytes: u64, connected_h: f64) -> f64 {
    if connected_h > 0.0 { bytes as f64 / connected_h } else { 0.0 }
}

/// The shape of single intervals, or of pairs of them where two sleeps alternate.
fn jitter_of(intervals: &[f64], period_s: f64) -> Jitter {
    let single = jitter::shape(intervals, period_s);
    if single.drawn_nats > 0.0 {
        return single;
    }
    let mut sums: Vec<f64> = intervals.windows(2).map(|w| w[0] + w[1]).collect();
    let all = sums.clone();
    sums.sort_by(f64::total_cmp);
    let alternate = pair_spread(intervals) < 0.5 * spread_of(intervals);
    if alternate { jitter::shape(&all, quantile(&sums, 0.5)) } else { single }
}

fn spread_of(intervals: &[f64]) -> f64 {
    let mut sorted = intervals.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&sorted, 0.2), quantile(&sorted, 0.8));
    if low > 0.0 { (high / low).ln_exact() } else { 0.0 }
}

/// ln(q80/q20) of sums of two neighbouring intervals; infinite with fewer than eight.
fn pair_spread(intervals: &[f64]) -> f64 {
    let mut sums: Vec<f64> = intervals.windows(2).map(|w| w[0] + w[1]).collect();
    sums.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&sums, 0.2), quantile(&sums, 0.8));
    if sums.len() < 8 || low <= 0.0 { f64::INFINITY } else { (high / low).ln_exact() }
}

fn median(values: &[u64]) -> f64 {
    let mut sorted: Vec<f64> = values.iter().map(|&v| v as f64).collect();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// Share of values within a tenth (and eight bytes) of the median.
fn usual_share(values: &[u64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = median(values);
    let near = values.iter().filter(|&&v| (v as f64 - middle).abs() <= 0.1 * middle + 8.0).count();
    near as f64 / values.len() as f64
}

/// Share of equal parts of the span with a beat: up to 24 parts, each at least four periods long.
fn coverage(beats: &[i64], period_s: f64) -> f64 {
    let (Some(&first), Some(&last)) = (beats.first(), beats.last()) else { return 0.0 };
    let span = (last - first) as f64;
    let parts = (span / SECOND as f64 / (4.0 * period_s.max(1.0))).floor().clamp(1.0, 24.0);
    let mut seen = [false; 24];
    for &beat in beats {
        let part = ((beat - first) as f64 / (span + 1.0) * parts) as usize;
        seen[part.min(23)] = true;
    }
    seen.iter().filter(|&&s| s).count() as f64 / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(intervals: impl Iterator<Item = f64>) -> Pulse {
        let mut at = 0.0;
        let starts: Vec<i64> = std::iter::once(0)
            .chain(intervals.map(|s| {
                at += s;
                (at * 1e6) as i64
            }))
            .collect();
        let sizes = vec![200; starts.len()];
        Pulse::of_contacts(&starts, &sizes, &sizes, 1.0, 0.0)
    }

    /// Deterministic numbers in 0..1 for test schedules.
    fn uniform(n: u64) -> f64 {
        let mixed = (n ^ (n >> 30)).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    #[test]
    fn clockwork_with_half_jitter_is_still_regular_and_chance_is_not() {
        let jittered = pulse((1..300).map(|n| 60.0 * (0.5 + uniform(n))));
        let chance = pulse((1..300).map(|n| -60.0 * uniform(n).max(1e-9).ln_exact()));
        assert!(jittered.regularity() > 2.0, "{jittered:?}");
        assert_eq!(chance.regularity(), 0.0, "{chance:?}");
    }

    #[test]
    fn a_page_that_refreshes_every_second_counts_for_less_than_its_requests() {
        let fast = pulse((1..600).map(|_| 2.0));
        let slow = pulse((1..600).map(|_| 60.0));
        assert!(fast.regularity() < slow.regularity());
    }

    #[test]
    fn two_alternating_sleeps_are_even_in_pairs() {
        let alternating = pulse((0..200).map(|n| if n % 2 == 0 { 30.0 } else { 570.0 }));
        assert!(alternating.regularity() > 2.0, "{alternating:?}");
    }

    #[test]
    fn a_timer_weighs_less_than_jitter() {
        let timer = pulse((1..300).map(|_| 60.0));
        let jittered = pulse((1..300).map(|n| 60.0 * (0.8 + 0.4 * uniform(n))));
        assert!(timer.deliberation(timer.regularity()) < 0.0 && jittered.deliberation(jittered.regularity()) > 0.0);
        assert!(timer.drawn(4.0).abs() < 0.1 && jittered.drawn(4.0) > 1.0);
    }

    #[test]
    fn bursts_are_one_beat() {
        let starts: Vec<i64> = (0..50).flat_map(|n| [n * 60_000_000, n * 60_000_000 + 200_000]).collect();
        assert_eq!(beats_of(&starts).len(), 50);
    }

    #[test]
    fn nothing_has_no_pulse() {
        let none = Pulse::of_contacts(&[], &[], &[], 0.0, 0.0);
        assert_eq!((none.beats, none.regularity()), (0, 0.0));
    }
}
