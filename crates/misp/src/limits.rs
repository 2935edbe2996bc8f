//! A limit on everything this crate reads.

/// Bytes of one JSON document: a manifest or an event.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 20;
/// Lists and objects inside each other. MISP's deepest documents have 8.
pub const DEPTH_MAX: usize = 32;
/// Values of any kind in one document.
pub const VALUES_MAX: usize = 4_000_000;
/// Events in one manifest.
pub const MANIFEST_EVENTS_MAX: usize = 1_000_000;
