//! `/taxii2`: the TAXII 2.1 server (OASIS standard, 10 June 2021). Objects leave as they came, as far as their markings
//! are open to whoever asks.
//!
//! [`negotiate`] reads the media types, [`filter`] the query, [`answer`] writes answers and errors; one file a resource.

mod answer;
mod collections;
mod filter;
mod negotiate;
mod objects;
mod root;

pub(crate) use answer::fault;
pub(crate) use collections::{list, one};
pub(crate) use objects::{add, manifest, object, objects, versions, withdraw};
pub(crate) use root::{api_root, discovery, status};

/// Where the API root stands.
pub(crate) const ROOT: &str = "/taxii2/api/";
/// The media type of every answer.
pub(crate) const MEDIA_TYPE: &str = "application/taxii+json;version=2.1";
/// The media type of what is in collections.
pub(crate) const STIX_TYPE: &str = "application/stix+json;version=2.1";

/// Whether a path is one of TAXII's.
pub(crate) fn is_at(path: &str) -> bool {
    path == "/taxii2" || path.starts_with("/taxii2/")
}
