//! STIX 2.1 objects as types, for what this program shares: servers, how they were recognised, and who may see it.
//!
//! In the order an exchange needs them: [`id`] and [`time`] (same input, same bytes), [`common`] (what every
//! domain object carries), [`marking`] (TLP 2.0), [`observable`] (addresses and traffic), [`pattern`] (how to match
//! them), [`domain`] (indicator, infrastructure, …), [`relation`], [`bundle`]. No I/O, no clock.
//!
//! Sections cited are those of the OASIS standard "STIX Version 2.1" of 10 June 2021.

pub mod bundle;
pub mod common;
pub mod deterministic;
pub mod domain;
pub mod envelope;
pub mod fault;
pub mod id;
mod json;
pub mod limits;
pub mod marking;
pub mod observable;
pub mod pattern;
pub mod received;
pub mod relation;
mod rules;
mod selector;
pub mod time;

pub use bundle::{Bundle, Object};
pub use common::{Common, SpecVersion};
pub use fault::{Code, Fault, Warning};
pub use id::{Id, NotAnId};
pub use limits::Limits;
pub use marking::Tlp;
pub use pattern::Pattern;
pub use received::{GranularMarking, Received, Says};
pub use time::{NotATime, Timestamp};
