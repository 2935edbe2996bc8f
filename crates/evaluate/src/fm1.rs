//! The time-weighted measure of the CTU-13 paper (García et al. 2014, §7): addresses, not flows,
//! are right or wrong, in frames of five minutes, and early frames weigh more.
//!
//! Background is left out of it, so that flagging everything scores about 0.7: it is never
//! reported without the background hosts flagged.

use crate::interval::{Interval, bootstrap};
use crate::limits::BOOTSTRAP_TRACKS_MAX;
use serde::Serialize;

/// One bot or normal host and the frames it was active in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Number of each frame, from 0, and whether the host counts as predicted in it.
    pub frames: Vec<(u32, bool)>,
}

/// Sums over frames, and the rates of them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Fm1 {
    /// Weighted share of bots flagged.
    pub t_tp: f64,
    /// Weighted share of bots missed.
    pub t_fn: f64,
    /// Weighted share of normal hosts flagged.
    pub t_fp: f64,
    /// Weighted share of normal hosts left alone.
    pub t_tn: f64,
    /// tTP / (tTP + tFP); absent when nothing was flagged.
    pub precision: Option<f64>,
    /// tTP / (tTP + tFN); absent without bots.
    pub recall: Option<f64>,
    /// tFP / (tFP + tTN); absent without normal hosts.
    pub false_positive_rate: Option<f64>,
    /// Harmonic mean of precision and recall; 0 when bots were there and none was flagged, absent without bots.
    pub fm1: Option<f64>,
}

/// Weight of frame `n`, from 0: e^(-0.01 n) + 1.
pub fn weight(frame: u32) -> f64 {
    (-0.01 * f64::from(frame)).exp() + 1.0
}

/// The measure over bots and normal hosts.
pub fn fm1(bots: &[Track], normal: &[Track]) -> Fm1 {
    let ones = |tracks: &[Track]| vec![1; tracks.len()];
    drawn(bots, &ones(bots), normal, &ones(normal))
}

/// The measure's 95% interval over hosts: bots resampled among bots, normal hosts among normal
/// hosts. With one bot it says nothing about other bots.
pub fn fm1_interval(bots: &[Track], normal: &[Track], resamples: usize, seed: u64) -> Option<Interval> {
    let resamples = resamples.min(BOOTSTRAP_TRACKS_MAX / (bots.len() + normal.len()).max(1));
    bootstrap(&[bots.len(), normal.len()], resamples, seed, |times| drawn(bots, &times[0], normal, &times[1]).fm1)
}

fn drawn(bots: &[Track], bot_times: &[u32], normal: &[Track], normal_times: &[u32]) -> Fm1 {
    let (t_tp, t_fn) = sums(bots, bot_times);
    let (t_fp, t_tn) = sums(normal, normal_times);
    let ratio = |part: f64, rest: f64| (part + rest > 0.0).then(|| part / (part + rest));
    let (precision, recall) = (ratio(t_tp, t_fp), ratio(t_tp, t_fn));
    let fm1 = recall.map(|recall| match precision {
        Some(precision) if precision + recall > 0.0 => 2.0 * precision * recall / (precision + recall),
        _ => 0.0,
    });
    Fm1 { t_tp, t_fn, t_fp, t_tn, precision, recall, false_positive_rate: ratio(t_fp, t_tn), fm1 }
}

/// Weighted shares of predicted and not predicted hosts, summed over the frames that have any.
fn sums(tracks: &[Track], times: &[u32]) -> (f64, f64) {
    let frames = tracks.iter().flat_map(|t| t.frames.iter().map(|f| f.0 as usize + 1)).max().unwrap_or(0);
    let mut counts = vec![(0u64, 0u64); frames];
    for (track, &times) in tracks.iter().zip(times) {
        for &(frame, predicted) in &track.frames {
            let (yes, all) = &mut counts[frame as usize];
            *all += u64::from(times);
            *yes += if predicted { u64::from(times) } else { 0 };
        }
    }
    let mut sums = (0.0, 0.0);
    for (frame, (yes, all)) in counts.into_iter().enumerate().filter(|(_, (_, all))| *all > 0) {
        let weight = weight(frame as u32);
        sums.0 += yes as f64 * weight / all as f64;
        sums.1 += (all - yes) as f64 * weight / all as f64;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(frames: &[(u32, bool)]) -> Track {
        Track { frames: frames.to_vec() }
    }

    #[test]
    fn a_small_example_by_hand() {
        // Frame 0 (w 2): one of two bots, none of one normal. Frame 1 (w 1.990050): one of one bot,
        // one of two normal.
        let bots = [track(&[(0, true), (1, true)]), track(&[(0, false)])];
        let normal = [track(&[(0, false), (1, true)]), track(&[(1, false)])];
        let score = fm1(&bots, &normal);
        let w1 = 1.990_049_833_749_168;
        assert!((score.t_tp - (1.0 + w1)).abs() < 1e-12);
        assert!((score.t_fn - 1.0).abs() < 1e-12);
        assert!((score.t_fp - w1 / 2.0).abs() < 1e-12);
        assert!((score.t_tn - (2.0 + w1 / 2.0)).abs() < 1e-12);
        let (p, r) = (2.990_049_833_749_168 / 3.985_074_750_623_752, 2.990_049_833_749_168 / 3.990_049_833_749_168);
        assert!((score.fm1.unwrap() - 2.0 * p * r / (p + r)).abs() < 1e-12);
    }

    #[test]
    fn flagging_everything_scores_two_thirds_when_both_are_always_there() {
        let always = track(&[(0, true), (1, true), (2, true)]);
        let score = fm1(std::slice::from_ref(&always), &[always.clone(), always.clone()]);
        assert!((score.fm1.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(score.false_positive_rate, Some(1.0));
        // Normal hosts absent in the last frame: tFP = 2 + w1, tTP = 2 + w1 + w2.
        let score = fm1(&[always], &[track(&[(0, true), (1, true)])]);
        let (w1, w2) = (weight(1), weight(2));
        let p = (2.0 + w1 + w2) / (4.0 + 2.0 * w1 + w2);
        assert!((score.fm1.unwrap() - 2.0 * p / (p + 1.0)).abs() < 1e-12);
    }

    #[test]
    fn without_bots_there_is_no_measure_and_missing_them_all_is_zero() {
        assert_eq!(fm1(&[], &[track(&[(0, true)])]).fm1, None);
        assert_eq!(fm1(&[track(&[(0, false)])], &[]).fm1, Some(0.0));
    }

    #[test]
    fn the_interval_holds_the_value() {
        let bots: Vec<Track> = (0..20).map(|n| track(&[(0, n % 2 == 0)])).collect();
        let interval = fm1_interval(&bots, &[track(&[(0, false)])], 500, 1).unwrap();
        assert!(interval.low < interval.value && interval.value < interval.high);
    }
}
