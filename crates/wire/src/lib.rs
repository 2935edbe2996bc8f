//! Binary flow exports and packets into gated columns: IPFIX, NetFlow, sFlow, pcap.
//!
//! In data-flow order: a [`decoder`] turns export datagrams into columns for the intake;
//! [`packet`] reads link and IP headers; [`export`] is the sending side, for the simulator, tests
//! and benchmarks; [`element`] holds the numbers both sides share.

pub mod decoder;
pub mod element;
pub mod export;
pub mod limits;
pub mod packet;

pub use decoder::{DecoderLimits, DecoderStats, ExportDecoder, Origin, ProtocolCounts};
pub use export::{ExporterConfig, IpfixExporter};
