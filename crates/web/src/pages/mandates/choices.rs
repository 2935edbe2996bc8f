//! Who can be chosen on the form for terms, and by whom it is filled in.
//!
//! A line officer of the centre chooses everything. An operator (重要インフラ事業者) proposes an agreement about its own
//! traffic (当事者協定, arts. 11 to 16): legal basis and party follow from who they are, nothing of it is classified, and
//! the centre's analysts are named without being listed, because whom the centre employs is nobody's to browse.

use crate::fault::Fault;
use crate::language::Language;
use crate::state::Shared;
use crate::visitor::{SignedIn, Visit};
use noroshi_authz::limits::ANALYSTS_MAX;
use noroshi_casework::party::{Organisation, Person};
use noroshi_leaf::Terms;
use noroshi_model::{Clearance, LegalBasis, OrgKind, Role};
use std::collections::BTreeSet;

/// Who can be chosen.
pub(crate) struct Choices {
    pub(crate) carriers: Vec<Organisation>,
    pub(crate) analysts: Vec<Person>,
    /// The operator that fills the form in; `None` for the centre.
    pub(crate) own: Option<Organisation>,
}

/// Whether somebody may be asked for terms at all: the policies decide on what they ask.
pub(crate) fn asks_for_terms(person: &Person, organisation: &Organisation) -> bool {
    person.acts_as(Role::LineOfficer) || proposes(person, organisation)
}

/// Whether somebody proposes an agreement rather than asks for an approval.
pub(crate) fn proposes(person: &Person, organisation: &Organisation) -> bool {
    person.acts_as(Role::OperatorOfficer) && organisation.kind == OrgKind::Operator
}

/// What the way to the form is called.
pub(crate) fn title(language: Language, person: &Person, organisation: &Organisation) -> &'static str {
    let m = language.messages();
    if proposes(person, organisation) { m.agreement_propose } else { m.mandate_request }
}

impl Choices {
    /// What can be asked for: an agreement is its party's to propose, a measure without consent the centre's.
    pub(super) fn bases(&self) -> impl Iterator<Item = LegalBasis> {
        let of_the_party = self.own.is_some();
        LegalBasis::ALL.into_iter().filter(move |basis| (*basis == LegalBasis::PartyAgreement) == of_the_party)
    }

    pub(super) async fn read(hub: &Shared, visit: &Visit) -> Result<Self, Fault> {
        let SignedIn { person, organisation, .. } = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
        if !asks_for_terms(person, organisation) {
            return Err(Fault::not_found());
        }
        let own = (!person.acts_as(Role::LineOfficer)).then(|| organisation.clone());
        let (mut carriers, mut centre) = (Vec::new(), None);
        for organisation in hub.parts.store.organisations(None, 1_000).await?.into_iter().map(|kept| kept.value) {
            match organisation.kind {
                OrgKind::Carrier => carriers.push(organisation),
                OrgKind::NationalCentre => centre = Some(organisation.id),
                _ => {}
            }
        }
        let people = match centre {
            Some(centre) => hub.parts.store.people(centre, None, 1_000).await?,
            None => Vec::new(),
        };
        let people = people.into_iter().map(|kept| kept.value);
        let analysts = people.filter(|person| person.acts_as(Role::Analyst)).collect();
        Ok(Self { carriers, analysts, own })
    }

    /// Puts into the terms what an operator is not asked.
    pub(super) fn settle(&self, terms: &mut Terms, before: Option<&Terms>) {
        let Some(own) = &self.own else { return };
        terms.legal_basis = LegalBasis::PartyAgreement;
        terms.party = Some(own.id);
        terms.clearance = Clearance::None;
        let everyone = || self.analysts.iter().map(|person| person.id).take(ANALYSTS_MAX).collect::<BTreeSet<_>>();
        terms.analysts = before.map_or_else(everyone, |before| before.analysts.clone());
    }
}
