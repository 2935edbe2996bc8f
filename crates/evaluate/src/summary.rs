//! Means over seeds.

use crate::interval::{Interval, mean};
use crate::result::{SeedResult, Summary};

/// Means over seeds with 95% bootstrap intervals.
pub fn summary(runs: &[SeedResult], resamples: usize) -> Summary {
    let over = |value: &dyn Fn(&SeedResult) -> Option<f64>| -> Option<Interval> {
        let values: Vec<f64> = runs.iter().filter_map(value).collect();
        mean(&values, resamples, 1)
    };
    Summary {
        fm1_online: over(&|r| r.online.fm1.fm1),
        fm1_retrospective: over(&|r| r.retrospective.fm1.fm1),
        background_flagged: over(&|r| Some(r.online.background_flagged as f64)),
        recall: over(&|r| r.ranking.recall),
        pr_auc: over(&|r| r.ranking.pr_auc),
        first_rank: over(&|r| r.ranking.first_rank.map(|rank| rank as f64)),
        time_to_detect_s: over(&|r| r.time_to_detect_s),
        seeds_detecting: runs.iter().filter(|r| r.time_to_detect_s.is_some()).count() as u64,
        false_hosts: over(&|r| Some(r.false_positives.hosts as f64)),
        per_million_host_days: over(&|r| Some(r.false_positives.per_million_host_days)),
    }
}
