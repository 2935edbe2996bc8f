//! A limit on everything this crate reads.

use noroshi_stix::Limits;

/// Bytes of one JSON document: a manifest or an event.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 20;
/// Lists and objects inside each other. MISP's deepest documents have 8.
pub const DEPTH_MAX: usize = 32;
/// Values of any kind in one document.
pub const VALUES_MAX: usize = 4_000_000;
/// Events in one manifest.
pub const MANIFEST_EVENTS_MAX: usize = 1_000_000;
/// Attributes and objects of one event, those inside objects counted.
pub const ITEMS_MAX: usize = 200_000;
/// Bytes of one value of an attribute. MISP's own column holds 65,535.
pub const VALUE_BYTES_MAX: usize = 1 << 20;
/// Bytes of a name: a type, a category, a relation, a tag.
pub const NAME_BYTES_MAX: usize = 1_024;
/// Tags, clusters or sightings of one thing.
pub const MARKS_MAX: usize = 4_096;
/// References of one object.
pub const REFERENCES_MAX: usize = 10_000;
/// STIX objects in one conversion to MISP.
pub const STIX_OBJECTS_MAX: usize = 100_000;
/// STIX objects kept in one event of their own; each takes four entries or more.
pub const KEPT_PER_EVENT_MAX: usize = 10_000;

/// Limits for STIX objects this crate makes. A report names every object of its event, so it may be long.
pub fn stix() -> Limits {
    Limits { object_bytes_max: DOCUMENT_BYTES_MAX, nodes_max: VALUES_MAX, properties_max: 100_000, ..Limits::default() }
}
