//! The beats: one row a client, one tick a contact, gaps visible.

use super::svg::{Anchor, Short, Svg};
use super::time_axis::TimeAxis;
use crate::explain;
use crate::limits::{BEATS_MAX, CLIENTS_MAX};
use crate::messages::{Messages, fill};
use crate::numbers::{count, duration, moment};
use noroshi_model::finding::Client;
use noroshi_model::{Finding, Micros};
use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 732.0;
const ROW: f64 = 20.0;
/// With more periods than this on the axis single ticks run together, and a close-up is drawn beneath.
const PERIODS_READABLE: f64 = 120.0;
/// Beats in one row from which on strokes are thinner.
const DENSE: usize = 150;
/// Periods in the close-up.
const PERIODS_CLOSE: f64 = 40.0;

/// One row a client over the whole time.
pub(crate) fn beats(m: &Messages, finding: &Finding) -> Option<String> {
    let rows: Vec<_> = finding.client_list.iter().take(CLIENTS_MAX).filter(|client| !client.beats.is_empty()).collect();
    let (from, until) = reach(&rows)?;
    let drawn: usize = rows.iter().map(|client| shown(client).len()).sum();
    let bottom = 10.0 + ROW * rows.len() as f64;
    let mut svg = Svg::new(WIDTH, bottom + 40.0);
    let axis = TimeAxis::over(from, until, LEFT, RIGHT);
    axis.draw(&mut svg, 4.0, bottom);
    for (at, client) in rows.iter().enumerate() {
        let top = 10.0 + ROW * at as f64;
        svg.text("lb mono", Anchor::End, (LEFT - 10.0, top + 12.0), short_address(client));
        let class = if shown(client).len() > DENSE { "tick dense" } else { "tick" };
        svg.path(class, &ticks(&axis, shown(client), top), "");
    }
    let description = fill(
        m.beats_alt,
        &[
            ("clients", &count(rows.len() as u64)),
            ("beats", &count(drawn as u64)),
            ("first", &moment(from)),
            ("last", &moment(until)),
        ],
    );
    Some(svg.finish(m.beats, &description))
}

/// The first periods of the busiest client, where the whole picture is too dense to count. With its caption.
pub(crate) fn close_up(m: &Messages, finding: &Finding) -> Option<(String, String)> {
    let period = explain::period(finding)?;
    let client = finding.client_list.iter().take(CLIENTS_MAX).max_by_key(|client| client.beats.len())?;
    let (from, until) = reach(&[client])?;
    if until.seconds() - from.seconds() < period * PERIODS_READABLE {
        return None;
    }
    let until = Micros(from.0.saturating_add((period * PERIODS_CLOSE * 1e6) as i64));
    let near: Vec<_> = shown(client).iter().copied().filter(|at| (from..=until).contains(at)).collect();
    if near.len() < 3 {
        return None;
    }
    let mut svg = Svg::new(WIDTH, 70.0);
    let axis = TimeAxis::over(from, until, 10.0, RIGHT);
    axis.draw(&mut svg, 4.0, 32.0);
    svg.path("tick", &ticks(&axis, &near, 12.0), "");
    let span = duration(m, period * PERIODS_CLOSE);
    let caption = fill(m.beats_close, &[("span", &span), ("client", &client.pseudonym.to_string())]);
    let picture = svg.finish(&caption, &format!("{}: {}", m.clients, count(near.len() as u64)));
    Some((caption, picture))
}

/// Whether beats were left out of the picture.
pub(crate) fn is_cut(finding: &Finding) -> bool {
    finding.client_list.iter().take(CLIENTS_MAX).any(|client| client.beats.len() > BEATS_MAX)
}

fn shown(client: &Client) -> &[Micros] {
    &client.beats[..client.beats.len().min(BEATS_MAX)]
}

fn reach(clients: &[&Client]) -> Option<(Micros, Micros)> {
    let beats = || clients.iter().flat_map(|client| shown(client)).copied();
    Some((beats().min()?, beats().max()?))
}

/// One stroke a beat; beats on the same spot are drawn once.
fn ticks(axis: &TimeAxis, beats: &[Micros], top: f64) -> String {
    let mut spots: Vec<_> = beats.iter().map(|&at| (axis.x(at) * 10.0).round() as i64).collect();
    spots.sort_unstable();
    spots.dedup();
    let mut data = String::new();
    for spot in spots {
        let _ = write!(data, "M{} {}v{}", Short(spot as f64 / 10.0), Short(top), Short(ROW - 5.0));
    }
    data
}

/// The address, a long one with its middle left out.
fn short_address(client: &Client) -> String {
    let text = client.pseudonym.to_string();
    if text.len() <= 20 { text } else { format!("{}…{}", &text[..9], &text[text.len() - 9..]) }
}
