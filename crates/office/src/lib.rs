//! The hub as a service: what pages read and ask for, the clerk's rounds, configuration, first start, doctor.
//!
//! - [`Config`]: a file that refuses unknown keys.
//! - [`Hub::open`]: database, log, policies and commission put together; refuses to start where they
//!   tell different stories, or where the clock is behind the log.
//! - [`Hub::serve`]: pages, the scribe and the clerk, until told to stop.
//! - [`Desk`]: the hub as the pages see it; every deed goes through `acts`.
//! - [`Kept`]: what was kept, read by whoever has the engine, handed to [`Hub::reading`].
//! - [`first_start`]: one administrator, by a one-time link.
//! - [`demo`]: who takes part in a demonstration.
//! - [`doctor()`]: what is wrong and what to do, without changing anything.
//!
//! It reads no clock, no randomness and no environment: [`Sources`] come from the program.

mod config;
pub mod demo;
mod desk;
mod doctor;
pub mod first_start;
mod hub;
mod kept;
mod keys;
mod log;

pub use config::{BadConfig, CollectorConfig, CommissionConfig, Config, Fingerprint, Promises};
pub use desk::Desk;
pub use doctor::{Check, Health, doctor};
pub use hub::{Hub, NotOpened, Stopped};
pub use kept::{Kept, NotRead, Reading};
pub use noroshi_web::office::Table;
pub use noroshi_web::{DemoAccess, DemoRole, Sources};
