//! Inputs: everything between what the user names and the [`noroshi_flow::Intake`].
//!
//! In data-flow order: [`inputs`] expands files, folders and standard input; a stream peels
//! compression and archives; [`format`](mod@format) recognises what is left by its content; one parser a format
//! ([`zeek`], [`argus`], [`suricata`], or the binary ones of `noroshi-wire`) turns lines into
//! records; the intake's gate decides; [`report`] says what was read, skipped and damaged.
//! [`udp`] is the same for live exports.
//!
//! Labels, payload columns and URIs that some formats carry are never parsed: a parser looks at
//! the columns it needs and at nothing else of the line.

pub mod argus;
pub mod error;
pub mod format;
pub mod inputs;
pub mod limits;
pub mod options;
pub mod progress;
pub mod report;
pub mod suricata;
pub mod text;
pub mod udp;
pub mod zeek;

mod archive;
mod binary;
mod layer;
mod pass;
mod spool;
mod stream;

pub use error::IngestError;
pub use format::Format;
pub use inputs::Inputs;
pub use options::OpenOptions;
pub use progress::{NoProgress, Progress};
pub use report::{InputReport, InputSummary};
pub use udp::{ReceiverOptions, UdpReceiver};
