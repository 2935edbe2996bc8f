//! The offline audit: from a copy of the log and public keys alone, whether every act fell inside a live mandate.
//!
//! In the order a log meets them: [`keys`] (whom to believe), [`bundle`] (authentic?), [`replay`] (the rules, line by
//! line), [`violation`] (what is wrong, as a code and a sentence). No network code, no async runtime, no clock. [`sample`]
//! makes lawful histories for tests and measurements.

pub mod bundle;
pub mod keys;
pub mod limits;
pub mod replay;
pub mod sample;
pub mod violation;

pub use keys::Keys;
pub use replay::{Replay, Trusted};
pub use violation::{Kind, Lang, Violation};
