//! What the commission looks at: the hub as a whole, and sealed entries of its ledger.

use super::Facts;
use crate::entity::{Attributes, Entity, Fault, Names};
use crate::permit::Object;
use noroshi_model::PersonId;
use std::collections::BTreeSet;

/// The hub as a whole: its board, its ledger, an inspection of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hub;

/// A sealed entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// Its index in the log.
    pub index: u64,
    /// Commissioners whose signature over the request to unseal was checked. A set, so that nobody counts twice.
    pub signers: BTreeSet<PersonId>,
    /// How many it takes.
    pub quorum: usize,
}

impl SealedEntry {
    /// Whether enough different people signed. A quorum below two is never reached: nobody unseals alone.
    pub fn quorum_reached(&self) -> bool {
        self.quorum >= 2 && self.signers.len() >= self.quorum
    }
}

impl Facts for Hub {
    fn object(&self) -> Object {
        Object::new("hub", "hub")
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        Ok(vec![Attributes::new(0).build(names.hub())?])
    }
}

impl Facts for SealedEntry {
    fn object(&self) -> Object {
        Object::new("sealed-entry", self.index)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(1);
        attributes.bool("quorumReached", self.quorum_reached());
        Ok(vec![attributes.build(names.sealed(self.index))?])
    }
}
