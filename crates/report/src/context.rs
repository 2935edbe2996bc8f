//! What was looked at, under which mandate, and what became of it: the frame around the findings.

use noroshi_flow::{Balance, Damage};
use noroshi_model::{Detector, Micros};

/// Everything an output says about the run, besides the findings.
#[derive(Debug, Clone)]
pub struct RunContext {
    /// Version of the program, for example `0.1.0`.
    pub program_version: String,
    /// Which mandate.
    pub mandate_id: String,
    /// Its title.
    pub mandate_title: String,
    /// Hash of the mandate file.
    pub mandate_fingerprint: String,
    /// Inputs as the user named them.
    pub inputs: Vec<String>,
    /// First flow seen.
    pub traffic_from: Option<Micros>,
    /// Last flow seen.
    pub traffic_until: Option<Micros>,
    /// When the output was written.
    pub generated_at: Micros,
    /// Seed of everything random.
    pub seed: u64,
    /// What became of every record.
    pub balance: Balance,
    /// What could not be read.
    pub damage: Damage,
    /// Most memory the process held, where the system tells.
    pub memory_peak_bytes: Option<u64>,
    /// What was hidden in simulated traffic, and whether it was found.
    pub truth: Option<TruthSummary>,
}

/// Findings held against the ground truth of simulated or labelled traffic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TruthSummary {
    /// Hidden and found.
    pub found: u64,
    /// Hidden and not found.
    pub missed: u64,
    /// Found and not hidden.
    pub wrong: u64,
    /// One by one.
    pub rows: Vec<TruthRow>,
}

/// One hidden thing, or one wrong finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruthRow {
    /// What it is, for example a family's name and a server.
    pub what: String,
    /// How it went.
    pub result: TruthResult,
    /// Who found it.
    pub by: Option<Detector>,
}

/// How one hidden thing went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TruthResult {
    /// Hidden and found.
    Found,
    /// Hidden and not found.
    Missed,
    /// Found and not hidden.
    Wrong,
}
