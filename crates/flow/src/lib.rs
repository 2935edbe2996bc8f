//! Collect and select: what happens to a flow record between a decoder and a detector.
//!
//! In data-flow order: a decoder offers a [`record::FlowRecord`] (or whole [`columns::FlowColumns`])
//! to the [`intake`], which asks the mandate's scope and forgets what is not covered; the
//! [`balance`] counts both. There is no column for content, here or anywhere.

pub mod balance;
pub mod columns;
pub mod damage;
pub mod intake;
pub mod limits;
pub mod record;

pub use balance::Balance;
pub use columns::FlowColumns;
pub use damage::Damage;
pub use intake::{DnsQuery, FlowSink, Intake, SinkError};
pub use record::{FlowRecord, Outcome};
