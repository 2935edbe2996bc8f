//! The honest protocol: labels in, precision, recall and time to detect out.
//!
//! In data-flow order: [`labels`] reads what is known, [`capture`] reads the records behind the
//! mandate's gate and shows them through a [`view`] ([`thin`]ned, cut off, or without what is
//! malicious), [`activity`] says who was there to be found, [`mod@evaluate`] runs the detectors,
//! [`flags`], [`fm1`], [`ranking`], [`false_positives`] and [`interval`] measure, [`result`] and
//! [`table`] tell.

pub mod activity;
pub mod capture;
pub mod error;
pub mod evaluate;
pub mod false_positives;
pub mod flags;
pub mod fm1;
pub mod inject;
pub mod interval;
pub mod labels;
pub mod limits;
pub mod ranking;
pub mod result;
pub mod summary;
pub mod table;
pub mod thin;
pub mod view;

#[cfg(test)]
mod tests;

pub use error::EvaluateError;
pub use evaluate::{EvaluateOptions, LabelledCapture, Watch, evaluate};
pub use inject::{InjectOptions, Injection, inject};
pub use labels::Labels;
pub use result::Evaluation;
pub use table::{injection_table, markdown_rows, text_table};
