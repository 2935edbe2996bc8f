//! What people do: mandates, decisions, hunts, organisations. Pure: a state and a command give an event or a refusal.
//!
//! [`topic`] says what a governed thing is; [`party`] who takes part, by which roles and clearance.

pub mod party;
pub mod topic;

pub use topic::Topic;
