//! Dice that fall the same way on every machine.
//!
//! ChaCha20 is specified bit for bit, and every entity reads its own stream of it, so that what one
//! host does cannot shift what another does. The transcendental functions come from `libm`, in
//! software, because those of the platform differ in the last bit from one C library to the next.

use noroshi_model::time::SECOND;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// One stream of randomness.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    rng: ChaCha20Rng,
}

impl Dice {
    /// The stream of one entity. `stream` must be unique to the entity within the seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..24].copy_from_slice(b"noroshi nation 1");
        let mut rng = ChaCha20Rng::from_seed(key);
        rng.set_stream(stream);
        Self { rng }
    }

    /// 64 even bits.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// Uniform in [0, 1).
    #[inline]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform integer below `n`; 0 if `n` is 0. Lemire's multiplication; the bias is below n/2^64.
    #[inline]
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// Uniform integer in `low..=high`.
    #[inline]
    pub(crate) fn range(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Uniform in `low..high`.
    #[inline]
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with probability `p`.
    #[inline]
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of a list; `None` if it is empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let index = self.below(list.len() as u64) as usize;
        list.get(index)
    }

    /// Exponential with this mean.
    #[inline]
    pub(crate) fn exp(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.unit())
    }

    /// Standard normal, by the inverse of its distribution: nearly always two polynomials.
    #[inline]
    pub(crate) fn normal(&mut self) -> f64 {
        quantile(self.unit().max(1e-17))
    }

    /// Log-normal with this median and this sigma of the logarithm.
    #[inline]
    pub(crate) fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(sigma * self.normal())
    }

    /// Pareto with this least value and shape, cut at `cap`.
    #[inline]
    pub(crate) fn pareto(&mut self, least: f64, shape: f64, cap: f64) -> f64 {
        (least * libm::exp(-libm::log(1.0 - self.unit()) / shape)).min(cap)
    }

    /// A duration in microseconds, exponential with a mean in seconds.
    #[inline]
    pub(crate) fn exp_us(&mut self, mean_s: f64) -> i64 {
        (self.exp(mean_s) * SECOND as f64) as i64
    }

    /// A duration in microseconds, uniform between two values in seconds.
    #[inline]
    pub(crate) fn between_us(&mut self, low_s: f64, high_s: f64) -> i64 {
        (self.between(low_s, high_s) * SECOND as f64) as i64
    }

    /// How many of `n` independent things happen when each does with probability `p`.
    ///
    /// By inversion while few are expected, by the normal approximation beyond 40, where its error
    /// is far below what any test of three sigma could see.
    pub(crate) fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if p >= 1.0 || n == 0 {
            return n;
        }
        let mean = n as f64 * p;
        let u = self.unit();
        // (1-p)^n >= 1-np: most sampled conversations end here without a logarithm.
        if u < 1.0 - mean {
            return 0;
        }
        if mean > 40.0 {
            let drawn = mean + (mean * (1.0 - p)).sqrt() * self.normal();
            return (drawn.round().max(0.0) as u64).min(n);
        }
        let mut mass = libm::exp(n as f64 * libm::log1p(-p));
        let (mut k, mut sum, odds) = (0u64, mass, p / (1.0 - p));
        while u >= sum && k < n && mass > 1e-300 {
            mass *= (n - k) as f64 / (k + 1) as f64 * odds;
            sum += mass;
            k += 1;
        }
        k
    }
}

/// Quantile of the standard normal to seven digits (Wichura 1988, algorithm AS 241, PPND7).
fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        let above = ((59.109_374_72 * r + 159.291_132_02) * r + 50.434_271_938) * r + 3.387_132_717_9;
        let below = ((67.187_563_6 * r + 78.757_757_664) * r + 17.895_169_469) * r + 1.0;
        return q * above / below;
    }
    let r = (-libm::log(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let tail = if r <= 5.0 {
        let r = r - 1.6;
        let above = ((0.170_238_211_03 * r + 1.306_728_481_6) * r + 2.756_815_39) * r + 1.423_437_277_7;
        above / ((0.120_211_329_75 * r + 0.737_001_642_5) * r + 1.0)
    } else {
        let r = r - 5.0;
        let above = ((0.017_337_203_997 * r + 0.428_682_943_37) * r + 3.081_226_386) * r + 6.657_905_115;
        above / ((0.012_258_202_635 * r + 0.241_978_942_25) * r + 1.0)
    };
    if q < 0.0 { -tail } else { tail }
}

/// Popularity by rank: the weight of rank r is 1/(r+1)^s (Zipf; Breslau et al., INFOCOM 1999, find
/// s between 0.6 and 0.8 for web requests).
#[derive(Debug, Clone)]
pub(crate) struct Zipf {
    /// Cumulative weights, scaled to 2^64.
    upto: Vec<u64>,
}

impl Zipf {
    pub(crate) fn new(n: usize, s: f64) -> Self {
        let weights: Vec<f64> = (0..n.max(1)).map(|r| libm::pow((r + 1) as f64, -s)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let upto = weights
            .iter()
            .map(|w| {
                sum += w / total;
                (sum * u64::MAX as f64) as u64
            })
            .collect();
        Self { upto }
    }

    /// A rank from 0.
    #[inline]
    pub(crate) fn draw(&self, dice: &mut Dice) -> usize {
        let at = dice.bits();
        self.upto.partition_point(|&u| u < at).min(self.upto.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_independent_and_repeat() {
        let draw = |seed, stream| Dice::new(seed, stream).bits();
        assert_eq!(draw(1, 1), draw(1, 1));
        assert_ne!(draw(1, 1), draw(1, 2));
        assert_ne!(draw(1, 1), draw(2, 1));
    }

    #[test]
    fn binomial_has_its_mean_and_variance_on_both_roads() {
        let mut dice = Dice::new(7, 0);
        for (n, p) in [(12u64, 0.1), (4_000, 0.001), (900_000, 0.001)] {
            let draws: Vec<f64> = (0..20_000).map(|_| dice.binomial(n, p) as f64).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let var = draws.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / draws.len() as f64;
            let (want, want_var) = (n as f64 * p, n as f64 * p * (1.0 - p));
            assert!((mean - want).abs() < 4.0 * (want_var / 20_000.0).sqrt(), "{n} {p}: {mean} not {want}");
            assert!((var / want_var - 1.0).abs() < 0.06, "{n} {p}: variance {var} not {want_var}");
        }
        assert_eq!(dice.binomial(5, 1.0), 5);
        assert_eq!(dice.binomial(0, 0.5), 0);
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, want) in [(0.5, 0.0), (0.841_344_746, 1.0), (0.975, 1.959_964), (0.001, -3.090_232), (1e-13, -7.349)] {
            assert!((quantile(p) - want).abs() < 2e-3 * want.abs().max(0.001), "{p}: {}", quantile(p));
        }
    }

    #[test]
    fn the_first_rank_is_the_most_popular() {
        let (zipf, mut dice) = (Zipf::new(100, 0.8), Dice::new(1, 1));
        let mut hits = [0u32; 100];
        (0..50_000).for_each(|_| hits[zipf.draw(&mut dice)] += 1);
        assert!(hits[0] > hits[10] && hits[10] > hits[90] && hits[90] > 0);
    }
}
