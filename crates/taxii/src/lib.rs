//! A client for TAXII 2.1: pulls what others share, pushes what one shares, and goes on where it was stopped.
//!
//! In the order a request meets them: [`address`] says where a server is and keeps everything within its origin;
//! [`secret`] and [`tls`] say who asks; [`client`] has every resource of the standard, with [`fault`] for what goes
//! wrong. Above it, [`pull`] fetches page by page to a [`sink`], which tells objects by their [`key`]; [`cursor`] is how
//! far it has come. [`push`] adds many objects in batches and keeps a journal.
//! [`command`] is all of it on a command line.
//!
//! ```no_run
//! use noroshi_taxii::{Address, Client, JsonLines, Limits, Pull, Setup, Surroundings};
//! # fn pull(surroundings: std::sync::Arc<dyn Surroundings>) -> Result<(), Box<dyn std::error::Error>> {
//! let collection = Address::parse("https://taxii.example.org/api/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/")?;
//! let client = Client::new(&collection, Setup::default(), surroundings);
//! let mut objects = JsonLines::open("objects.jsonl".as_ref(), &Limits::default())?;
//! let pulled = Pull::of(collection).run(&client, "objects.state".as_ref(), &mut objects)?;
//! println!("{} new", pulled.objects);
//! # Ok(())
//! # }
//! ```
//!
//! Blocking, one thread. The clock, waiting and chance are handed in ([`Surroundings`]). Sections cited are those of
//! the OASIS standard "TAXII Version 2.1" of 10 June 2021.

pub mod address;
pub mod client;
pub mod command;
pub mod cursor;
pub mod durable;
pub mod fault;
mod http;
pub mod key;
pub mod limits;
mod pace;
pub mod pull;
pub mod push;
mod query;
mod reach;
pub mod secret;
pub mod sink;
pub mod tls;

pub use address::Address;
pub use client::{Client, Given, Setup};
pub use fault::RequestError;
pub use limits::Limits;
pub use noroshi_stix::taxii::Filters;
pub use pace::Surroundings;
pub use pull::{Pull, Pulled};
pub use push::circle::Circle;
pub use push::input::{Input, InputFault, pieces};
pub use push::journal::Failure;
pub use push::{Push, Pushed};
pub use secret::{Credentials, Secret};
pub use sink::{JsonLines, Page, Sink};
pub use tls::Tls;
