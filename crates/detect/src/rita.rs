//! The beacon score of RITA v5, as published (activecm/rita, analysis/beacons.go): the floor shown
//! beside our own score. A re-implementation from its formulas.

use noroshi_model::finding::RitaScore;

/// Unique times a pair needs before RITA scores it.
const TIMES_MIN: usize = 4;
/// Connections in a day from which RITA calls it a strobe and does not score it.
const STROBE: usize = 86_400;
/// Bars of the histogram.
const BARS: usize = 24;

/// Scores one pair.
///
/// `starts_us`: sorted starts; `bytes_out`: bytes from the client per connection; `first_us`,
/// `last_us`: span of the whole data set. `None` where RITA would not score the pair.
pub fn score(starts_us: &[i64], bytes_out: &[u64], first_us: i64, last_us: i64) -> Option<RitaScore> {
    let seconds: Vec<i64> = starts_us.iter().map(|t| t.div_euclid(1_000_000)).collect();
    let mut unique = seconds.clone();
    unique.dedup();
    if unique.len() < TIMES_MIN || seconds.len() >= STROBE {
        return None;
    }
    let intervals: Vec<f64> = unique.windows(2).map(|w| (w[1] - w[0]) as f64).collect();
    let timestamp = regularity(&intervals, 1.0);
    let size = regularity(&bytes_out.iter().map(|&b| b as f64).collect::<Vec<_>>(), 0.0);
    let bars = bars(&seconds, first_us.div_euclid(1_000_000), last_us.div_euclid(1_000_000));
    let histogram = variation(&bars).max(bimodal(&bars));
    let duration = duration(&unique, &bars, first_us.div_euclid(1_000_000), last_us.div_euclid(1_000_000));
    let score = round3(0.25 * (timestamp + size + histogram + duration));
    Some(RitaScore { score, timestamp, size, histogram, duration })
}

fn round3(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn ceil3(value: f64) -> f64 {
    (value * 1_000.0).ceil() / 1_000.0
}

/// Mean of 1 − |Bowley skewness| and the score of the median absolute deviation.
fn regularity(values: &[f64], default: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(middle) = median(&sorted) else { return 0.0 };
    let half = sorted.len() / 2;
    let q1 = median(&sorted[..half]).unwrap_or(middle);
    let q3 = median(&sorted[sorted.len() - half..]).unwrap_or(middle);
    let skew = if q3 - q1 < 10.0 || middle == q1 || middle == q3 { 0.0 } else { (q1 + q3 - 2.0 * middle) / (q3 - q1) };
    let mut deviations: Vec<f64> = sorted.iter().map(|v| (v - middle).abs()).collect();
    deviations.sort_by(f64::total_cmp);
    let mad = median(&deviations).unwrap_or(0.0);
    let mad_score = if middle >= 1.0 { ((middle - mad) / middle).max(0.0) } else { default };
    round3((1.0 - skew.abs() + mad_score) / 2.0)
}

fn median(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    match n {
        0 => None,
        _ if n % 2 == 1 => Some(sorted[n / 2]),
        _ => Some(f64::midpoint(sorted[n / 2 - 1], sorted[n / 2])),
    }
}

fn bars(seconds: &[i64], first: i64, last: i64) -> [f64; BARS] {
    let mut bars = [0.0; BARS];
    let width = ((last - first) as f64 / BARS as f64).max(1e-9);
    for &second in seconds {
        let at = ((second - first) as f64 / width).floor().clamp(0.0, (BARS - 1) as f64);
        bars[at as usize] += 1.0;
    }
    bars
}

fn variation(bars: &[f64; BARS]) -> f64 {
    let mean = bars.iter().sum::<f64>() / BARS as f64;
    let variance = bars.iter().map(|b| (b - mean).powi(2)).sum::<f64>() / BARS as f64;
    if mean > 0.0 { round3((1.0 - variance.sqrt() / mean).max(0.0)) } else { 0.0 }
}

fn bimodal(bars: &[f64; BARS]) -> f64 {
    let filled: Vec<f64> = bars.iter().copied().filter(|&b| b > 0.0).collect();
    if filled.len() < 11 {
        return 0.0;
    }
    let bucket = (0.05 * filled.iter().copied().fold(0.0, f64::max)).ceil().max(1.0);
    let mut counts = std::collections::BTreeMap::new();
    for bar in &filled {
        *counts.entry((bar / bucket).floor() as i64).or_insert(0u32) += 1;
    }
    let mut heights: Vec<u32> = counts.into_values().collect();
    heights.sort_unstable_by(|a, b| b.cmp(a));
    let top: u32 = heights.iter().take(2).sum();
    round3((f64::from(top) / (filled.len() as f64 - 1.0).max(1.0)).min(1.0))
}

fn duration(unique: &[i64], bars: &[f64; BARS], first: i64, last: i64) -> f64 {
    if bars.iter().filter(|&&b| b > 0.0).count() < 6 {
        return 0.0;
    }
    let (Some(begin), Some(end)) = (unique.first(), unique.last()) else { return 0.0 };
    let covered = ceil3((end - begin) as f64 / ((last - first).max(1)) as f64).min(1.0);
    let mut longest = 0usize;
    let mut run = 0usize;
    for index in 0..2 * BARS {
        run = if bars[index % BARS] > 0.0 { run + 1 } else { 0 };
        longest = longest.max(run.min(BARS));
    }
    covered.max(ceil3(longest as f64 / 12.0).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_S: i64 = 86_400;

    #[test]
    fn a_perfect_beacon_scores_one() {
        let starts: Vec<i64> = (0..DAY_S / 60).map(|n| n * 60_000_000).collect();
        let score = score(&starts, &vec![300; starts.len()], 0, DAY_S * 1_000_000).unwrap();
        assert_eq!((score.timestamp, score.size, score.duration), (1.0, 1.0, 1.0));
        assert!(score.score > 0.99, "{score:?}");
    }

    #[test]
    fn intervals_in_arithmetic_progression_have_no_skew_but_a_spread() {
        // Intervals 10, 20, …, 90: median 50, MAD 20 -> (50-20)/50 = 0.6; skew 0 -> (1 + 0.6) / 2.
        let mut at = 0;
        let starts: Vec<i64> = std::iter::once(0)
            .chain((1..10).map(|n| {
                at += n * 10_000_000;
                at
            }))
            .collect();
        let score = score(&starts, &[100; 10], 0, DAY_S * 1_000_000).unwrap();
        assert_eq!(score.timestamp, 0.8);
        assert_eq!(score.duration, 0.0);
    }

    #[test]
    fn too_few_times_are_not_scored() {
        assert!(score(&[0, 1_000_000, 2_000_000], &[1, 1, 1], 0, 10).is_none());
        assert!(score(&[], &[], 0, 0).is_none());
    }
}
