//! May we? A mandate says on what basis which traffic metadata may be read, and what for.
//!
//! In the order they are met: [`file`] parses and validates a mandate with source positions,
//! [`place`] decides where an address stands, [`scope`] decides whether one flow is covered,
//! [`permit`] is the proof, asked for by every governed function, that somebody checked.

pub mod file;
pub mod limits;
pub mod permit;
pub mod place;
pub mod scope;

pub use file::{CountryTable, Mandate, MandateError};
pub use permit::{Act, Analyze, Collect, Evaluate, Permit, Refusal, authorise};
pub use place::PlaceTable;
pub use scope::{DropReason, FlowKey, Scope, Verdict};
