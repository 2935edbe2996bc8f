//! The overseer's own program: mirror, witness, key release, votes, inspection. Depends on the ledger, not on the hub.
//!
//! In the order a newcomer needs them: [`office`] (what the commission holds and what it can be asked to do, one
//! operation a file), [`watch`] (the mirrored log and the replay that judges it), [`ballot`] (requests and votes),
//! [`inspect`] (findings, samples, canaries), [`rerun`] (a selection made again), [`report`] (the yearly report), [`keyring`], [`vault`] and [`records`]
//! (what lies on the disk), [`own_log`] (the commission is on the record too), [`http`] (routes and pages).
//! The clock and the randomness come from the program's wiring.

pub mod ballot;
pub mod config;
pub mod http;
pub mod inspect;
pub mod keyring;
pub mod limits;
pub mod messages;
pub mod office;
pub mod own_log;
pub mod problem;
pub mod records;
pub mod report;
pub mod rerun;
pub mod text;
pub mod vault;
pub mod watch;

pub use config::Config;
pub use office::Office;
pub use problem::Problem;
