//! Every test of the store, on SQLite and on PostgreSQL.

mod accounts;
mod appending;
mod chaos;
mod classes;
mod events;
mod jobs;
mod leaves;
mod opening;
mod words;
