//! A time axis with a handful of round labels, in UTC.

use super::svg::{Anchor, Svg};
use noroshi_model::Micros;
use noroshi_model::time::{DAY, HOUR, SECOND};

/// Distances between labels people read easily.
const STEPS: [i64; 20] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    60 * SECOND,
    2 * 60 * SECOND,
    5 * 60 * SECOND,
    10 * 60 * SECOND,
    15 * 60 * SECOND,
    30 * 60 * SECOND,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    365 * DAY,
];
/// Labels along one axis.
const LABELS_MAX: i64 = 8;

/// Maps times to positions.
#[derive(Clone, Copy)]
pub(super) struct TimeAxis {
    pub(super) from: Micros,
    pub(super) until: Micros,
    pub(super) left: f64,
    pub(super) right: f64,
}

impl TimeAxis {
    /// From the first to the last time; a single moment becomes one second.
    pub(super) fn over(from: Micros, until: Micros, left: f64, right: f64) -> Self {
        let until = Micros(until.0.max(from.0.saturating_add(SECOND)));
        Self { from, until, left, right }
    }

    fn span(&self) -> i64 {
        self.until.0.saturating_sub(self.from.0).max(1)
    }

    /// The position of a time, held within the axis.
    pub(super) fn x(&self, at: Micros) -> f64 {
        let share = at.0.saturating_sub(self.from.0) as f64 / self.span() as f64;
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Draws lines from `top` to `bottom` and labels beneath.
    pub(super) fn draw(&self, svg: &mut Svg, top: f64, bottom: f64) {
        let step = STEPS.into_iter().find(|step| self.span() / step < LABELS_MAX).unwrap_or(self.span());
        svg.line("ax", (self.left, bottom), (self.right, bottom));
        let first = self.from.0.div_euclid(step).saturating_add(1).saturating_mul(step);
        for n in 0..LABELS_MAX {
            let at = Micros(first.saturating_add(n.saturating_mul(step)));
            if at > self.until {
                break;
            }
            let x = self.x(at);
            svg.line("grid", (x, top), (x, bottom));
            svg.text("lb", Anchor::Middle, (x, bottom + 16.0), label(at, step));
        }
        svg.text("lb dim", Anchor::Start, (self.left, bottom + 32.0), crate::numbers::moment(self.from));
        svg.text("lb dim", Anchor::End, (self.right, bottom + 32.0), crate::numbers::moment(self.until));
    }
}

fn label(at: Micros, step: i64) -> String {
    let format = match step {
        step if step < 60 * SECOND => "%H:%M:%S",
        step if step < DAY => "%H:%M",
        _ => "%m-%d",
    };
    // Midnight between hours says which day begins.
    let format = if step < DAY && at.0.rem_euclid(DAY) == 0 { "%m-%d" } else { format };
    jiff::Timestamp::from_microsecond(at.0).map(|at| at.strftime(format).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_times_do_not_overflow() {
        let axis = TimeAxis::over(Micros(i64::MIN), Micros(i64::MAX), 0.0, 100.0);
        let mut svg = Svg::new(100.0, 100.0);
        axis.draw(&mut svg, 0.0, 50.0);
        assert!((0.0..=100.0).contains(&axis.x(Micros(0))));
        TimeAxis::over(Micros(i64::MAX), Micros(i64::MIN), 0.0, 100.0).draw(&mut svg, 0.0, 50.0);
    }
}
