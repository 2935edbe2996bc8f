//! Progress for people who wait; nothing when quiet or not at a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use noroshi_detect::run::{Stage, Stages};
use noroshi_ingest::{Format, Progress};
use std::time::Duration;

/// A bar that knows the stages of a run.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar on standard error, hidden when `quiet` (and, by itself, when nobody looks).
    pub(crate) fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// A count of records instead of bytes.
    pub(crate) fn records(&self, message: String, records: u64) {
        self.0.set_style(style("{spinner} {msg}  {human_pos} records  {per_sec}"));
        self.0.set_message(message);
        self.0.set_position(records);
    }

    /// So many of so many.
    pub(crate) fn count(&self, message: String, done: u64, of: u64) {
        self.0.set_style(style("{spinner} {msg}  [{bar:30}] {pos}/{len}  {eta}"));
        self.0.set_length(of);
        self.0.set_message(message);
        self.0.set_position(done);
    }

    /// Clears the line.
    pub(crate) fn done(&self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Stages for Bar {
    fn stage(&self, stage: Stage) {
        let (message, reads) = match stage {
            Stage::Broad => ("1/4 broad: aggregates only", true),
            Stage::Score => ("2/4 score: choosing servers", false),
            Stage::Deep => ("3/4 deep: records of the chosen", true),
            Stage::Look => ("4/4 look: detectors", false),
        };
        self.0.set_message(message);
        if reads {
            self.0.set_style(style("{spinner} {msg}  [{bar:30}] {bytes}/{total_bytes}  {bytes_per_sec}  {eta}"));
            self.0.reset();
        } else {
            self.0.set_style(style("{spinner} {msg}  {elapsed}"));
        }
    }
}

impl Progress for Bar {
    fn total(&self, bytes: Option<u64>) {
        if let Some(bytes) = bytes {
            self.0.set_length(bytes);
        }
    }

    fn input(&self, name: &str, format: Format) {
        tracing::info!(name, ?format, "reading");
    }

    fn advanced(&self, compressed_bytes: u64) {
        self.0.inc(compressed_bytes);
    }
}
