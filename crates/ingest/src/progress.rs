//! How a pass tells whoever watches how far it is.

use crate::format::Format;

/// Watches a pass. Every method does nothing unless overridden.
pub trait Progress: Sync {
    /// Bytes the pass will read from disk; `None` when not known.
    fn total(&self, _bytes: Option<u64>) {}
    /// An input begins.
    fn input(&self, _name: &str, _format: Format) {}
    /// So many more bytes were read from disk, before decompression.
    fn advanced(&self, _compressed_bytes: u64) {}
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {}
