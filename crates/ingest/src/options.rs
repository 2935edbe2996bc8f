//! What the caller may choose about reading.

use crate::limits;

/// Limits and choices; [`OpenOptions::default`] suits nearly everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOptions {
    /// Compressed bytes of standard input kept at most for the second pass.
    pub spool_bytes_max: u64,
    /// Bytes decompressed from one input at most.
    pub decompressed_bytes_max: u64,
    /// Decompressed bytes per compressed byte at most, looked at after the first 64 MiB.
    pub ratio_max: u64,
    /// Read Suricata's one-way `netflow` events too. Off: they repeat what `flow` events say.
    pub suricata_netflow: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            spool_bytes_max: limits::SPOOL_BYTES_MAX,
            decompressed_bytes_max: limits::DECOMPRESSED_BYTES_MAX,
            ratio_max: limits::RATIO_MAX,
            suricata_netflow: false,
        }
    }
}
