//! Binary flow exports and packets into gated columns: IPFIX, NetFlow, sFlow, pcap.
//!
//! In data-flow order: [`export`] is the sending side, for the simulator, tests and benchmarks;
//! [`element`] the numbers both sides share.

pub mod element;
pub mod export;
pub mod limits;

pub use export::{ExporterConfig, IpfixExporter};
