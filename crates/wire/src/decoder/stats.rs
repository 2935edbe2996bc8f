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

impl DecoderStats {
    /// Adds what another decoder met, on another thread or another input.
    pub fn merge(&mut self, other: &Self) {
        self.records.merge(&other.records);
        self.messages.merge(&other.messages);
        let pairs = [
            (&mut self.datagrams, other.datagrams),
            (&mut self.unknown_version, other.unknown_version),
            (&mut self.templates, other.templates),
            (&mut self.withdrawals, other.withdrawals),
            (&mut self.templates_refused, other.templates_refused),
            (&mut self.options_records, other.options_records),
            (&mut self.sampling_rates, other.sampling_rates),
            (&mut self.sets_held, other.sets_held),
            (&mut self.sets_replayed, other.sets_replayed),
            (&mut self.sets_expired, other.sets_expired),
            (&mut self.records_not_flows, other.records_not_flows),
            (&mut self.lost_records, other.lost_records),
            (&mut self.lost_datagrams, other.lost_datagrams),
            (&mut self.out_of_order, other.out_of_order),
            (&mut self.restarts, other.restarts),
            (&mut self.samples_skipped, other.samples_skipped),
            (&mut self.samples_not_ip, other.samples_not_ip),
            (&mut self.exporters_refused, other.exporters_refused),
        ];
        for (mine, theirs) in pairs {
            *mine += theirs;
        }
    }
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
    /// Adds another count.
    pub fn merge(&mut self, other: &Self) {
        self.netflow5 += other.netflow5;
        self.netflow9 += other.netflow9;
        self.ipfix += other.ipfix;
        self.sflow += other.sflow;
    }

    /// Every protocol together.
    pub fn total(&self) -> u64 {
        self.netflow5 + self.netflow9 + self.ipfix + self.sflow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_is_merged() {
        let ones = |value: u64| {
            let text = serde_json::to_string(&DecoderStats::default()).unwrap();
            serde_json::from_str::<serde_json::Value>(&text.replace(":0", &format!(":{value}"))).unwrap()
        };
        let mut stats = filled();
        stats.merge(&filled());
        assert_eq!(serde_json::to_value(&stats).unwrap(), ones(2));
    }

    fn filled() -> DecoderStats {
        let each = ProtocolCounts { netflow5: 1, netflow9: 1, ipfix: 1, sflow: 1 };
        DecoderStats {
            records: each,
            messages: each,
            datagrams: 1,
            unknown_version: 1,
            templates: 1,
            withdrawals: 1,
            templates_refused: 1,
            options_records: 1,
            sampling_rates: 1,
            sets_held: 1,
            sets_replayed: 1,
            sets_expired: 1,
            records_not_flows: 1,
            lost_records: 1,
            lost_datagrams: 1,
            out_of_order: 1,
            restarts: 1,
            samples_skipped: 1,
            samples_not_ip: 1,
            exporters_refused: 1,
        }
    }
}
