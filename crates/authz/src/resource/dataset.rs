//! Kept records, and what was found in them.

use super::{Facts, MandateFacts};
use crate::entity::{Attributes, Entity, Fault, Names, TooMany};
use crate::limits::FINDING_ID_BYTES_MAX;
use crate::permit::Object;
use noroshi_model::{BatchId, Clearance, DataClass, Direction, Micros};
use std::collections::BTreeSet;

/// A batch of records: one mandate, one day, one source, one data key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Which.
    pub id: BatchId,
    /// The mandate it was taken under.
    pub mandate: MandateFacts,
    /// Directions of its flows.
    pub directions: BTreeSet<Direction>,
    /// Classes of its columns. Content has no variant.
    pub classes: BTreeSet<DataClass>,
    /// How secret it is.
    pub clearance: Clearance,
    /// Its key is destroyed.
    pub disposed: bool,
}

/// A finding, by the id of `model::Finding`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub id: String,
    /// The mandate it was found under.
    pub mandate: MandateFacts,
    /// How secret it is.
    pub clearance: Clearance,
    /// First moment at which it is no longer read.
    pub readable_until: Micros,
}

impl Facts for Dataset {
    fn object(&self) -> Object {
        Object::new("dataset", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(5);
        attributes.entity("mandate", names.mandate(self.mandate.id));
        attributes.set("directions", self.directions.iter().map(|direction| names.direction(*direction)));
        attributes.set("classes", self.classes.iter().map(|class| names.class(*class)));
        attributes.long("clearance", i64::from(self.clearance.level()));
        attributes.bool("disposed", self.disposed);
        Ok(vec![attributes.build(names.dataset(self.id))?, self.mandate.entity(names)?])
    }
}

impl Facts for Finding {
    fn object(&self) -> Object {
        Object::new("finding", &self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        TooMany::check("finding id (bytes)", self.id.len(), FINDING_ID_BYTES_MAX)?;
        let mut attributes = Attributes::new(3);
        attributes.entity("mandate", names.mandate(self.mandate.id));
        attributes.long("clearance", i64::from(self.clearance.level()));
        attributes.long("readableUntil", self.readable_until.0);
        Ok(vec![attributes.build(names.finding(&self.id))?, self.mandate.entity(names)?])
    }
}
