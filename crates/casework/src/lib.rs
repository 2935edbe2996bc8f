//! What people do: mandates, decisions, hunts, organisations. Pure: a state and a command give an event or a refusal.
//!
//! [`topic`] says what a governed thing is; [`party`] who takes part, by which roles and clearance;
//! [`mandate`] what may be collected and why; [`batch`] what was kept and until when; [`detection`] what was
//! found in it; [`hunt`] questions asked of it; [`opening`] a pseudonym turned back; [`complaint`] what the
//! public says; [`share`] what is shared and with whom; [`said`] a text that somebody wrote.

pub mod batch;
pub mod complaint;
pub mod detection;
#[cfg(test)]
mod fixture;
pub mod hunt;
pub mod mandate;
pub mod opening;
pub mod party;
pub mod said;
pub mod share;
pub mod topic;

pub use said::Said;
pub use topic::Topic;
