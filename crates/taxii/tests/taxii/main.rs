//! The client against servers: a faulty one of our own on loopback, and one of others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod command;
mod http;
mod kill;
mod letterbox;
mod medallion;
mod misbehaving;
mod pull;
mod push;
mod server;
mod shelf;
mod tls;
mod whatever;
mod world;
