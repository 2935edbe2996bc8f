//! Accounts: which roles may not meet, who may act, whose keys are known.

use super::{Findings, Line, Map, Set};
use crate::violation::Kind;
use noroshi_leaf::body::{Credential, CredentialKind, Organisation, Person};
use noroshi_leaf::{Actor, Digest};
use noroshi_model::{OrgId, OrgKind, PersonId, Role};
use std::collections::BTreeSet;

/// Accounts and organisations as they stand.
#[derive(Debug, Default)]
pub(super) struct People {
    organisations: Map<OrgId, OrgKind>,
    people: Map<PersonId, Person>,
    credentials: Set<(u8, Digest)>,
    /// Invited or closed accounts whose holder has enrolled a key since: that is what makes them active.
    enrolled: Set<PersonId>,
}

/// Command, act, oversee: no account has two of them (§3-4(1) of the policy paper).
fn family(role: Role) -> Option<&'static str> {
    match role {
        Role::LineOfficer | Role::LegalOfficer => Some("command"),
        Role::Analyst | Role::DutyEditor | Role::Executor => Some("expert"),
        Role::Commissioner | Role::Inspector => Some("overseer"),
        Role::Administrator
        | Role::OrgAdministrator
        | Role::CarrierLiaison
        | Role::OperatorOfficer
        | Role::Regulator => None,
    }
}

fn mixed(roles: &BTreeSet<Role>, home: Option<OrgKind>) -> Option<String> {
    let families: BTreeSet<_> = roles.iter().filter_map(|role| family(*role)).collect();
    let keeps = |role: &Role| matches!(role, Role::Administrator | Role::OrgAdministrator);
    let sees = roles.contains(&Role::Administrator) && !roles.iter().all(keeps);
    let elsewhere = families.contains("overseer") && home.is_some_and(|kind| kind != OrgKind::Commission);
    (families.len() > 1 || sees || elsewhere)
        .then(|| roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", "))
}

impl People {
    pub(super) fn organisation(&mut self, organisation: Organisation) {
        self.organisations.insert(organisation.org, organisation.kind);
    }

    pub(super) fn person(&mut self, line: Line, person: Person, findings: &mut Findings) {
        let id = person.person;
        if let Some(roles) = mixed(&person.roles, self.organisations.get(&person.org).copied()) {
            findings.add(Kind::RolesMixed, line.index, format!("{id}: {roles}"));
        }
        let before = self.people.get(&id);
        let raised = before.is_none_or(|before| {
            !person.roles.is_subset(&before.roles)
                || person.clearance > before.clearance
                || (person.active && !before.active)
        });
        // The very first account of a log has nobody else to make it.
        if raised
            && !self.people.is_empty()
            && let Actor::Person { person: by, .. } = line.actor
            && by == id
        {
            findings.add(Kind::SelfRaised, line.index, id.to_string());
        }
        self.enrolled.remove(&id);
        self.people.insert(id, person);
    }

    /// Whether whoever wrote an intent is an account that stands.
    pub(super) fn may_act(&self, line: Line, findings: &mut Findings) {
        if let Actor::Person { person, .. } = line.actor
            && self.people.get(&person).is_none_or(|known| !known.active && !self.enrolled.contains(&person))
        {
            findings.add(Kind::ActorStanding, line.index, person.to_string());
        }
    }

    pub(super) fn credential(&mut self, line: Line, credential: Credential, findings: &mut Findings) {
        let kind = match credential.kind {
            CredentialKind::Passkey => 0,
            CredentialKind::OpenId => 1,
            CredentialKind::Token => 2,
            CredentialKind::Certificate => 3,
            CredentialKind::EnrolmentLink => 4,
        };
        // An invitation is accepted by enrolling a key through the link that was handed over.
        let enrols = matches!(credential.kind, CredentialKind::Passkey | CredentialKind::OpenId);
        if let Some(person) = credential.person.filter(|_| credential.added && enrols) {
            self.enrolled.insert(person);
        }
        let key = (kind, credential.fingerprint);
        let in_order = if credential.added { self.credentials.insert(key) } else { self.credentials.remove(&key) };
        if !in_order {
            findings.add(Kind::CredentialStep, line.index, credential.fingerprint.to_string());
        }
    }
}
