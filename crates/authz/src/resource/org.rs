//! Organisations.

use super::Facts;
use crate::entity::{Attributes, Entity, Fault, Names};
use crate::permit::Object;
use noroshi_model::{OrgId, OrgKind};

/// An organisation of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    /// Which.
    pub id: OrgId,
    /// What it is.
    pub kind: OrgKind,
}

/// A change of an organisation's card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgChange {
    /// The organisation as it stands.
    pub org: Org,
    /// Whether standing under the law (critical, specified, special) or country changes: designated, not self-declared.
    pub standing: bool,
}

impl Facts for Org {
    fn object(&self) -> Object {
        Object::new("org", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(1);
        attributes.entity("kind", names.org_kind(self.kind));
        Ok(vec![attributes.build(names.org(self.id))?])
    }
}

impl Facts for OrgChange {
    fn object(&self) -> Object {
        self.org.object()
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(3);
        attributes.entity("org", names.org(self.org.id));
        attributes.entity("kind", names.org_kind(self.org.kind));
        attributes.bool("standing", self.standing);
        Ok(vec![attributes.build(names.org_change(self.org.id))?])
    }
}
