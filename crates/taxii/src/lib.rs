//! A client for TAXII 2.1: pulls what others share, pushes what one shares, and goes on where it was stopped.
//!
//! In the order a request meets them: [`address`] says where a server is and keeps everything within its origin;
//! [`secret`] and [`tls`] say who asks; [`client`] has every resource of the standard, with [`fault`] for what goes wrong.
//!
//! Blocking, one thread. The clock, waiting and chance are handed in ([`Surroundings`]). Sections cited are those of
//! the OASIS standard "TAXII Version 2.1" of 10 June 2021.

pub mod address;
pub mod client;
pub mod fault;
mod http;
pub mod limits;
mod pace;
mod query;
mod reach;
pub mod secret;
pub mod tls;

pub use address::Address;
pub use client::{Client, Given, Setup};
pub use fault::RequestError;
pub use limits::Limits;
pub use noroshi_stix::taxii::Filters;
pub use pace::Surroundings;
pub use secret::{Credentials, Secret};
pub use tls::Tls;
