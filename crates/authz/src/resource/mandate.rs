//! Mandates and their changes.

use super::Facts;
use crate::entity::{Attributes, Entity, Fault, Names, TooMany};
use crate::limits::{ANALYSTS_MAX, CARRIERS_MAX};
use crate::permit::Object;
use noroshi_model::{Clearance, Direction, LegalBasis, MandateId, MandateState, Micros, OrgId, PersonId, Purpose};
use std::collections::BTreeSet;

/// A mandate as it stands in one version (取得・利用の承認又は当事者協定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateFacts {
    /// Which.
    pub id: MandateId,
    /// Which version of it.
    pub version: u32,
    /// Where it stands.
    pub state: MandateState,
    /// What it rests on.
    pub basis: LegalBasis,
    /// The commission approved this version; for a party agreement: took note of it. Signed with the commission's key.
    pub commission_approved: bool,
    /// First moment of the term.
    pub not_before: Micros,
    /// End of the term, no longer part of it.
    pub not_after: Micros,
    /// Directions covered.
    pub directions: BTreeSet<Direction>,
    /// Purposes it names.
    pub purposes: BTreeSet<Purpose>,
    /// Analysts it names.
    pub analysts: BTreeSet<PersonId>,
    /// Carriers it is addressed to.
    pub carriers: BTreeSet<OrgId>,
    /// Who asked for it.
    pub requester: PersonId,
    /// For which organisation.
    pub requester_org: OrgId,
    /// The party to the traffic, for a party agreement (当事者協定).
    pub party: Option<OrgId>,
    /// How secret the mandate itself is.
    pub clearance: Clearance,
}

/// A decision on a mandate, or a new version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateChange {
    /// The mandate as it stands.
    pub mandate: MandateFacts,
    /// Whether anything would be allowed after that is not allowed before. See [`MandateChange::between`].
    pub widens: bool,
    /// The commission's signature over exactly this change was checked.
    pub commission_signed: bool,
}

impl MandateChange {
    /// A change that takes away and adds nothing: suspension, revocation, a refusal.
    pub const fn narrowing(mandate: MandateFacts, commission_signed: bool) -> Self {
        Self { mandate, widens: false, commission_signed }
    }

    /// From one version to the next. `selectors_widen` says whether ports, prefixes, switches or retention,
    /// which stand outside these facts, reach further than before.
    pub fn between(before: MandateFacts, after: &MandateFacts, selectors_widen: bool, commission_signed: bool) -> Self {
        let widens = selectors_widen || widens(&before, after);
        Self { mandate: before, widens, commission_signed }
    }
}

/// Whether the version after reaches further than the one before. In doubt it does.
fn widens(before: &MandateFacts, after: &MandateFacts) -> bool {
    let rests = before.state == MandateState::Suspended && after.state != MandateState::Suspended
        || before.basis != after.basis
        || before.id != after.id
        || before.party != after.party
        || before.requester != after.requester
        || before.requester_org != after.requester_org
        || before.commission_approved != after.commission_approved;
    let term = after.not_before < before.not_before || after.not_after > before.not_after;
    rests
        || term
        || !after.directions.is_subset(&before.directions)
        || !after.purposes.is_subset(&before.purposes)
        || !after.analysts.is_subset(&before.analysts)
        || !after.carriers.is_subset(&before.carriers)
        || after.clearance < before.clearance
}

impl MandateFacts {
    pub(crate) fn entity(&self, names: &Names) -> Result<Entity, Fault> {
        TooMany::check("analysts", self.analysts.len(), ANALYSTS_MAX)?;
        TooMany::check("carriers", self.carriers.len(), CARRIERS_MAX)?;
        let mut attributes = Attributes::new(13);
        attributes.entity("state", names.mandate_state(self.state));
        attributes.entity("basis", names.basis(self.basis));
        attributes.bool("commissionApproved", self.commission_approved);
        attributes.long("notBefore", self.not_before.0);
        attributes.long("notAfter", self.not_after.0);
        attributes.set("directions", self.directions.iter().map(|direction| names.direction(*direction)));
        attributes.set("purposes", self.purposes.iter().map(|purpose| names.purpose(*purpose)));
        attributes.set("analysts", self.analysts.iter().map(|analyst| names.person(*analyst)));
        attributes.set("carriers", self.carriers.iter().map(|carrier| names.org(*carrier)));
        attributes.entity("requester", names.person(self.requester));
        attributes.entity("requesterOrg", names.org(self.requester_org));
        attributes.optional("party", self.party.map(|party| names.org(party)));
        attributes.long("clearance", i64::from(self.clearance.level()));
        attributes.build(names.mandate(self.id))
    }
}

impl Facts for MandateFacts {
    fn object(&self) -> Object {
        Object::new("mandate", self.id).at_version(self.version)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        Ok(vec![self.entity(names)?])
    }
}

impl Facts for MandateChange {
    fn object(&self) -> Object {
        self.mandate.object()
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        let mut attributes = Attributes::new(3);
        attributes.entity("mandate", names.mandate(self.mandate.id));
        attributes.bool("widens", self.widens);
        attributes.bool("commissionSigned", self.commission_signed);
        Ok(vec![attributes.build(names.mandate_change(self.mandate.id))?, self.mandate.entity(names)?])
    }
}
