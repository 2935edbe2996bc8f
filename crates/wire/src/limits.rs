//! A limit on everything this crate holds or reads.

/// Bytes in one exported message: fits an Ethernet frame with room for tunnels.
pub const EXPORT_MESSAGE_BYTES: usize = 1_400;
/// Bytes in one exported message at least: header, set header and the widest record.
pub const EXPORT_MESSAGE_BYTES_MIN: usize = 512;
/// Bytes in one exported message at most: the IPFIX length field.
pub const EXPORT_MESSAGE_BYTES_MAX: usize = 65_535;

/// Fields in one template.
pub const TEMPLATE_FIELDS_MAX: usize = 512;
/// Templates of one exporter and domain.
pub const TEMPLATES_PER_DOMAIN_MAX: usize = 1_024;
/// Exporters (address, protocol, domain) tracked at once.
pub const EXPORTERS_MAX: usize = 16_384;
/// Bytes of template records of all exporters together.
pub const TEMPLATE_BYTES_MAX: usize = 64 << 20;
/// Sampling rates of one exporter and domain.
pub const SAMPLING_RATES_MAX: usize = 4_096;
/// Sampling rates of all exporters together.
pub const SAMPLING_RATES_ALL_MAX: usize = 1 << 20;
/// Bytes of data held until their template comes.
pub const HELD_BYTES_MAX: usize = 8 << 20;
/// Sets of data held until their template comes.
pub const HELD_SETS_MAX: usize = 8_192;
/// Seconds data is held until its template comes: routers repeat templates every 10 to 30 minutes.
pub const HELD_SECONDS_MAX: i64 = 1_800;
/// Seconds after which an exporter that fell silent makes room for another.
pub const EXPORTER_IDLE_SECONDS_MAX: i64 = 3_600;
/// A larger jump in a sequence number is a restart, not a loss.
pub const SEQUENCE_GAP_MAX: u32 = 10_000_000;
/// How far behind a late datagram may be before it is a restart.
pub const SEQUENCE_LATE_MAX: u32 = 100_000;
/// Records in one set: a set has 65,535 bytes at most.
pub const RECORDS_PER_SET_MAX: usize = 65_535;
/// Samples in one sFlow datagram.
pub const SFLOW_SAMPLES_MAX: u32 = 4_096;
/// Records in one sFlow sample.
pub const SFLOW_RECORDS_MAX: u32 = 64;
/// Bytes in one export message: the largest UDP payload and the largest IPFIX message.
pub const MESSAGE_BYTES_MAX: usize = 65_535;
/// Records in one NetFlow v5 datagram, by its definition.
pub const NETFLOW5_RECORDS_MAX: usize = 30;
/// Records a decoder gathers before they are worth handing to the intake.
pub const GATHER_RECORDS: usize = 1_024;

/// Flows in a meter's table.
pub const FLOWS_MAX: usize = 262_144;
/// Seconds after which a flow that goes on is reported in parts.
pub const FLOW_ACTIVE_SECONDS: i64 = 1_800;
/// Seconds of silence that end a flow.
pub const FLOW_IDLE_SECONDS: i64 = 60;
/// Seconds a closed TCP connection is kept for stragglers.
pub const CLOSED_SECONDS: i64 = 5;
/// DNS questions waiting for their answer.
pub const DNS_WAITING_MAX: usize = 65_536;
/// Seconds a DNS question waits for its answer.
pub const DNS_WAITING_SECONDS: i64 = 10;
/// Bytes of a capture held at once; a packet is at most 256 KiB.
pub const CAPTURE_BUFFER_BYTES: usize = 1 << 20;
/// Interfaces of one pcapng section.
pub const CAPTURE_INTERFACES_MAX: usize = 1_024;
