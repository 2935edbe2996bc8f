//! Does what comes in go out again? Flows, or whole minutes, of one side matched to the other.
//!
//! A match is a like volume a moment later. How often chance does that is measured on the same two
//! series moved against each other by minutes, which keeps day and night and takes only the cause
//! away: no rate is assumed. Windows rather than single flows find relays with one long tunnel.

use noroshi_flow::broad::relays::{Event, Leg};

/// Ticks a second.
const SECOND: i64 = 100;
/// A minute, the window.
const WINDOW: i64 = 60 * SECOND;
/// A relay passes on within this; clocks of two exporters differ by up to a second.
const LAG: (i64, i64) = (-SECOND, 5 * SECOND);
/// Volumes differing less than this share of the larger are alike: headers of a tunnel.
const UNLIKE: f64 = 0.25;
/// Shifts of the null, seconds, both ways; no common divisor worth a period.
const SHIFTS_S: [i64; 8] = [61, 97, 143, 199, 257, 331, 443, 607];
/// Flows each side needs.
const FLOWS_MIN: usize = 6;
/// Chance trials needed.
const TRIALS_MIN: usize = 20;
/// Flows looked at within one lag: a flood is no relay.
const NEAR_MAX: usize = 32;
/// Share matched below which the null is not worth measuring.
const SHARE_MIN: f64 = 0.2;

/// How well one side explains the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Conservation {
    /// Flows or minutes in.
    pub(super) calls: usize,
    /// Share of them that went out again.
    pub(super) share: f64,
    /// Share that chance explains.
    pub(super) chance: f64,
    /// Log-likelihood ratio against chance, nats.
    pub(super) surprise: f64,
    /// Middle delay, seconds.
    pub(super) lag_s: f64,
    /// Spread of the middle half of delays, seconds.
    pub(super) lag_spread_s: f64,
    /// Different minutes in which something went through.
    pub(super) windows: usize,
}

/// The better of flows and minutes; `None` where neither says anything.
pub(super) fn of(calls: &Leg, onward: &Leg) -> Option<Conservation> {
    let (mut ins, mut outs) = (calls.sorted(), onward.sorted());
    // Only where both sides are remembered in full.
    let since = |leg: &Leg, events: &[Event]| if leg.is_whole() { 0 } else { events.first().map_or(0, |e| e.tick) };
    let from = since(calls, &ins).max(since(onward, &outs));
    ins.retain(|event| event.tick >= from);
    outs.retain(|event| event.tick >= from);
    let flows = compare(&ins, &outs, LAG);
    // A minute's total moves by whole minutes; flows of one second may fall into the next.
    let minutes = compare(&by_minute(&ins), &by_minute(&outs), (0, 0));
    match (flows, minutes) {
        (Some(a), Some(b)) if b.surprise > a.surprise => Some(b),
        (a, b) => a.or(b),
    }
}

fn by_minute(events: &[Event]) -> Vec<Event> {
    let start = |e: &Event| i64::from(e.tick) / WINDOW * WINDOW;
    let total = |same: &[Event]| same.iter().fold(0u32, |sum, e| sum.saturating_add(e.bytes));
    events
        .chunk_by(|a, b| start(a) == start(b))
        .filter_map(|same| Some(Event { tick: start(same.first()?) as u32, bytes: total(same) }))
        .collect()
}

fn compare(ins: &[Event], outs: &[Event], lag: (i64, i64)) -> Option<Conservation> {
    if ins.len() < FLOWS_MIN || outs.len() < FLOWS_MIN {
        return None;
    }
    let matched = matches(ins, outs, 0, lag);
    let share = matched.len() as f64 / ins.len() as f64;
    if share < SHARE_MIN {
        return None;
    }
    let (hits, trials) = null(ins, outs, lag);
    if trials < TRIALS_MIN {
        return None;
    }
    let chance = (hits as f64 + 1.0) / (trials as f64 + 2.0);
    let surprise = if share > chance { ins.len() as f64 * divergence(share, chance) } else { 0.0 };
    let mut lags: Vec<i64> = matched.iter().map(|(_, lag)| *lag).collect();
    lags.sort_unstable();
    let quarter = |n: usize| lags.get(lags.len() * n / 4).copied().unwrap_or_default() as f64 / SECOND as f64;
    let mut windows: Vec<i64> = matched.iter().map(|(tick, _)| tick / WINDOW).collect();
    windows.dedup();
    let (lag_s, lag_spread_s) = (quarter(2), quarter(3) - quarter(1));
    Some(Conservation { calls: ins.len(), share, chance, surprise, lag_s, lag_spread_s, windows: windows.len() })
}

/// Kullback-Leibler divergence of two coins, nats.
fn divergence(p: f64, q: f64) -> f64 {
    let term = |a: f64, b: f64| if a > 0.0 { a * (a / b).ln() } else { 0.0 };
    term(p, q) + term(1.0 - p, 1.0 - q)
}

/// Hits and trials with the two sides moved against each other.
fn null(ins: &[Event], outs: &[Event], lag: (i64, i64)) -> (usize, usize) {
    let (Some(first), Some(last)) = (outs.first(), outs.last()) else { return (0, 0) };
    let whole_windows = lag == (0, 0);
    SHIFTS_S.iter().flat_map(|&s| [s, -s]).fold((0, 0), |(hits, trials), seconds| {
        let shift = if whole_windows { seconds / 60 * WINDOW } else { seconds * SECOND };
        let inside =
            |event: &&Event| (i64::from(first.tick)..=i64::from(last.tick)).contains(&(i64::from(event.tick) + shift));
        let moved: Vec<Event> = ins.iter().filter(inside).copied().collect();
        (hits + matches(&moved, outs, shift, lag).len(), trials + moved.len())
    })
}

/// The flows that went out again, each with its delay in ticks; every outward flow serves once.
fn matches(ins: &[Event], outs: &[Event], shift: i64, lag: (i64, i64)) -> Vec<(i64, i64)> {
    let mut used = vec![false; outs.len()];
    let mut from = 0;
    let mut found = Vec::new();
    for call in ins {
        let at = i64::from(call.tick) + shift;
        while outs.get(from).is_some_and(|out| i64::from(out.tick) < at + lag.0) {
            from += 1;
        }
        let near = outs.iter().zip(used.iter_mut()).skip(from).take(NEAR_MAX);
        let near = near.take_while(|(out, _)| i64::from(out.tick) <= at + lag.1);
        let mut alike = near.filter(|(out, used)| !**used && is_alike(call.bytes, out.bytes));
        if let Some((out, used)) = alike.next() {
            *used = true;
            found.push((i64::from(call.tick), i64::from(out.tick) - at));
        }
    }
    found
}

fn is_alike(a: u32, b: u32) -> bool {
    f64::from(a.abs_diff(b)) <= UNLIKE * f64::from(a.max(b))
}
