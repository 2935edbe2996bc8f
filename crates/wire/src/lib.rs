//! Binary flow exports and packets into gated columns: IPFIX, NetFlow, sFlow, pcap.
//!
//! In data-flow order: [`framing`] recognises an input and splits it into messages, [`exports`] and
//! [`packet`] read it to its end; a [`decoder`] turns export datagrams into columns for the intake;
//! [`export`] is the sending side, for the simulator, tests and benchmarks; [`element`] holds the
//! numbers both sides share.

pub mod context;
pub mod decoder;
pub mod element;
pub mod error;
pub mod export;
pub mod exports;
pub mod framing;
pub mod limits;
pub mod packet;
#[cfg(test)]
mod test_gate;

pub use context::CaptureContext;
pub use decoder::{DecoderLimits, DecoderStats, ExportDecoder, Origin, ProtocolCounts};
pub use error::WireError;
pub use export::{ExporterConfig, IpfixExporter};
pub use exports::read_exports;
pub use framing::{BinaryFormat, export_time, recognise};
pub use packet::{FlowMeter, MeterLimits, PacketStats, read_pcap};
