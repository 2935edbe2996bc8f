//! The hub as a service: what pages read and ask for, the clerk's rounds, configuration, first start, doctor.
//!
//! - [`Config`]: a file that refuses unknown keys.
//! - [`Hub::open`]: database, log, policies and commission put together; refuses to start where they
//!   tell different stories, or where the clock is behind the log.
//! - [`Hub::serve`]: pages, the scribe and the clerk, until told to stop.
//! - [`Desk`]: the hub as the pages see it; every deed goes through `acts`.
//! - [`first_start`]: one administrator, by a one-time link.
//! - [`doctor()`]: what is wrong and what to do, without changing anything.
//!
//! It reads no clock, no randomness and no environment: [`Sources`] come from the program.

mod config;
mod desk;
mod doctor;
pub mod first_start;
mod hub;
mod keys;
mod log;

pub use config::{BadConfig, CommissionConfig, Config, Promises};
pub use desk::Desk;
pub use doctor::{Check, Health, doctor};
pub use hub::{Hub, NotOpened, Stopped};
pub use noroshi_web::Sources;
