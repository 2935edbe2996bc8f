//! Galaxies and their clusters: MISP's collections of actors, malware, techniques.

use crate::fields::{self, FieldFault, Fields};
use crate::limits::MARKS_MAX;
use serde_json::Value;
use uuid::Uuid;

/// A galaxy with the clusters that were chosen from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Galaxy {
    /// The clusters.
    pub clusters: Vec<Cluster>,
    fields: Fields,
}

/// A cluster: one actor, one malware family, one technique.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    uuid: Uuid,
    fields: Fields,
}

impl Galaxy {
    /// Reads one; it must have a type, and every cluster a UUID, a type and a value.
    ///
    /// # Errors
    /// The field at fault.
    pub fn read(value: Value) -> Result<Self, FieldFault> {
        let mut fields = fields::object(value)?;
        fields::name(&fields, "type")?;
        fields::may_name(&fields, "name")?;
        let clusters = fields::each(&mut fields, "GalaxyCluster", MARKS_MAX, Cluster::read)?;
        Ok(Self { clusters, fields })
    }

    /// Its type: `mitre-attack-pattern`.
    pub fn kind(&self) -> &str {
        fields::get(&self.fields, "type")
    }

    /// Its name: `Attack Pattern`.
    pub fn name(&self) -> &str {
        fields::get(&self.fields, "name")
    }

    /// What it is about.
    pub fn description(&self) -> &str {
        fields::get(&self.fields, "description")
    }

    /// As it came.
    pub fn to_value(&self) -> Value {
        let clusters = self.clusters.iter().map(|cluster| Value::Object(cluster.fields.clone())).collect();
        fields::whole(&self.fields, [("GalaxyCluster", clusters)])
    }
}

impl Cluster {
    fn read(value: Value) -> Result<Self, FieldFault> {
        let fields = fields::object(value)?;
        let uuid = fields::uuid(&fields)?;
        fields::name(&fields, "type")?;
        fields::name(&fields, "value")?;
        fields::may_name(&fields, "tag_name")?;
        Ok(Self { uuid, fields })
    }

    /// Which cluster.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The type of its galaxy.
    pub fn kind(&self) -> &str {
        fields::get(&self.fields, "type")
    }

    /// Its name: `APT16 - G0023`.
    pub fn value(&self) -> &str {
        fields::get(&self.fields, "value")
    }

    /// The tag that stands for it; empty where there is none.
    pub fn tag_name(&self) -> &str {
        fields::get(&self.fields, "tag_name")
    }

    /// What it is.
    pub fn description(&self) -> &str {
        fields::get(&self.fields, "description")
    }

    /// References, synonyms, and what else its galaxy says of it: texts and lists of texts.
    pub fn meta(&self) -> Option<&Fields> {
        self.fields.get("meta").and_then(Value::as_object)
    }
}
