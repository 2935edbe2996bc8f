//! What a decoder met, counted. Nothing here names an address.

use serde::Serialize;

/// Counts since the decoder was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DecoderStats {
    /// Datagrams or messages offered.
    pub datagrams: u64,
    /// Flow records decoded, by protocol.
    pub records: ProtocolCounts,
    /// Datagrams by protocol.
    pub messages: ProtocolCounts,
    /// Datagrams of no version we read.
    pub unknown_version: u64,
    /// Data and options templates taken up, new or changed; a repeat does not count.
    pub templates: u64,
    /// Templates withdrawn (RFC 7011 §8.1).
    pub withdrawals: u64,
    /// Templates refused: malformed, or past a limit.
    pub templates_refused: u64,
    /// Options records read.
    pub options_records: u64,
    /// Sampling rates announced.
    pub sampling_rates: u64,
    /// Data sets that came before their template and were held.
    pub sets_held: u64,
    /// Held sets whose template came.
    pub sets_replayed: u64,
    /// Held sets given up: too old, or past the byte limit.
    pub sets_expired: u64,
    /// Records of templates that name no two addresses: interface counters, process statistics.
    pub records_not_flows: u64,
    /// Flow records lost between exporter and us, by sequence number (IPFIX, NetFlow v5).
    pub lost_records: u64,
    /// Datagrams lost between exporter and us, by sequence number (NetFlow v9, sFlow).
    pub lost_datagrams: u64,
    /// Datagrams that came late or twice.
    pub out_of_order: u64,
    /// Exporters that began to count anew.
    pub restarts: u64,
    /// sFlow counter samples and unknown samples, skipped.
    pub samples_skipped: u64,
    /// sFlow samples and packet sections without an IP packet we can read.
    pub samples_not_ip: u64,
    /// Exporters (address, protocol and domain) refused because too many were tracked.
    pub exporters_refused: u64,
}

/// One count for each export protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ProtocolCounts {
    /// NetFlow v5.
    pub netflow5: u64,
    /// NetFlow v9 (RFC 3954).
    pub netflow9: u64,
    /// IPFIX (RFC 7011).
    pub ipfix: u64,
    /// sFlow v5.
    pub sflow: u64,
}

impl ProtocolCounts {
    /// Every protocol together.
    pub fn total(&self) -> u64 {
        self.netflow5 + self.netflow9 + self.ipfix + self.sflow
    }
}
