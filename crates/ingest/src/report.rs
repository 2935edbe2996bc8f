//! What a pass read, skipped and found damaged.

use crate::format::Format;
use crate::limits::SUMMARIES_MAX;
use noroshi_flow::Damage;
use noroshi_wire::{DecoderStats, PacketStats};
use serde::Serialize;

/// What became of all inputs of one pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct InputReport {
    /// Each file or archive entry, in the order read; the first [`SUMMARIES_MAX`].
    pub inputs: Vec<InputSummary>,
    /// Inputs read but not described in `inputs`.
    pub inputs_left_out: u64,
    /// Flow records offered to the intake.
    pub records: u64,
    /// Lines or events understood and passed over: no flow, or a DNS name without the mandate's switch.
    pub skipped: u64,
    /// What could not be read.
    pub damage: Damage,
    /// What the binary decoder counted; absent when no binary export was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<ExportCounts>,
}

/// What the binary decoder counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportCounts {
    /// Datagrams, templates, sequence gaps.
    pub decoder: DecoderStats,
    /// Data sets whose template never came.
    pub sets_without_template: u64,
    /// Packets of captures.
    pub packets: PacketStats,
}

/// What became of one input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct InputSummary {
    /// As the user named it; an archive entry as `archive/entry`.
    pub name: String,
    /// What it was recognised as; `None` when it was passed over.
    pub format: Option<Format>,
    /// Flow records offered to the intake.
    pub records: u64,
    /// Of these, records of something that is not IP.
    pub not_ip: u64,
    /// DNS queries the mandate covered.
    pub dns: u64,
    /// Lines or events understood and passed over.
    pub skipped: u64,
    /// Bytes after decompression.
    pub bytes: u64,
    /// Why it was passed over or not read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl InputReport {
    /// Adds what became of one input.
    pub(crate) fn add(&mut self, summary: InputSummary) {
        self.records += summary.records;
        self.skipped += summary.skipped;
        if self.inputs.len() < SUMMARIES_MAX {
            self.inputs.push(summary);
        } else {
            self.inputs_left_out += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_stop_at_the_limit_and_totals_do_not() {
        let mut report = InputReport::default();
        for _ in 0..=SUMMARIES_MAX {
            report.add(InputSummary { records: 2, ..InputSummary::default() });
        }
        assert_eq!(report.inputs.len(), SUMMARIES_MAX);
        assert_eq!(report.inputs_left_out, 1);
        assert_eq!(report.records, 2 * (SUMMARIES_MAX as u64 + 1));
    }
}
