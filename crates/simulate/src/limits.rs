//! A limit on everything a plan may ask for.

/// Active domestic hosts.
pub const HOSTS_MAX: u32 = 2_000_000;
/// Days simulated.
pub const DAYS_MAX: u32 = 366;
/// One in how many packets the exporters look at.
pub const SAMPLING_MAX: u32 = 65_536;
/// Seconds of the active timeout.
pub const ACTIVE_TIMEOUT_S_MAX: u32 = 3_600;
/// Botnets in a plan.
pub const BOTNETS_MAX: usize = 256;
/// Infected hosts as a share of all domestic hosts, one in how many. A nation in which more are
/// infected is not the problem this program is for.
pub const INFECTED_ONE_IN_MIN: u32 = 3;
/// Shortest period of a botnet, seconds: below it a beacon is a stream.
pub const PERIOD_S_MIN: f64 = 1.0;
/// Longest period of a botnet, seconds (a week).
pub const PERIOD_S_MAX: f64 = 604_800.0;
/// Records sent over UDP in one burst before the pace is checked again.
pub const BURST_RECORDS: u64 = 512;
