//! What TAXII 2.1 says over HTTP, without the HTTP: strings in, types out.
//!
//! [`media`] decides what a client may be answered (406) and what it may send (415), [`filter`] reads the query of a
//! request (400 with the name of what is wrong), [`resource`] are the bodies of answers, and
//! [`crate::envelope`] is the one body whose objects are never turned into types.
//!
//! Sections cited in this module are those of the OASIS standard "TAXII Version 2.1" of 10 June 2021.

pub mod filter;
pub mod media;
pub mod resource;

pub use filter::{Endpoint, FilterFault, Filters, Version};
pub use resource::{
    ApiRoot, Collection, Collections, Discovery, ErrorMessage, Manifest, ManifestRecord, Status, StatusDetails,
    StatusState, Versions,
};

/// Header with the date added of the first object of an answer (section 5.4).
pub const DATE_ADDED_FIRST: &str = "X-TAXII-Date-Added-First";
/// Header with the date added of the last object of an answer (section 5.4).
pub const DATE_ADDED_LAST: &str = "X-TAXII-Date-Added-Last";
