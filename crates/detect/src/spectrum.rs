//! A periodogram of events that survives jitter and packet sampling.
//!
//! Z(f) = |Σ exp(−2πi f t)|² / n is exponential with mean 1 when events come by chance (Rayleigh).
//! Thinning keeps the mean resultant length and only shrinks n, unlike statistics of intervals.
//! A bot that sleeps relative to its last call loses phase, so the sum is semi-coherent: Z is
//! summed over windows about one coherence time long, which makes it Gamma(W, 1) by chance.

use noroshi_model::finding::PeriodPower;
use noroshi_model::time::SECOND;

/// Shortest period looked for, seconds.
const PERIOD_MIN_S: f64 = 4.0;
/// Longest, seconds; also at most a sixth of the span.
const PERIOD_MAX_S: f64 = 43_200.0;
/// Trial periods: a logarithmic grid fine enough that neighbours differ by half a window's resolution.
const TRIALS_MAX: usize = 2_000;
/// Events used at most: beyond this, more of them change nothing that matters.
const EVENTS_MAX: usize = 4_096;
/// Windows, in periods.
const WINDOWS: [f64; 3] = [8.0, 16.0, 32.0];

/// The strongest period and how surprising it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spectrum {
    /// Period of the peak, seconds; 0 if nothing was looked for.
    pub period_s: f64,
    /// −ln of the probability that chance gives a peak this high anywhere on the grid; 0 or more.
    pub surprise: f64,
    /// The periodogram, at most 256 points by rising period, power in nats above chance.
    pub points: Vec<PeriodPower>,
}

/// Looks for a period in sorted event times (µs).
pub fn periodogram(times_us: &[i64]) -> Spectrum {
    let times = &times_us[..times_us.len().min(EVENTS_MAX)];
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else { return Spectrum::default() };
    let span_s = (last - first) as f64 / SECOND as f64;
    let longest = (span_s / 6.0).min(PERIOD_MAX_S);
    if times.len() < 8 || longest <= PERIOD_MIN_S {
        return Spectrum::default();
    }
    let times_s: Vec<f64> = times.iter().map(|t| (t - first) as f64 / SECOND as f64).collect();
    // A window of 16 periods resolves a relative difference of 1/32.
    let trials = (((longest / PERIOD_MIN_S).ln() * 48.0).ceil() as usize).clamp(16, TRIALS_MAX);
    let step = (longest / PERIOD_MIN_S).ln() / (trials - 1) as f64;
    let mut spectrum = Spectrum::default();
    let mut points = Vec::with_capacity(trials);
    let tries = (trials * WINDOWS.len()) as f64;
    for trial in 0..trials {
        let period_s = PERIOD_MIN_S * (step * trial as f64).exp();
        let surprise = WINDOWS.iter().map(|&w| semi_coherent(&times_s, period_s, w)).fold(0.0, f64::max) - tries.ln();
        points.push(PeriodPower { period_s, power: surprise.max(0.0) });
        if surprise > spectrum.surprise {
            (spectrum.surprise, spectrum.period_s) = (surprise, period_s);
        }
    }
    spectrum.points = thin(&points);
    spectrum
}

/// −ln of the chance probability of the power at one period, summed over windows of `periods` periods.
fn semi_coherent(times_s: &[f64], period_s: f64, periods: f64) -> f64 {
    let window_s = period_s * periods;
    let (mut windows, mut total) = (0u32, 0.0);
    // Part of a window is not a whole number of periods, and would look concentrated by itself.
    let whole = (times_s.last().copied().unwrap_or(0.0) / window_s).floor();
    let mut begin = 0;
    while begin < times_s.len() {
        let number = (times_s[begin] / window_s).floor();
        if number >= whole {
            break;
        }
        let end = begin + times_s[begin..].partition_point(|&t| (t / window_s).floor() <= number);
        if end - begin >= 2 {
            let (mut re, mut im) = (0.0, 0.0);
            for &t in &times_s[begin..end] {
                let (sin, cos) = (std::f64::consts::TAU * (t / period_s).fract()).sin_cos();
                re += cos;
                im += sin;
            }
            total += (re * re + im * im) / (end - begin) as f64;
            windows += 1;
        }
        begin = end;
    }
    if windows == 0 { 0.0 } else { gamma_surprise(total, f64::from(windows)) }
}

/// −ln of Chernoff's bound on P(Gamma(k, 1) ≥ x): x − k − k ln(x / k); 0 at or below the mean.
/// A bound, so chance is never made to look rarer than it is.
fn gamma_surprise(x: f64, k: f64) -> f64 {
    if x <= k { 0.0 } else { x - k - k * (x / k).ln() }
}

/// At most 256 points, the highest of each run, so that no peak is lost.
fn thin(points: &[PeriodPower]) -> Vec<PeriodPower> {
    let run = points.len().div_ceil(256).max(1);
    points.chunks(run).filter_map(|c| c.iter().max_by(|a, b| a.power.total_cmp(&b.power)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uniform(n: u64) -> f64 {
        let mixed = (n ^ (n >> 30)).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn schedule(n: u64, next: impl Fn(u64) -> f64) -> Vec<i64> {
        let mut at = 0.0;
        (0..n)
            .map(|i| {
                at += next(i);
                (at * 1e6) as i64
            })
            .collect()
    }

    #[test]
    fn a_jittered_beacon_names_its_period() {
        let times = schedule(600, |i| 60.0 * (0.9 + 0.2 * uniform(i)));
        let spectrum = periodogram(&times);
        assert!((spectrum.period_s / 60.0 - 1.0).abs() < 0.05, "{}", spectrum.period_s);
        assert!(spectrum.surprise > 20.0);
    }

    #[test]
    fn it_survives_sampling_nine_in_ten_away() {
        let times: Vec<i64> = schedule(3_000, |i| 30.0 * (0.97 + 0.06 * uniform(i)))
            .into_iter()
            .enumerate()
            .filter(|(n, _)| uniform(*n as u64 + 77) < 0.1)
            .map(|x| x.1)
            .collect();
        let spectrum = periodogram(&times);
        assert!((spectrum.period_s / 30.0 - 1.0).abs() < 0.05, "{} {}", spectrum.period_s, spectrum.surprise);
    }

    #[test]
    fn chance_is_no_surprise() {
        for seed in 0..20u64 {
            let times = schedule(400, |i| -60.0 * uniform(i + seed * 1_000).max(1e-9).ln());
            assert!(periodogram(&times).surprise < 6.0, "seed {seed}: {}", periodogram(&times).surprise);
        }
    }

    #[test]
    fn few_events_give_nothing() {
        assert_eq!(periodogram(&[1, 2, 3]), Spectrum::default());
        assert_eq!(periodogram(&[]), Spectrum::default());
    }
}
