//! The only crate that speaks SQL: SQLite and PostgreSQL, one text, named transactions that take the leaf.
