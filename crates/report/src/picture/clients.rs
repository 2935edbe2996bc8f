//! Clients over time: one bar an interval.

use super::svg::{Anchor, Svg};
use super::time_axis::TimeAxis;
use crate::limits::INTERVALS_MAX;
use crate::messages::{Messages, fill};
use crate::numbers::{count, moment};
use noroshi_model::finding::ClientsAt;
use noroshi_model::{Finding, Micros};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 732.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 140.0;

/// Clients over time under a title, if there are two intervals or more.
pub(crate) fn clients_over_time(m: &Messages, finding: &Finding, title: &str) -> Option<String> {
    let mut bars: Vec<ClientsAt> = finding.clients_over_time.iter().take(INTERVALS_MAX).copied().collect();
    bars.sort_by_key(|bar| bar.at);
    let (first, last) = (bars.first()?.at, bars.last()?.at);
    let step = bars.windows(2).map(|pair| pair[1].at.0.saturating_sub(pair[0].at.0)).filter(|&step| step > 0).min()?;
    let most = bars.iter().map(|bar| bar.clients).max()?.max(1);
    let axis = TimeAxis::over(first, Micros(last.0.saturating_add(step)), LEFT, RIGHT);
    let mut svg = Svg::new(WIDTH, 180.0);
    axis.draw(&mut svg, TOP, BOTTOM);
    for value in [most, most / 2] {
        let y = BOTTOM - value as f64 / most as f64 * (BOTTOM - TOP);
        svg.line("grid", (LEFT, y), (RIGHT, y));
        svg.text("lb", Anchor::End, (LEFT - 6.0, y + 4.0), count(value));
    }
    for bar in &bars {
        let (x, next) = (axis.x(bar.at), axis.x(Micros(bar.at.0.saturating_add(step))));
        let height = bar.clients as f64 / most as f64 * (BOTTOM - TOP);
        let hint = format!("{} UTC: {}", moment(bar.at), count(bar.clients));
        svg.rect("bar", (x, BOTTOM - height), ((next - x - 1.0).max(0.6), height), &hint);
    }
    let least = bars.iter().map(|bar| bar.clients).min()?;
    let values = [("min", &*count(least)), ("max", &*count(most)), ("intervals", &*count(bars.len() as u64))];
    Some(svg.finish(title, &fill(m.clients_over_time_alt, &values)))
}
