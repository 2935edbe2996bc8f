//! The main job under the hub's mandates.
//!
//! In the order in which it happens:
//!
//! - [`Collector`] follows the life of a mandate: while it is in force, exports are received, and what is selected
//!   goes into one batch after the other.
//! - [`gate`] turns granted terms into what the gate of the decoder asks.
//! - [`Vault`] keeps batches, encrypted under keys that are split between the hub and the commission, and opens one
//!   only to a permit (`opens`).
//! - `keys` has the commission release its half, against the receipt of an intent and never otherwise.
//! - [`Inspected`] hands the commission what a selection followed from, when it wants to make it again.
//! - [`Reader`] answers hunts and opens pseudonyms, for the hub's desk.
//!
//! Clear records exist in memory only: in the folder [`Vault`] has for them, on a file system that is one.

mod collector;
mod gate;
mod inspected;
mod keys;
mod machine;
mod means;
mod opens;
mod reader;
mod vault;

pub use collector::{Collected, Collector, NotCollected};
pub use gate::{Places, gate};
pub use inspected::Inspected;
pub use means::Means;
pub use reader::Reader;
pub use vault::{Vault, VaultError};
