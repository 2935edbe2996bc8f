//! Sharing (情報共有): collections are kept, intelligence is given, read, found and withdrawn.
//!
//! [`sight`] decides once for each label who sees what carries it; everything else takes what it gives.

mod find;
mod give;
mod index;
mod keep;
mod read;
mod sight;
mod withdraw;

pub use find::{Wanted, graph, matching, object, search};
pub use give::{Offered, give};
pub use index::catch_up;
pub use keep::keep;
pub use read::{collection, collections, page};
pub use sight::{Shelf, Sight, Sights};
pub use withdraw::withdraw;

use crate::{Asking, NotDone};
use noroshi_leaf::body::Intelligence;
use noroshi_leaf::{Body, Commitment};
use noroshi_model::CollectionId;
use noroshi_store::intel::Taken;
use noroshi_store::{LeafEntry, StoreError};

/// The line of objects given or withdrawn: how many, and a commitment to which.
fn line(asking: &Asking<'_>, collection: CollectionId, given: bool, list: &[Taken]) -> Result<LeafEntry, StoreError> {
    let lines: Vec<String> = list
        .iter()
        .map(|taken| format!("{} {} {}", taken.stix_id, taken.version, noroshi_leaf::Digest(taken.digest)))
        .collect();
    let list = Commitment::to(lines.join("\n").as_bytes(), &asking.salt());
    let body = Intelligence { collection, given, list, objects: lines.len() as u64 };
    asking.line(Body::Intelligence(body)).map_err(|error| match error {
        NotDone::Store(error) => error,
        other => StoreError::Inconsistent { table: "leaf", what: other.to_string() },
    })
}
