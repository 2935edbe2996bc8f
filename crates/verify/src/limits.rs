//! What a replay keeps at most.

/// Violations kept in full; more are only counted. Who has ten thousand needs no list of the rest.
pub const VIOLATIONS_MAX: usize = 10_000;
/// Seconds the commission's clock and the hub's may differ before a certificate counts as from the future.
pub const CLOCKS_APART_SECONDS_MAX: i64 = 300;
/// Bytes of a keys file.
pub const KEYS_BYTES_MAX: u64 = 1 << 20;
/// Seconds a line may be older than one above it: a line is dated when its act is decided, and two at the same time may
/// reach the log in the other order.
pub const LINES_APART_SECONDS_MAX: i64 = 10;
