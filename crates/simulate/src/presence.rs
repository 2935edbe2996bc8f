//! When a machine is switched on.

use crate::clock::Clock;
use crate::dice::Dice;
use noroshi_model::Micros;
use noroshi_model::time::{DAY, HOUR};

/// The daily window in which a machine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Presence {
    from_us: i64,
    length_us: i64,
    weekdays_only: bool,
}

impl Presence {
    /// Servers, routers, phones, appliances.
    pub(crate) const ALWAYS: Self = Self { from_us: 0, length_us: DAY, weekdays_only: false };

    /// A computer at home: switched on in the morning or late afternoon, off at night.
    pub(crate) fn home(dice: &mut Dice) -> Self {
        let from = dice.between(6.5, 19.0);
        let length = (23.9 - from).min(dice.between(3.0, 16.0));
        Self::window(from, length, false)
    }

    /// A computer in an office.
    pub(crate) fn office(dice: &mut Dice) -> Self {
        Self::window(dice.between(7.5, 9.5), dice.between(8.0, 11.0), true)
    }

    fn window(from_h: f64, length_h: f64, weekdays_only: bool) -> Self {
        Self { from_us: (from_h * HOUR as f64) as i64, length_us: (length_h * HOUR as f64) as i64, weekdays_only }
    }

    /// Whether it never sleeps.
    pub(crate) fn always(self) -> bool {
        self.length_us >= DAY && !self.weekdays_only
    }

    /// `None` while it runs, else how long until it starts.
    pub(crate) fn away(self, now: Micros, clock: Clock) -> Option<i64> {
        if self.always() {
            return None;
        }
        let midnight = clock.midnight(now);
        let since = now.0 - midnight.0;
        let off = |day: i64| self.weekdays_only && clock.weekend(Micros(midnight.0 + day * DAY + HOUR));
        if !off(0) && (self.from_us..self.from_us + self.length_us).contains(&since) {
            return None;
        }
        let first = i64::from(since >= self.from_us);
        let day = (first..first + 3).find(|&day| !off(day)).unwrap_or(first);
        Some(day * DAY + self.from_us - since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_closed_at_night_and_on_sunday() {
        let clock = Clock { ahead_us: 0 };
        let office = Presence::window(9.0, 8.0, true);
        let away = |text| office.away(Micros::parse(text).unwrap(), clock);
        assert_eq!(away("2026-01-05T10:00:00Z"), None);
        assert_eq!(away("2026-01-05T08:00:00Z"), Some(HOUR));
        assert_eq!(away("2026-01-05T17:00:00Z"), Some(16 * HOUR));
        // Friday evening waits for Monday, Sunday too.
        assert_eq!(away("2026-01-09T17:00:00Z"), Some(64 * HOUR));
        assert_eq!(away("2026-01-11T08:00:00Z"), Some(25 * HOUR));
        assert_eq!(Presence::ALWAYS.away(Micros(5), clock), None);
    }
}
