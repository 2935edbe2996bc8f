//! Packets: from captures and from the headers that samplers export. Payload bytes are looked at
//! in place and never kept.

mod capture;
mod dns;
pub(crate) mod header;
mod link;
mod meter;
#[cfg(test)]
mod tests;

pub use capture::{PacketStats, read_pcap};
pub use meter::{FlowMeter, MeterLimits};
