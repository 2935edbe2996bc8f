//! The carrier's load cap (負荷の上限): what comes faster than the carrier agreed to carry is not collected.

use std::time::{Duration, Instant};

/// Over how long records are averaged: a burst of a second is no load.
const WINDOW: Duration = Duration::from_secs(10);

/// Watches the rate of one collection.
#[derive(Debug)]
pub(super) struct Load {
    /// Records a second at most, where the carrier set a cap.
    cap: Option<u64>,
    since: Instant,
    before: u64,
}

impl Load {
    /// From now on.
    pub(super) const fn new(cap: Option<u64>, now: Instant) -> Self {
        Self { cap, since: now, before: 0 }
    }

    /// Records a second over the last window, when that was more than the cap. `received` counts from the beginning.
    pub(super) fn over(&mut self, now: Instant, received: u64) -> Option<u64> {
        let elapsed = now.saturating_duration_since(self.since);
        if elapsed < WINDOW {
            return None;
        }
        let records = u128::from(received.saturating_sub(self.before));
        let rate = u64::try_from(records * 1_000 / elapsed.as_millis().max(1)).unwrap_or(u64::MAX);
        (self.since, self.before) = (now, received);
        self.cap.is_some_and(|cap| rate > cap).then_some(rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(begun: Instant, seconds: u64) -> Instant {
        begun + Duration::from_secs(seconds)
    }

    #[test]
    fn a_rate_at_the_cap_is_carried_and_one_past_it_is_not() {
        let begun = Instant::now();
        let mut load = Load::new(Some(100), begun);
        assert_eq!(load.over(seconds(begun, 10), 1_000), None);
        assert_eq!(load.over(seconds(begun, 20), 2_010), Some(101));
    }

    #[test]
    fn a_burst_is_averaged_and_windows_do_not_add_up() {
        let begun = Instant::now();
        let mut load = Load::new(Some(100), begun);
        assert_eq!(load.over(seconds(begun, 1), 900), None, "the window is not over");
        assert_eq!(load.over(seconds(begun, 10), 900), None);
        assert_eq!(load.over(seconds(begun, 20), 1_800), None);
    }

    #[test]
    fn without_a_cap_nothing_is_too_much() {
        let begun = Instant::now();
        assert_eq!(Load::new(None, begun).over(seconds(begun, 10), u64::MAX), None);
    }
}
