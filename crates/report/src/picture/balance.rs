//! The balance as one bar: what was received, and what became of it.

use super::svg::Svg;

const WIDTH: f64 = 760.0;
/// A part that exists is never thinner than this, so that it can be seen.
const THINNEST: f64 = 3.0;

/// One part of the bar.
pub(crate) struct Part {
    pub(crate) class: &'static str,
    pub(crate) label: String,
    pub(crate) records: u64,
}

/// The bar; nothing if no record was received.
pub(crate) fn balance(name: &str, description: &str, parts: &[Part]) -> Option<String> {
    let all: u64 = parts.iter().fold(0, |sum, part| sum.saturating_add(part.records));
    if all == 0 {
        return None;
    }
    let share = |part: &Part| part.records as f64 / all as f64 * WIDTH;
    let width = |part: &Part| if part.records == 0 { 0.0 } else { share(part).max(THINNEST) };
    let shrink = WIDTH / parts.iter().map(width).sum::<f64>();
    let mut svg = Svg::new(WIDTH, 34.0);
    let mut x = 0.0;
    for part in parts.iter().filter(|part| part.records > 0) {
        let wide = width(part) * shrink;
        let hint = format!("{}: {}", part.label, crate::numbers::count(part.records));
        svg.rect(part.class, (x, 0.0), (wide - 1.0, 34.0), &hint);
        x += wide;
    }
    Some(svg.finish(name, description))
}
