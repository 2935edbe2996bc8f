//! A limit on everything this crate reads or holds.

/// Bytes in one line of text; a longer one is damage and is skipped without being held.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Bytes looked at to recognise a format.
pub const SNIFF_BYTES: usize = 8 << 10;
/// Compression layers peeled off one input, and again off each entry of an archive.
pub const LAYERS_MAX: usize = 2;
/// Folders inside folders.
pub const FOLDER_DEPTH_MAX: usize = 32;
/// Files after folders are expanded.
pub const INPUTS_MAX: usize = 1_000_000;
/// Inputs described one by one in the report; the rest are only counted.
pub const SUMMARIES_MAX: usize = 10_000;
/// Bytes of an archive entry's name.
pub const ENTRY_NAME_BYTES_MAX: u64 = 4_096;
/// Columns in a header line.
pub const COLUMNS_MAX: usize = 512;
/// Bytes in a DNS name as written by a log, escapes included (253 octets at most on the wire, RFC 1035 §2.3.4).
pub const DNS_NAME_BYTES_MAX: usize = 1_024;
/// Bytes decompressed before the ratio is looked at: small files may compress very well.
pub const RATIO_GRACE_BYTES: u64 = 64 << 20;
/// Decompressed bytes per compressed byte. Real logs stay below 100; deflate ends at 1,032.
pub const RATIO_MAX: u64 = 2_000;
/// Bytes decompressed from one input.
pub const DECOMPRESSED_BYTES_MAX: u64 = 16 << 40;
/// Compressed bytes of standard input kept for the second pass.
pub const SPOOL_BYTES_MAX: u64 = 64 << 30;
/// Largest zstd window accepted, as a power of two: 128 MiB.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// Bytes in a UDP datagram.
pub const DATAGRAM_BYTES_MAX: usize = 65_535;
/// Datagrams taken from the kernel at once.
pub const DATAGRAM_BATCH_MAX: usize = 64;
