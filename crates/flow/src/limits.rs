//! A limit on everything this crate holds.

/// Records a decoder gathers before it hands them on.
pub const BATCH_RECORDS: usize = 8_192;
/// Records whose aggregates are looked up together: enough to keep the processor's line buffers
/// busy, few enough that what they touch is still in its second cache when it is changed.
pub const ROUND_RECORDS: usize = 256;
/// Damaged records described one by one; the rest are only counted.
pub const DAMAGE_NOTES_MAX: usize = 8;
/// Flows remembered of each side of a host that may be a relay: the last ones.
pub const RELAY_EVENTS_MAX: usize = 384;
/// Ports remembered at which such a host is called.
pub const RELAY_SERVICES_MAX: usize = 3;
/// Servers remembered that such a host calls.
pub const RELAY_UPSTREAMS_MAX: usize = 8;
/// Callers remembered of each of its ports.
pub const RELAY_CALLERS_MAX: usize = 16;
