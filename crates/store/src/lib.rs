//! The only crate that speaks SQL: SQLite and PostgreSQL, one text, named transactions that take the leaf.
//!
//! In the order a change takes: [`Db`] opens the database by URL and runs named transactions; [`event`]
//! writes what happened with its ledger [`leaf`], which waits there for the sequencer, and the [`job`]s it
//! sets off; [`snapshot`] shortens a long history; [`append`] carries many leaves in one commit. [`account`]
//! keeps organisations, people and what proves who they are, [`intel`] what is shared.
//!
//! What is deliberately absent: a function that writes an event or reference data without a leaf, a
//! secret in the clear, and a statement that only one of the two databases understands.

pub mod account;
pub mod append;
mod db;
mod error;
pub mod event;
mod every;
mod group;
pub mod intel;
pub mod job;
pub mod leaf;
pub mod limits;
mod meter;
mod migrate;
mod place;
mod row;
pub mod settle;
pub mod snapshot;
#[cfg(feature = "testkit")]
#[allow(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "a part of tests, built for nothing else")]
pub mod testkit;
mod version;

pub use append::Appender;
pub use db::{Db, Tx, Work};
pub use error::{StoreError, TxError};
pub use event::{Projection, Record, RecordError, Recorded};
pub use leaf::LeafEntry;
pub use meter::TxCount;
pub use migrate::schema_version_known;
pub use place::Dialect;
pub use settle::LedgerFault;
pub use version::Version;
