//! Findings for people and programs: a table on the terminal, JSON lines, CSV, a STIX 2.1 bundle, and a
//! single-file HTML report with pictures.
//!
//! In the order a run needs them: [`context`] (what was looked at), the outputs [`table()`], [`json`], [`csv`],
//! [`stix`] and [`html()`], and [`atomic`], which puts a file in place whole or not at all. Beneath them: messages
//! in Japanese and English, words for every enum, numbers and times, the plain-language explanation, and pictures
//! as SVG. Same input, same bytes: no clock, no randomness, no order of a hash map.

pub mod atomic;
pub mod context;
pub mod csv;
mod explain;
mod html;
pub mod json;
mod language;
pub mod limits;
mod messages;
mod numbers;
mod picture;
pub mod stix;
mod table;
mod words;

pub use atomic::write_atomically;
pub use context::{RunContext, TruthResult, TruthRow, TruthSummary};
pub use csv::write_csv;
pub use html::{CannotRender, html};
pub use json::write_json_lines;
pub use language::Language;
pub use stix::stix_bundle;
pub use table::table;

use noroshi_model::Finding;

/// The findings, most severe first, whatever order they came in.
fn ranked(findings: &[Finding]) -> Vec<&Finding> {
    let mut ranked: Vec<_> = findings.iter().collect();
    ranked.sort_by(|a, b| a.rank(b));
    ranked
}
