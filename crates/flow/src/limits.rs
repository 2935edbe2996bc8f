//! A limit on everything this crate holds.

/// Records a decoder gathers before it hands them on.
pub const BATCH_RECORDS: usize = 8_192;
/// Damaged records described one by one; the rest are only counted.
pub const DAMAGE_NOTES_MAX: usize = 8;
