//! What an evaluation says. Every name here is a stable name of the JSON.

use crate::fm1::Fm1;
use crate::interval::Interval;
use crate::ranking::Ranking;
use noroshi_flow::Balance;
use noroshi_model::Micros;
use serde::Serialize;

/// An evaluation, as `noroshi evaluate --format json` writes it.
///
/// `format` is 1 until a name changes its meaning. `captures[]` each have `name`, what was there
/// (`botnet_hosts`, `normal_hosts`, `background_hosts`, `command_servers`, `first_command`, `frames`,
/// `days`, `records`, `malicious_records`, `balance`), `null_run`, and `samplings[]`; each of those
/// has `sampling`, `runs[]` (one a seed: `online`, `retrospective`, `ranking`,
/// `time_to_detect_s`, `false_positives`, `findings_flagging`) and the means over seeds with 95%
/// intervals in `summary`. Shares lie in 0..=1, times are RFC 3339 UTC, an absent value is `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Version of this structure.
    pub format: u32,
    /// Length of a frame, seconds.
    pub frame_s: u32,
    /// Frames from one online run to the next.
    pub frame_step: u32,
    /// Each capture by itself; captures are never mixed.
    pub captures: Vec<CaptureResult>,
}

/// One capture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaptureResult {
    /// As the caller named it.
    pub name: String,
    /// Domestic hosts labelled botnet at any time.
    pub botnet_hosts: u64,
    /// Domestic hosts labelled normal and never botnet.
    pub normal_hosts: u64,
    /// Other domestic hosts.
    pub background_hosts: u64,
    /// Command servers seen.
    pub command_servers: u64,
    /// First command flow.
    pub first_command: Option<Micros>,
    /// Frames in which a domestic host was active.
    pub frames: u64,
    /// Length, days.
    pub days: f64,
    /// Records the mandate admits.
    pub records: u64,
    /// Of them labelled malicious.
    pub malicious_records: u64,
    /// What became of every record at 1:1.
    pub balance: Balance,
    /// The run without anything labelled malicious.
    pub null_run: NullRun,
    /// By sampling.
    pub samplings: Vec<SamplingResult>,
}

/// A run from which every labelled malicious record was taken: whatever it finds is wrong, or was
/// there and nobody labelled it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NullRun {
    /// Records removed.
    pub removed: u64,
    /// False positives.
    pub false_positives: FalsePositives,
}

/// One sampling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SamplingResult {
    /// One in how many packets.
    pub sampling: u32,
    /// One a seed; at 1:1 there is only one.
    pub runs: Vec<SeedResult>,
    /// Means over seeds.
    pub summary: Summary,
}

/// One seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedResult {
    /// The seed.
    pub seed: u64,
    /// Predictions made without knowing the future.
    pub online: FrameScore,
    /// Predictions of a run over the whole capture.
    pub retrospective: FrameScore,
    /// The list of the whole run.
    pub ranking: Ranking,
    /// From the first command flow to the end of the first frame whose run names its server.
    pub time_to_detect_s: Option<f64>,
    /// Of the whole run.
    pub false_positives: FalsePositives,
    /// Findings of medium severity and above.
    pub findings_flagging: u64,
    /// Whether every record of the run is accounted for.
    pub adds_up: bool,
}

/// The CTU-13 measure, and beside it what it leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FrameScore {
    /// The measure.
    #[serde(flatten)]
    pub fm1: Fm1,
    /// Its interval over hosts.
    pub fm1_over_hosts: Option<Interval>,
    /// Normal hosts flagged in any frame.
    pub normal_flagged: u64,
    /// Background hosts flagged in any frame.
    pub background_flagged: u64,
}

/// What was wrongly accused.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FalsePositives {
    /// Findings above low that are about nothing malicious.
    pub findings: u64,
    /// Normal and background hosts flagged.
    pub hosts: u64,
    /// Of so many normal and background hosts.
    pub of_hosts: u64,
    /// 95% upper bound of the share of hosts.
    pub hosts_share_upper: f64,
    /// The share of hosts and its bootstrap interval.
    pub hosts_share: Option<Interval>,
    /// False findings for 10^6 hosts a day.
    pub per_million_host_days: f64,
    /// Its 95% upper bound; with none seen, the rule of three.
    pub per_million_host_days_upper: f64,
    /// The first of them, as `detector server:port severity`; domestic ends are pseudonyms.
    pub examples: Vec<String>,
}

/// Means over seeds with 95% bootstrap intervals; absent where no seed has a value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// FM1 online.
    pub fm1_online: Option<Interval>,
    /// FM1 in retrospect.
    pub fm1_retrospective: Option<Interval>,
    /// Background hosts flagged online.
    pub background_flagged: Option<Interval>,
    /// Recall of command servers.
    pub recall: Option<Interval>,
    /// Area under precision and recall.
    pub pr_auc: Option<Interval>,
    /// Rank of the first command server, over the seeds that have one.
    pub first_rank: Option<Interval>,
    /// Time to detect, over the seeds that did.
    pub time_to_detect_s: Option<Interval>,
    /// Seeds that detected a command server online.
    pub seeds_detecting: u64,
    /// Normal and background hosts flagged by the whole run.
    pub false_hosts: Option<Interval>,
    /// False findings for 10^6 hosts a day.
    pub per_million_host_days: Option<Interval>,
}
