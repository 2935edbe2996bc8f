//! Measures: governed records of what people do with other means.

use super::Facts;
use crate::entity::{Attributes, Entity, Fault, Names};
use crate::permit::Object;
use noroshi_model::{Clearance, MeasureId, MeasureKind, MeasureState, Micros, PersonId};

/// A measure (措置).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Which.
    pub id: MeasureId,
    /// What is done.
    pub kind: MeasureKind,
    /// Where it stands.
    pub state: MeasureState,
    /// Who proposed it.
    pub proposer: PersonId,
    /// Who approved it as line management.
    pub line_approver: Option<PersonId>,
    /// Who approved it for lawfulness.
    pub legal_approver: Option<PersonId>,
    /// The commission approved it beforehand, where it must.
    pub commission_approved: bool,
    /// The preview of whom else it hits was shown and acknowledged.
    pub preview_acknowledged: bool,
    /// The way back was tried beforehand.
    pub inverse_tested: bool,
    /// It touches a name that must never be touched.
    pub touches_critical: bool,
    /// First moment at which it no longer holds.
    pub not_after: Micros,
    /// How secret it is.
    pub clearance: Clearance,
}

impl Facts for Measure {
    fn object(&self) -> Object {
        Object::new("measure", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(11);
        attributes.entity("kind", names.measure_kind(self.kind));
        attributes.entity("state", names.measure_state(self.state));
        attributes.entity("proposer", names.person(self.proposer));
        attributes.optional("lineApprover", self.line_approver.map(|person| names.person(person)));
        attributes.optional("legalApprover", self.legal_approver.map(|person| names.person(person)));
        attributes.bool("commissionApproved", self.commission_approved);
        attributes.bool("previewAcknowledged", self.preview_acknowledged);
        attributes.bool("inverseTested", self.inverse_tested);
        attributes.bool("touchesCritical", self.touches_critical);
        attributes.long("notAfter", self.not_after.0);
        attributes.long("clearance", i64::from(self.clearance.level()));
        Ok(vec![attributes.build(names.measure(self.id))?])
    }
}
