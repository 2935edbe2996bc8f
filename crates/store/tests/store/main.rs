//! Every test of the store, on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod accounts;
mod appending;
mod chaos;
mod classes;
mod events;
mod finding;
mod intel;
mod jobs;
mod leaves;
mod opening;
mod sharing;
mod words;
