//! What a leaf may hold at most.

/// Bytes of one leaf. A tile log allows 65,535 (C2SP tlog-tiles); nothing honest comes near this.
pub const LEAF_BYTES_MAX: usize = 32 * 1024;
/// Batches one intent may name.
pub const INTENT_BATCHES_MAX: usize = 256;
/// Commissioners on a roster.
pub const COMMISSIONERS_MAX: usize = 15;
/// Signatures under one statement.
pub const SIGNATURES_MAX: usize = COMMISSIONERS_MAX;
/// Characters of a word (a rule, a policy, a source).
pub const WORD_CHARS_MAX: usize = 128;
