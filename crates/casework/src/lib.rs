//! What people do: mandates, decisions, hunts, organisations. Pure: a state and a command give an event or a refusal.
//!
//! [`topic`] says what a governed thing is.

pub mod topic;

pub use topic::Topic;
