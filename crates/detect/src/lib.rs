//! Detectors over server features and selected records, and the findings they make.
pub mod candidates;
pub mod context;
pub mod detectors;
pub mod engine;
pub mod lakeview;
pub mod live;
pub mod looks;
pub mod names;
pub mod pooled;
pub mod question;
pub mod rates;
pub mod rita;
pub mod run;
pub mod spectrum;
pub mod together;

pub use noroshi_select::{jitter, pulse, services, weigh};
