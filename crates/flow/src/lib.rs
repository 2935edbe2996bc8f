//! Collect and select: what happens to a flow record between a decoder and a detector.
//!
//! In data-flow order: a decoder offers a [`record::FlowRecord`] (or whole [`columns::FlowColumns`])
//! to the [`intake`], which asks the mandate's scope and forgets what is not covered; the
//! [`balance`] counts both. There is no column for content, here or anywhere.

pub mod balance;
pub mod broad;
pub mod columns;
pub mod contact;
pub mod damage;
pub mod features;
pub mod intake;
pub mod lake;
pub mod limits;
pub mod names;
pub mod pseudonym;
pub mod record;
pub mod selection;
pub mod sketch;
pub mod source;

pub use balance::Balance;
pub use broad::{Broad, BroadLimits};
pub use columns::FlowColumns;
pub use contact::{Contact, Turner};
pub use damage::Damage;
pub use intake::{DnsQuery, FlowSink, Intake, SinkError};
pub use lake::{Kept, Lake};
pub use pseudonym::{PseudonymKey, Pseudonyms};
pub use record::{FlowRecord, Outcome};
pub use selection::{SelectionSet, Selector};
pub use source::Source;
