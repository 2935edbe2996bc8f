//! Who asks: a person with an account, or a machine with a certificate. There is no default and no "system".

use crate::act::ActKind;
use crate::entity::{Attributes, Entity, Fault, Names, TooMany};
use crate::limits::{COMPARTMENTS_MAX, ROLES_MAX, SCOPES_MAX};
use noroshi_model::{
    Clearance, Compartment, Country, MachineId, MandateId, Micros, OrgId, OrgKind, PersonId, Rank, Role,
};
use std::collections::BTreeSet;

/// An account, as loaded. Also what [`crate::act::ReadPerson`] is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Where they work.
    pub org: OrgId,
    /// What that is.
    pub org_kind: OrgKind,
    /// What they may be asked to do.
    pub roles: BTreeSet<Role>,
    /// Standing among accounts.
    pub rank: Rank,
    /// Where their organisation is at home.
    pub country: Country,
    /// How secret a thing they may see.
    pub clearance: Clearance,
    /// First moment at which clearance and compartments no longer count.
    pub clearance_until: Micros,
    /// The compartments they are in.
    pub compartments: BTreeSet<Compartment>,
    /// False once switched off.
    pub active: bool,
}

/// A machine, as loaded from its certificate or token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Which.
    pub id: MachineId,
    /// Whose.
    pub org: OrgId,
    /// What that is.
    pub org_kind: OrgKind,
    /// Where that is at home.
    pub country: Country,
    /// The one mandate it works for, if it is bound to one.
    pub mandate: Option<MandateId>,
    /// First moment at which certificate or token no longer counts.
    pub not_after: Micros,
    /// False once revoked.
    pub active: bool,
    /// The acts its token or certificate names.
    pub scopes: BTreeSet<ActKind>,
}

/// How far this asking reaches. A token narrows, it never widens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// A session a person opened with a passkey: all the account may do.
    Session,
    /// A token: only the acts it names.
    Token(BTreeSet<ActKind>),
}

impl Scope {
    /// Whether an act is within.
    pub fn names(&self, act: ActKind) -> bool {
        match self {
            Self::Session => true,
            Self::Token(acts) => acts.contains(&act),
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person, by session or token.
    Person {
        /// The account as loaded now, not as remembered at login.
        person: Person,
        /// How far this asking reaches.
        scope: Scope,
    },
    /// A machine.
    Machine(Machine),
}

impl Principal {
    /// A person in a session of their own.
    pub fn person(person: Person) -> Self {
        Self::Person { person, scope: Scope::Session }
    }

    /// The organisation they act for.
    pub const fn org(&self) -> OrgId {
        match self {
            Self::Person { person, .. } => person.org,
            Self::Machine(machine) => machine.org,
        }
    }

    /// `person:` or `machine:` and the id, for records.
    pub fn reference(&self) -> String {
        match self {
            Self::Person { person, .. } => format!("person:{}", person.id),
            Self::Machine(machine) => format!("machine:{}", machine.id),
        }
    }

    pub(crate) fn names(&self, act: ActKind) -> bool {
        match self {
            Self::Person { scope, .. } => scope.names(act),
            Self::Machine(machine) => machine.scopes.contains(&act),
        }
    }

    pub(crate) fn entity(&self, names: &Names) -> Result<Entity, Fault> {
        match self {
            Self::Person { person, scope } => {
                if let Scope::Token(acts) = scope {
                    TooMany::check("scopes", acts.len(), SCOPES_MAX)?;
                }
                person.entity(names)
            }
            Self::Machine(machine) => machine.entity(names),
        }
    }
}

impl Person {
    pub(crate) fn entity(&self, names: &Names) -> Result<Entity, Fault> {
        TooMany::check("roles", self.roles.len(), ROLES_MAX)?;
        TooMany::check("compartments", self.compartments.len(), COMPARTMENTS_MAX)?;
        let mut attributes = Attributes::new(10);
        attributes.bool("active", self.active);
        attributes.entity("org", names.org(self.org));
        attributes.entity("orgKind", names.org_kind(self.org_kind));
        attributes.set("roles", self.roles.iter().map(|role| names.role(*role)));
        attributes.long("rank", i64::from(self.rank.level()));
        attributes.long("clearance", i64::from(self.clearance.level()));
        attributes.long("clearanceUntil", self.clearance_until.0);
        attributes.text("country", self.country.to_string());
        attributes.texts("compartments", self.compartments.iter().map(|word| word.as_str().to_owned()));
        attributes.build(names.person(self.id))
    }
}

impl Machine {
    fn entity(&self, names: &Names) -> Result<Entity, Fault> {
        TooMany::check("scopes", self.scopes.len(), SCOPES_MAX)?;
        let mut attributes = Attributes::new(6);
        attributes.bool("active", self.active);
        attributes.text("country", self.country.to_string());
        attributes.entity("org", names.org(self.org));
        attributes.entity("orgKind", names.org_kind(self.org_kind));
        attributes.long("notAfter", self.not_after.0);
        attributes.optional("mandate", self.mandate.map(|id| names.mandate(id)));
        attributes.build(names.machine(self.id))
    }
}
