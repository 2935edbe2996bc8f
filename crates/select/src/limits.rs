//! What grows has a limit.

/// Servers looked at closely at most.
pub const CANDIDATES_MAX: usize = 1_000;
/// Servers of one hour whose figures are sealed: as many again as can be chosen, so that near misses show.
pub const FIGURES_MAX: usize = 2 * CANDIDATES_MAX;
/// Hours of one input: a batch of a week, with room.
pub const HOURS_MAX: usize = 200;
/// Servers a mandate names, and selectors of one set, in an input.
pub const SELECTORS_MAX: usize = HOURS_MAX * CANDIDATES_MAX;
/// Bytes of one input.
pub const INPUT_BYTES_MAX: usize = 64 * 1024 * 1024;
