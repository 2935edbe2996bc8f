//! From STIX 2.1 to MISP.
//!
//! A report or grouping MISP made becomes an event again; what it is about becomes attributes and objects. Everything
//! else MISP has no counterpart for is kept whole, in objects of the template `stix2-object`.
//!
//! What [`to_stix`](mod@crate::to_stix) kept in `x_noroshi_misp` is taken only where making it into STIX again gives
//! exactly the objects that came. Otherwise somebody changed one and not the other, and two readers would see two
//! values; then the STIX objects count, read as the reference reads them.

mod attribute;
mod cluster;
mod event;
mod index;
mod object;
mod origin;
mod value;

use crate::event::Event;
use crate::limits::STIX_OBJECTS_MAX;
use index::Index;
use noroshi_stix::Received;

/// The events STIX objects were made into.
#[derive(Debug, Clone, Default)]
pub struct FromStix {
    /// One for each report or grouping of MISP, and one for what stands in none.
    pub events: Vec<Event>,
    /// What was left out: the object's identifier, and why.
    pub left: Vec<(String, String)>,
}

/// Why nothing was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{objects} objects are more than {STIX_OBJECTS_MAX}: send them in parts")]
pub struct TooMany {
    /// How many there are.
    pub objects: usize,
}

/// Makes STIX objects into events. Of two versions of one object the newer counts.
///
/// # Errors
/// [`TooMany`] past the limit.
pub fn from_stix(objects: &[Received]) -> Result<FromStix, TooMany> {
    if objects.len() > STIX_OBJECTS_MAX {
        return Err(TooMany { objects: objects.len() });
    }
    let mut index = Index::new(objects);
    let mut made = FromStix::default();
    for report in index.reports() {
        if let Some(event) = event::event(&mut index, report, &mut made.left) {
            made.events.push(event);
        }
    }
    event::rest(&mut index, &mut made);
    Ok(made)
}
