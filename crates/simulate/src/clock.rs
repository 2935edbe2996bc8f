//! Day and night, weekday and weekend: how busy people are at a given moment.

use noroshi_model::Micros;
use noroshi_model::time::{DAY, HOUR};

/// Relative activity by local hour of a household: low at four in the morning, high at nine in the
/// evening. The shape of published broadband traffic by hour (Cho et al., SIGCOMM 2006, figure 2).
const HOME: [f64; 24] = [
    0.80, 0.50, 0.30, 0.20, 0.16, 0.18, 0.32, 0.60, 0.75, 0.80, 0.85, 0.90, 1.00, 0.95, 0.90, 0.95, 1.05, 1.20, 1.40,
    1.65, 1.85, 1.95, 1.75, 1.25,
];
/// The same for an office: from nine to six with a dip at noon.
const OFFICE: [f64; 24] = [
    0.08, 0.06, 0.06, 0.06, 0.06, 0.08, 0.15, 0.50, 1.40, 2.20, 2.40, 2.30, 1.50, 2.20, 2.40, 2.30, 2.10, 1.70, 1.00,
    0.60, 0.35, 0.25, 0.15, 0.10,
];

/// Whose rhythm a host follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// Evenings and weekends.
    Home,
    /// Office hours on weekdays.
    Office,
    /// Machines: always the same.
    Flat,
}

/// The nation's local clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// What local time is ahead of UTC, microseconds.
    pub(crate) ahead_us: i64,
}

impl Clock {
    /// Local hour of the day, 0 to 23.
    pub(crate) fn hour(self, at: Micros) -> usize {
        ((at.0 + self.ahead_us).rem_euclid(DAY) / HOUR) as usize
    }

    /// Saturday or Sunday in local time. 1970-01-01 was a Thursday.
    pub(crate) fn weekend(self, at: Micros) -> bool {
        matches!((at.0 + self.ahead_us).div_euclid(DAY).rem_euclid(7), 2 | 3)
    }

    /// The local midnight before.
    pub(crate) fn midnight(self, at: Micros) -> Micros {
        Micros((at.0 + self.ahead_us).div_euclid(DAY) * DAY - self.ahead_us)
    }

    /// How busy, 1 on average over a week or near it.
    pub(crate) fn activity(self, rhythm: Rhythm, at: Micros) -> f64 {
        match rhythm {
            Rhythm::Flat => 1.0,
            Rhythm::Home => HOME[self.hour(at)] * if self.weekend(at) { 1.25 } else { 0.95 },
            Rhythm::Office => OFFICE[self.hour(at)] * if self.weekend(at) { 0.12 } else { 1.25 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_and_nights_are_known() {
        let clock = Clock { ahead_us: 9 * HOUR };
        let at = |text| Micros::parse(text).unwrap();
        assert!(clock.weekend(at("2026-01-10T12:00:00Z")));
        assert!(!clock.weekend(at("2026-01-09T12:00:00Z")));
        // 20:00Z on Friday is five on Saturday morning nine hours ahead.
        assert!(clock.weekend(at("2026-01-09T20:00:00Z")));
        assert_eq!(clock.hour(at("2026-01-09T20:00:00Z")), 5);
        assert_eq!(clock.midnight(at("2026-01-09T20:00:00Z")), at("2026-01-09T15:00:00Z"));
    }
}
