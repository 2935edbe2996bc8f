//! MISP's formats, so that a stock MISP can take from us and we from it.
//!
//! [`strict`] reads JSON within limits and refuses what two readers could understand differently; [`event`] has
//! MISP's core format as types that keep what they do not know; [`to_stix`](mod@to_stix) makes an event into STIX
//! 2.1, and [`from_stix`](mod@from_stix) STIX objects into events; [`feed`] is the folder of files a MISP pulls: which events there are, which changed, and hashes of every
//! value for quick lookup.
//!
//! No I/O, no clock, no randomness.

pub mod attribute;
pub mod event;
pub mod feed;
mod fields;
pub mod from_stix;
pub mod galaxy;
mod keep;
pub mod limits;
pub mod object;
pub mod report;
pub mod sharing;
pub mod sighting;
pub mod strict;
pub mod tag;
pub mod to_stix;
mod types;

pub use attribute::Attribute;
pub use event::{Event, Refused};
pub use fields::FieldFault;
pub use from_stix::{FromStix, from_stix};
pub use galaxy::{Cluster, Galaxy};
pub use object::{Object, ObjectReference};
pub use report::EventReport;
pub use sharing::{Distribution, Organisation, SharingGroup};
pub use sighting::{Sighting, SightingKind};
pub use tag::Tag;
pub use to_stix::{Mode, ToStix, to_stix};
