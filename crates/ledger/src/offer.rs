//! A signed checkpoint on its way to those who cosign it.

use std::time::Duration;

use crate::head::Head;
use crate::note::Note;
use crate::policy::Policy;
use crate::reader::Reader;

/// A checkpoint the log has signed, and the tree it was signed for. Cheap to clone.
#[derive(Clone)]
pub struct Offer {
    /// The checkpoint, with the log's signature.
    pub checkpoint: Note,
    /// What it says.
    pub head: Head,
    /// The tree, for proofs and entries.
    pub reader: Reader,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Collected {
    /// The checkpoint with the cosignatures that came in time.
    pub checkpoint: Note,
    /// The largest tree a witness says it has seen, when that is larger than the one offered: the log is behind.
    pub seen_larger: Option<u64>,
    /// What kept the others from cosigning, one sentence each.
    pub failures: Vec<String>,
}

/// Those who cosign, and how to reach them.
pub trait Witnesses: Send {
    /// Asks for cosignatures until `policy` is satisfied or `limit` has passed. May return earlier, with fewer.
    fn collect(&mut self, offer: &Offer, policy: &Policy, limit: Duration) -> Collected;
}

/// Nobody: for a log whose policy is `quorum none`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Witnesses for Nobody {
    fn collect(&mut self, offer: &Offer, _: &Policy, _: Duration) -> Collected {
        Collected { checkpoint: offer.checkpoint.clone(), seen_larger: None, failures: Vec::new() }
    }
}
