//! A limit on everything this crate reads.

/// Bytes in a mandate file.
pub const MANDATE_BYTES_MAX: u64 = 4 << 20;
/// Prefixes in one list of a mandate file.
pub const PREFIXES_MAX: usize = 200_000;
/// Ranges in a registration table.
pub const REGISTRY_RANGES_MAX: usize = 4_000_000;
/// Days traffic of selected servers may be kept.
pub const RETENTION_DAYS_MAX: u32 = 3_650;
