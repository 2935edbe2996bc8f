//! Limits of everything that is read or kept while evaluating.

/// Labelled flows (malicious or normal) remembered of one capture.
pub const LABELLED_FLOWS_MAX: usize = 20_000_000;
/// Bytes of one label file after decompression.
pub const LABEL_FILE_BYTES_MAX: u64 = 64 << 30;
/// Bytes of one line of a label file; longer ones are an error.
pub const LABEL_LINE_BYTES_MAX: u64 = 1 << 20;
/// Bytes of a `truth.json`.
pub const TRUTH_BYTES_MAX: u64 = 256 << 20;
/// Admitted records of one capture held in memory, about 110 bytes each; a capture with more is read anew for each pass.
pub const HELD_RECORDS_MAX: usize = 8_000_000;
/// Host-frame entries kept of one capture.
pub const HOST_FRAMES_MAX: usize = 50_000_000;
/// Frames of one capture: more than a year of five minutes.
pub const FRAMES_MAX: usize = 120_000;
/// Bootstrap resamples at most.
pub const BOOTSTRAP_MAX: usize = 10_000;
/// Samplings and seeds asked for at most, each.
pub const VARIANTS_MAX: usize = 64;
/// Hosts times bootstrap resamples of one interval.
pub const BOOTSTRAP_TRACKS_MAX: usize = 20_000_000;
/// Calls injected into one background at most.
pub const INJECTED_CALLS_MAX: usize = 200_000;
