//! A limit on everything an output holds.

/// Findings written out in full in the HTML report.
pub const FINDINGS_IN_FULL_MAX: usize = 200;
/// Findings in the compact table of the HTML report.
pub const FINDINGS_COMPACT_MAX: usize = 1_000;
/// Findings in the table on the terminal.
pub const FINDINGS_ON_TERMINAL_MAX: usize = 500;
/// Findings in a STIX bundle.
pub const FINDINGS_IN_STIX_MAX: usize = 5_000;
/// Clients shown for one finding.
pub const CLIENTS_MAX: usize = 24;
/// Beats drawn for one client.
pub const BEATS_MAX: usize = 400;
/// Evidence shown for one finding.
pub const EVIDENCE_MAX: usize = 40;
/// Points of a periodogram drawn.
pub const PERIODOGRAM_POINTS_MAX: usize = 720;
/// Intervals of clients over time drawn.
pub const INTERVALS_MAX: usize = 400;
/// Hops of a path drawn.
pub const HOPS_MAX: usize = 60;
/// Hosts drawn in one column of a path.
pub const HOSTS_IN_COLUMN_MAX: usize = 12;
/// Inputs listed.
pub const INPUTS_MAX: usize = 20;
/// Rows of the ground truth listed.
pub const TRUTH_ROWS_MAX: usize = 200;
/// Countries listed.
pub const COUNTRIES_MAX: usize = 300;
/// Characters of any one text that comes from input.
pub const TEXT_CHARS_MAX: usize = 240;
/// Narrowest and widest table on the terminal, in columns.
pub const WIDTH_MIN: u16 = 60;
/// See [`WIDTH_MIN`].
pub const WIDTH_MAX: u16 = 220;
