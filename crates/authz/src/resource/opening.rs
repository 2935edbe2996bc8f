//! Requests to open a pseudonym.

use super::{Facts, MandateFacts};
use crate::entity::{Attributes, Entity, Fault, Names};
use crate::permit::Object;
use noroshi_model::{BatchId, Clearance, Micros, OpeningId, OpeningState, PersonId};

/// A request to say which address a pseudonym stands for (非識別化措置の解除).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which.
    pub id: OpeningId,
    /// The batch whose pseudonym it is.
    pub batch: BatchId,
    /// The mandate the pseudonym was made under.
    pub mandate: MandateFacts,
    /// Where it stands.
    pub state: OpeningState,
    /// Who asked.
    pub requester: PersonId,
    /// Who approved, once somebody has.
    pub approver: Option<PersonId>,
    /// First moment at which it can no longer be approved or carried out.
    pub not_after: Micros,
    /// How secret it is.
    pub clearance: Clearance,
}

impl Facts for Opening {
    fn object(&self) -> Object {
        Object::new("opening", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(6);
        attributes.entity("mandate", names.mandate(self.mandate.id));
        attributes.entity("state", names.opening_state(self.state));
        attributes.entity("requester", names.person(self.requester));
        attributes.optional("approver", self.approver.map(|approver| names.person(approver)));
        attributes.long("notAfter", self.not_after.0);
        attributes.long("clearance", i64::from(self.clearance.level()));
        Ok(vec![attributes.build(names.opening(self.id))?, self.mandate.entity(names)?])
    }
}
