//! Every test of the store, on SQLite and on PostgreSQL.

mod accounts;
mod leaves;
mod opening;
mod words;
