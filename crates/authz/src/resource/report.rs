//! Incident reports.

use super::Facts;
use crate::entity::{Attributes, Entity, Fault, Names, TooMany};
use crate::limits::{NAMED_MAX, RECIPIENTS_MAX};
use crate::permit::Object;
use noroshi_model::{Clearance, OrgId, PersonId, Purpose, ReportId, Tlp};
use std::collections::BTreeSet;

/// An incident report (特定侵害事象等の報告).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// Who reported.
    pub submitter: OrgId,
    /// How secret it is.
    pub clearance: Clearance,
    /// How far it may go.
    pub tlp: Tlp,
    /// People it was sent to by name.
    pub named: BTreeSet<PersonId>,
    /// Organisations it was sent to.
    pub recipients: BTreeSet<OrgId>,
    /// What it may be used for, fixed when it was sent.
    pub purposes: BTreeSet<Purpose>,
}

impl Facts for Report {
    fn object(&self) -> Object {
        Object::new("report", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        TooMany::check("named", self.named.len(), NAMED_MAX)?;
        TooMany::check("recipients", self.recipients.len(), RECIPIENTS_MAX)?;
        let mut attributes = Attributes::new(6);
        attributes.entity("submitter", names.org(self.submitter));
        attributes.long("clearance", i64::from(self.clearance.level()));
        attributes.entity("tlp", names.tlp(self.tlp));
        attributes.set("named", self.named.iter().map(|person| names.person(*person)));
        attributes.set("recipients", self.recipients.iter().map(|org| names.org(*org)));
        attributes.set("purposes", self.purposes.iter().map(|purpose| names.purpose(*purpose)));
        Ok(vec![attributes.build(names.report(self.id))?])
    }
}
