//! The periodogram: period on a log axis, power above the noise, the peak named.

use super::svg::{Anchor, Short, Svg};
use crate::limits::PERIODOGRAM_POINTS_MAX;
use crate::messages::{Messages, fill};
use crate::numbers::{decimal, duration};
use noroshi_model::Finding;
use noroshi_model::finding::PeriodPower;
use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 732.0;
const TOP: f64 = 46.0;
const BOTTOM: f64 = 206.0;
/// Periods worth a label.
const LABELS_S: [f64; 14] =
    [1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0, 43_200.0, 86_400.0, 259_200.0, 604_800.0, 2.6e6, 3.2e7];

/// The periodogram, if there are two points or more.
pub(crate) fn periodogram(m: &Messages, finding: &Finding) -> Option<String> {
    let points = drawable(&finding.periodogram);
    let (first, last) = (points.first()?, points.last()?);
    if last.period_s <= first.period_s {
        return None;
    }
    let peak = points.iter().max_by(|a, b| a.power.total_cmp(&b.power))?;
    let scale = Scale { from: first.period_s.ln(), until: last.period_s.ln(), most: peak.power.max(1.0) };
    let mut svg = Svg::new(WIDTH, 250.0);
    axes(m, &mut svg, &scale);
    svg.path("area", &outline(&points, &scale), "");
    let x = scale.x(peak.period_s);
    svg.circle("peak", (x, scale.y(peak.power)), 4.5, "");
    let anchor = if x > 600.0 { Anchor::End } else { Anchor::Start };
    let beside = if x > 600.0 { x - 10.0 } else { x + 10.0 };
    svg.text("lb strong", anchor, (beside, scale.y(peak.power) - 8.0), duration(m, peak.period_s));
    let values = [("period", &*duration(m, peak.period_s)), ("power", &*decimal(peak.power))];
    Some(svg.finish(m.periodogram, &fill(m.periodogram_alt, &values)))
}

struct Scale {
    from: f64,
    until: f64,
    most: f64,
}

impl Scale {
    fn x(&self, period_s: f64) -> f64 {
        LEFT + (period_s.ln() - self.from) / (self.until - self.from) * (RIGHT - LEFT)
    }

    fn y(&self, power: f64) -> f64 {
        BOTTOM - (power / self.most).clamp(0.0, 1.0) * (BOTTOM - TOP)
    }
}

/// Finite points by rising period, thinned to the limit by keeping the highest of each group.
fn drawable(points: &[PeriodPower]) -> Vec<PeriodPower> {
    let usable = |point: &&PeriodPower| point.period_s > 0.0 && point.period_s.is_finite() && point.power.is_finite();
    let mut points: Vec<_> = points.iter().filter(usable).copied().collect();
    points.sort_by(|a, b| a.period_s.total_cmp(&b.period_s));
    let group = points.len().div_ceil(PERIODOGRAM_POINTS_MAX).max(1);
    points.chunks(group).filter_map(|chunk| chunk.iter().max_by(|a, b| a.power.total_cmp(&b.power)).copied()).collect()
}

fn axes(m: &Messages, svg: &mut Svg, scale: &Scale) {
    svg.line("ax", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    for period in LABELS_S {
        if (scale.from..=scale.until).contains(&period.ln()) {
            let x = scale.x(period);
            svg.line("grid", (x, TOP), (x, BOTTOM));
            svg.text("lb", Anchor::Middle, (x, BOTTOM + 16.0), duration(m, period));
        }
    }
    for share in [0.0, 0.5, 1.0] {
        let power = scale.most * share;
        svg.line("grid", (LEFT, scale.y(power)), (RIGHT, scale.y(power)));
        svg.text("lb", Anchor::End, (LEFT - 6.0, scale.y(power) + 4.0), decimal(power));
    }
    svg.text("lb dim", Anchor::Start, (4.0, 14.0), m.periodogram_y);
    svg.text("lb dim", Anchor::End, (RIGHT, BOTTOM + 36.0), m.periodogram_x);
}

fn outline(points: &[PeriodPower], scale: &Scale) -> String {
    let mut data = format!("M{LEFT} {BOTTOM}");
    for point in points {
        let _ = write!(data, "L{} {}", Short(scale.x(point.period_s)), Short(scale.y(point.power)));
    }
    let _ = write!(data, "L{RIGHT} {BOTTOM}Z");
    data
}
