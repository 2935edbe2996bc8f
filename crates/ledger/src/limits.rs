//! Everything that grows has a limit. Each is tested at the limit and one past it.

/// Bytes of one entry: what the length prefix of an entry bundle can say (tlog-tiles, "Log entries").
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Hashes of a full tile and entries of a full bundle (tlog-tiles, "Merkle Tree").
pub const TILE_WIDTH: u64 = 256;

/// Entries of a log. Beyond it, arithmetic on tree sizes in 64 bits would not be safe; at 10,000 entries a second it
/// takes nine hundred years.
pub const TREE_SIZE_MAX: u64 = 1 << 48;

/// Entries of one durable append: 256 full bundles.
pub const BATCH_ENTRIES_MAX: usize = 65_536;

/// Hashes of one proof, in every protocol (tlog-witness, tlog-mirror).
pub const PROOF_HASHES_MAX: usize = 63;

/// Bytes of a signed note somebody sends us. A checkpoint with a hundred cosignatures is some 15 kB.
pub const NOTE_BYTES_MAX: usize = 64 << 10;

/// Bytes of a receipt: note, proof, and extra data.
pub const RECEIPT_BYTES_MAX: usize = 256 << 10;

/// Bytes of a `tlog-policy` file.
pub const POLICY_BYTES_MAX: usize = 256 << 10;

/// Logs, witnesses and groups, each, of a `tlog-policy` (the specification asks for at least 32).
pub const POLICY_NAMES_MAX: usize = 256;

/// Bytes of one `add-entries` request: the client sends more requests when there is more to send.
pub const ADD_ENTRIES_BYTES_MAX: usize = 64 << 20;

/// Entry packages our client puts into one `add-entries` request.
pub const ADD_ENTRIES_PACKAGES_MAX: u64 = 256;

/// Pending checkpoints a mirror remembers for one log, so that an upload started under an older one may finish.
pub const PENDING_HEADS_MAX: usize = 8;

/// Bytes of the name of a log or cosigner (ML-DSA cosignatures allow 255, so we do too).
pub const NAME_BYTES_MAX: usize = 255;
