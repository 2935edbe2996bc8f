//! What is sealed at most.

/// Bytes of one chunk of an encrypted batch, before encryption.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of a payload sealed to one recipient.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;
