//! A limit on everything this crate holds or reads.

/// Bytes in one exported message: fits an Ethernet frame with room for tunnels.
pub const EXPORT_MESSAGE_BYTES: usize = 1_400;
/// Bytes in one exported message at least: header, set header and the widest record.
pub const EXPORT_MESSAGE_BYTES_MIN: usize = 512;
/// Bytes in one exported message at most: the IPFIX length field.
pub const EXPORT_MESSAGE_BYTES_MAX: usize = 65_535;
