//! What the regular clients of one server say together, and no pair alone: whether they are a fleet
//! of devices or computers of all kinds, whether they run one program, how their sleep is drawn.

use crate::jitter;
use crate::looks::Look;
use crate::pulse::{beats_of, intervals_s, quantile};
use crate::weigh::Assessment;
use noroshi_model::time::{HOUR, SECOND};

/// Clients from which their kinds can be told.
const KINDS_MIN: usize = 4;
/// Parts of the day that must have been seen, hours.
const SPAN_H_MIN: f64 = 16.0;
/// Share of its time in which a machine that is never switched off is heard.
const ALWAYS_ON: f64 = 0.8;
/// Log odds of a fleet of devices that are never switched off, and of computers some of which are. A
/// fleet is large, regular and often on its maker's own port: it takes back what those gave.
const FLEET: f64 = -5.0;
const MIXED: f64 = 0.7;
/// Share of part-time clients from which they are mixed.
const MIXED_FROM: f64 = 0.2;
/// Clients from which a fleet is beyond doubt.
const FLEET_SURE: f64 = 8.0;
/// Log odds where all clients call at one rhythm, and where each has its own: many programs, one service.
const ONE_PROGRAM: f64 = 0.3;
const MANY_PROGRAMS: f64 = -1.5;
/// ln(q80/q20) of the clients' periods for either.
const PERIODS: (f64, f64) = (0.15, 0.7);
/// Log odds per nat of a drawn jitter, and the ceiling, as for a pair.
const DRAWN: (f64, f64) = (0.5, 2.0);
/// Intervals of one client that are pooled at most, so that one fast client does not speak for all.
const INTERVALS_MAX: usize = 60;

/// What clients say together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Together {
    /// Clients that have a say.
    pub clients: usize,
    /// Share of them that is switched off some of the time; `None` where too little of a day was seen.
    pub part_time: Option<f64>,
    /// ln(q80/q20) of their periods.
    pub periods: f64,
    /// Nats for a sleep drawn evenly between two limits, all intervals over their client's period.
    pub drawn_nats: f64,
}

/// Looks at the clients of one server.
pub fn of(looks: &[Look<'_>]) -> Together {
    let regular: Vec<&Look<'_>> = looks.iter().filter(|l| l.pulse.beats >= 5 && l.pulse.period_s > 0.0).collect();
    let mut periods: Vec<f64> = regular.iter().map(|l| l.pulse.period_s).collect();
    periods.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&periods, 0.2), quantile(&periods, 0.8));
    Together {
        clients: regular.len(),
        part_time: part_time(&regular, quantile(&periods, 0.5)),
        periods: if low > 0.0 { (high / low).ln() } else { 0.0 },
        drawn_nats: drawn(&regular, quantile(&periods, 0.5)),
    }
}

impl Together {
    /// Adds what they say to the evidence of the one that speaks; `drawn` is what counts there already.
    pub fn add(&self, scales: &mut Assessment, drawn: f64) {
        if let Some(share) = self.part_time {
            scales.add("part-time-clients", share, "ratio", kinds(share, self.clients));
        }
        if self.clients >= KINDS_MIN {
            let (one, many) = PERIODS;
            let at = ((self.periods - one) / (many - one)).clamp(0.0, 1.0);
            scales.add("client-periods", self.periods, "nats", ONE_PROGRAM + at * (MANY_PROGRAMS - ONE_PROGRAM));
        }
        let pooled = (DRAWN.0 * self.drawn_nats).clamp(0.0, DRAWN.1);
        scales.add("pooled-drawn-jitter", self.drawn_nats, "nats", (pooled - drawn.max(0.0)).max(0.0));
    }
}

/// From a fleet, over mixed, to machines all of which keep hours, as people do.
fn kinds(part_time: f64, clients: usize) -> f64 {
    let sure = ((clients as f64 - 2.0) / (FLEET_SURE - 2.0)).clamp(0.0, 1.0);
    if part_time >= MIXED_FROM {
        return MIXED * ((1.0 - part_time) / MIXED_FROM).clamp(0.0, 1.0);
    }
    let fleet = FLEET * sure;
    fleet + (MIXED - fleet) * part_time / MIXED_FROM
}

/// Share of clients that are silent in more than a fifth of equal parts of the span.
fn part_time(regular: &[&Look<'_>], period_s: f64) -> Option<f64> {
    let first = regular.iter().filter_map(|l| l.pair.starts_us.first()).min()?;
    let last = regular.iter().filter_map(|l| l.pair.starts_us.last()).max()?;
    let span_us = last - first;
    let part_us = HOUR.max((3.0 * period_s * SECOND as f64) as i64);
    let parts = span_us / part_us;
    if regular.len() < KINDS_MIN || (span_us as f64) < SPAN_H_MIN * HOUR as f64 || parts < 8 {
        return None;
    }
    let heard = |look: &Look<'_>| {
        let mut seen: Vec<i64> = look.pair.starts_us.iter().map(|t| (t - first) / part_us).collect();
        seen.dedup();
        seen.iter().filter(|&&part| part < parts).count() as f64 / parts as f64
    };
    let off = regular.iter().filter(|look| heard(look) < ALWAYS_ON).count();
    Some(off as f64 / regular.len() as f64)
}

fn drawn(regular: &[&Look<'_>], period_s: f64) -> f64 {
    let mut pooled = Vec::new();
    for look in regular {
        let intervals = intervals_s(&beats_of(&look.pair.starts_us));
        pooled.extend(intervals.iter().take(INTERVALS_MAX).map(|s| s / look.pulse.period_s * period_s));
    }
    jitter::shape(&pooled, period_s).drawn_nats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_is_innocent_and_a_mixture_is_not() {
        assert!(kinds(0.0, 10) <= FLEET + 1e-9);
        assert!(kinds(0.0, 3) > -1.5, "three machines are no fleet yet");
        assert!(kinds(0.4, 10) > 0.0);
        assert_eq!(kinds(1.0, 10), 0.0, "all keep hours: people");
    }

    #[test]
    fn many_rhythms_are_many_programs() {
        let weight = |periods| {
            let mut scales = Assessment::from_prior(0.0);
            Together { clients: 6, periods, ..Together::default() }.add(&mut scales, 0.0);
            scales.log_odds
        };
        assert!(weight(0.01) > 0.0 && weight(2.0) < -1.0);
    }
}
