//! Uncertainty: exact upper bounds of rates and shares, and bootstrap intervals.

use crate::limits::BOOTSTRAP_MAX;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};
use serde::Serialize;

/// A value with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The value itself, or the mean.
    pub value: f64,
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

const ERROR: f64 = 0.05;

/// 95% upper bound of a Poisson mean of which `count` were seen (Garwood 1936, one-sided);
/// 3.0 when none was: the rule of three.
pub fn poisson_upper(count: u64) -> f64 {
    let at_most = |mean: f64| {
        let mut term = (-mean).exp();
        let mut sum = term;
        for k in 1..=count.min(500) {
            term *= mean / k as f64;
            sum += term;
        }
        sum
    };
    // Beyond 500 the normal approximation is right to a tenth of a percent, and e^-mean underflows.
    if count > 500 {
        return count as f64 + 1.645 * ((count + 1) as f64).sqrt() + 1.57;
    }
    bisect(0.0, count as f64 * 2.0 + 12.0, |mean| at_most(mean) > ERROR)
}

/// 95% upper bound of a share of which `count` of `of` were seen (Clopper and Pearson 1934, one-sided).
pub fn share_upper(count: u64, of: u64) -> f64 {
    if of == 0 || count >= of {
        return 1.0;
    }
    bisect(0.0, 1.0, |p| binomial_at_most(count, of, p) > ERROR)
}

/// P(X ≤ count), summed in logarithms.
fn binomial_at_most(count: u64, of: u64, p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { 1.0 } else { 0.0 };
    }
    let mut log = of as f64 * (1.0 - p).ln();
    let mut sum = log.exp();
    for k in 1..=count {
        log += ((of - k + 1) as f64 / k as f64).ln() + (p / (1.0 - p)).ln();
        sum += log.exp();
    }
    sum
}

/// Where `above` turns false.
fn bisect(mut low: f64, mut high: f64, above: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if above(middle) { low = middle } else { high = middle }
    }
    high
}

/// Percentile bootstrap of a statistic over resampled strata. `strata` are sizes; `statistic` gets
/// how often each member of each stratum was drawn. Each stratum keeps its size.
pub fn bootstrap(
    strata: &[usize],
    resamples: usize,
    seed: u64,
    mut statistic: impl FnMut(&[Vec<u32>]) -> Option<f64>,
) -> Option<Interval> {
    let once: Vec<Vec<u32>> = strata.iter().map(|&n| vec![1; n]).collect();
    let value = statistic(&once)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = once;
    let mut values = Vec::new();
    for _ in 0..resamples.min(BOOTSTRAP_MAX) {
        for stratum in &mut drawn {
            stratum.fill(0);
            for _ in 0..stratum.len() {
                let at = rng.next_u64() % stratum.len() as u64;
                stratum[at as usize] += 1;
            }
        }
        values.extend(statistic(&drawn));
    }
    Some(percentiles(value, values))
}

/// The mean of values with its bootstrap interval; `None` without values.
pub fn mean(values: &[f64], resamples: usize, seed: u64) -> Option<Interval> {
    if values.is_empty() {
        return None;
    }
    bootstrap(&[values.len()], resamples, seed, |drawn| {
        let sum: f64 = drawn[0].iter().zip(values).map(|(&times, value)| f64::from(times) * value).sum();
        Some(sum / values.len() as f64)
    })
}

/// A share of which `count` of `of` were seen, with its bootstrap interval: resampling members that
/// are right or wrong is drawing from a binomial.
pub fn share(count: u64, of: u64, resamples: usize, seed: u64) -> Option<Interval> {
    if of == 0 {
        return None;
    }
    let value = count as f64 / of as f64;
    let binomial = Binomial::new(of, value.min(1.0)).ok()?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let draws = (0..resamples.min(BOOTSTRAP_MAX)).map(|_| binomial.sample(&mut rng) as f64 / of as f64);
    Some(percentiles(value, draws.collect()))
}

fn percentiles(value: f64, mut values: Vec<f64>) -> Interval {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get((share * (values.len().saturating_sub(1)) as f64).round() as usize).copied();
    Interval { value, low: at(0.025).unwrap_or(value), high: at(0.975).unwrap_or(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_seen_is_the_rule_of_three() {
        assert!((poisson_upper(0) - 2.9957).abs() < 1e-3);
        assert!((share_upper(0, 1_000) - 0.002_991).abs() < 1e-5);
    }

    #[test]
    fn bounds_are_those_of_the_tables() {
        // Garwood: 90% two-sided upper limits for 1, 5 and 10.
        for (count, upper) in [(1, 4.744), (5, 10.513), (10, 16.962)] {
            assert!((poisson_upper(count) - upper).abs() < 2e-3, "{count} {}", poisson_upper(count));
        }
        // Clopper-Pearson, 2 of 20, 95% one-sided.
        assert!((share_upper(2, 20) - 0.2826).abs() < 1e-3, "{}", share_upper(2, 20));
        assert_eq!(share_upper(3, 3), 1.0);
        let (below, above) = (poisson_upper(500), poisson_upper(501));
        assert!(above > below && above - below < 3.0, "{below} {above}");
    }

    #[test]
    fn the_bootstrap_surrounds_the_mean() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let interval = mean(&values, 2_000, 1).unwrap();
        assert_eq!(interval.value, 49.5);
        // The standard error is 2.89.
        assert!((interval.low - 43.8).abs() < 1.0 && (interval.high - 55.2).abs() < 1.0, "{interval:?}");
        assert_eq!(mean(&[], 10, 1), None);
    }
}
