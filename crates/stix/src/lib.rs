//! STIX 2.1 and TAXII 2.1: objects that came are kept as they came, objects of our own are types.
//!
//! **What came from others**, in the order an exchange meets it: [`envelope`] cuts what was sent into objects;
//! [`received`] reads one of them and keeps its bytes, with [`fault`] saying what is wrong; [`deterministic`] makes the
//! identifier everybody gives an observable; [`marking`] tells who may see it and takes out what a reader may not;
//! [`pattern`] reads, matches and indexes patterns; [`taxii`] has the messages around all that. [`limits`] has every
//! limit on input.
//!
//! **What this program shares**: [`id`] and [`time`] (same input, same bytes), [`common`] (what every domain object
//! carries), [`marking`] (TLP 2.0), [`observable`] (addresses and traffic), [`domain`] (indicator, infrastructure, …),
//! [`relation`], [`bundle`].
//!
//! No I/O, no clock, no randomness. Sections cited are those of the OASIS standard "STIX Version 2.1" of 10 June 2021.
//!
//! ```
//! use noroshi_stix::{Limits, Received, envelope};
//!
//! let sent = br#"{"objects": [
//!     {"type": "ipv4-addr", "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "value": "198.51.100.3"},
//!     {"type": "ipv4-addr", "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "value": 3}
//! ]}"#;
//! let limits = Limits::default();
//! let items = envelope::split(sent, &limits)?;
//! assert_eq!(Received::read(items[0].bytes, &limits)?.kind(), "ipv4-addr");
//! let fault = Received::read(items[1].bytes, &limits).unwrap_err();
//! assert_eq!((fault.path.as_str(), fault.code.as_str()), ("value", "wrong-type"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
pub mod taxii;
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
