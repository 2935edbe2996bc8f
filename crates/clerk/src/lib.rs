//! What the hub does of itself, without being asked: the duties of a clerk.
//!
//! - [`genesis`]: the log's first line, with the promises everything after is held to.
//! - [`scribe`]: carries lines from the database into the log, in order, once, and brings the receipts back.
//! - [`standing`]: which intents are open and how often the hub has beaten, read from the log itself.
//! - [`duties`]: heartbeats; terms that run out; requests and answers told to the commission, its decisions
//!   brought back; keys destroyed when their time is over.
//! - [`commission`]: the commission's routes, as its document describes them.
//!
//! Every duty can be done twice without harm: what was done already is refused by the state it left.

pub mod commission;
pub mod duties;
pub mod genesis;
pub mod scribe;
pub mod standing;

pub use commission::{Commission, CommissionError};
pub use duties::Duties;
pub use scribe::{Scribe, ScribeError};
pub use standing::Standing;
