//! Accounts being made or changed, and tokens.

use super::Facts;
use crate::act::ActKind;
use crate::entity::{Attributes, Entity, Fault, Names, TooMany};
use crate::limits::{ROLES_MAX, SCOPES_MAX, TOKEN_TERM_DAYS_MAX};
use crate::permit::Object;
use crate::principal::Person;
use noroshi_model::time::DAY;
use noroshi_model::{Clearance, Micros, OrgId, OrgKind, PersonId, Rank, Role, TokenId};
use std::collections::BTreeSet;

/// An account to be made. Clearance is never given with an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The id the account will have.
    pub person: PersonId,
    /// Where it will be.
    pub org: OrgId,
    /// What that is.
    pub org_kind: OrgKind,
    /// The roles it will have.
    pub roles: BTreeSet<Role>,
    /// The rank it will have.
    pub rank: Rank,
    /// Whether the organisation has nobody yet.
    pub first_of_org: bool,
}

/// A change of an account: the row as loaded, and what would be true after. For
/// [`crate::act::ChangeMembership`] roles and rank, for [`crate::act::SetClearance`] the clearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonChange {
    /// The account as it stands.
    pub person: Person,
    /// Roles after.
    pub roles_after: BTreeSet<Role>,
    /// Rank after.
    pub rank_after: Rank,
    /// Clearance after.
    pub clearance_after: Clearance,
}

/// A token or client certificate of a machine, to be issued or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// Whose.
    pub org: OrgId,
    /// What that is.
    pub org_kind: OrgKind,
    /// The acts it names.
    pub scopes: BTreeSet<ActKind>,
    /// First moment of its term.
    pub not_before: Micros,
    /// End of its term.
    pub not_after: Micros,
}

impl PersonChange {
    /// The account with nothing changed yet.
    pub fn of(person: Person) -> Self {
        Self { roles_after: person.roles.clone(), rank_after: person.rank, clearance_after: person.clearance, person }
    }

    /// The highest rank any role needs that is given or taken away. What stays is not counted: it was given before.
    fn changed_role_rank(&self) -> Rank {
        highest(self.roles_after.symmetric_difference(&self.person.roles))
    }
}

impl Token {
    fn scopes_fit(&self) -> bool {
        !self.scopes.is_empty() && self.scopes.iter().all(|act| act.open_to_machines_of(self.org_kind))
    }

    fn term_fits(&self) -> bool {
        let term = self.not_after.0.saturating_sub(self.not_before.0);
        0 < term && term <= TOKEN_TERM_DAYS_MAX * DAY
    }
}

fn highest<'a>(roles: impl Iterator<Item = &'a Role>) -> Rank {
    roles.map(|role| role.rank()).max().unwrap_or(Rank::Member)
}

fn fit(roles: &BTreeSet<Role>, kind: OrgKind) -> bool {
    roles.iter().all(|role| role.exists_at(kind))
}

impl Facts for Invitation {
    fn object(&self) -> Object {
        Object::new("person", self.person)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        TooMany::check("roles", self.roles.len(), ROLES_MAX)?;
        let mut attributes = Attributes::new(7);
        attributes.entity("org", names.org(self.org));
        attributes.entity("orgKind", names.org_kind(self.org_kind));
        attributes.set("roles", self.roles.iter().map(|role| names.role(*role)));
        attributes.long("rank", i64::from(self.rank.level()));
        attributes.long("roleRank", i64::from(highest(self.roles.iter()).level()));
        attributes.bool("rolesFit", fit(&self.roles, self.org_kind));
        attributes.bool("firstOfOrg", self.first_of_org);
        Ok(vec![attributes.build(names.invitation(self.person))?])
    }
}

impl Facts for PersonChange {
    fn object(&self) -> Object {
        Object::new("person", self.person.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        TooMany::check("roles", self.roles_after.len(), ROLES_MAX)?;
        let person = &self.person;
        let mut attributes = Attributes::new(10);
        attributes.entity("person", names.person(person.id));
        attributes.entity("org", names.org(person.org));
        attributes.entity("orgKind", names.org_kind(person.org_kind));
        attributes.long("rank", i64::from(person.rank.level()));
        attributes.set("rolesAfter", self.roles_after.iter().map(|role| names.role(*role)));
        attributes.long("rankAfter", i64::from(self.rank_after.level()));
        attributes.long("roleRankAfter", i64::from(self.changed_role_rank().level()));
        attributes.bool("rolesFit", fit(&self.roles_after, person.org_kind));
        attributes.long("clearanceBefore", i64::from(person.clearance.level()));
        attributes.long("clearanceAfter", i64::from(self.clearance_after.level()));
        Ok(vec![attributes.build(names.person_change(person.id))?])
    }
}

impl Facts for Person {
    fn object(&self) -> Object {
        Object::new("person", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        Ok(vec![self.entity(names)?])
    }
}

impl Facts for Token {
    fn object(&self) -> Object {
        Object::new("token", self.id)
    }

    fn entities(&self, names: &Names) -> Result<Vec<Entity>, Fault> {
        TooMany::check("scopes", self.scopes.len(), SCOPES_MAX)?;
        let mut attributes = Attributes::new(4);
        attributes.entity("org", names.org(self.org));
        attributes.entity("orgKind", names.org_kind(self.org_kind));
        attributes.bool("scopesFit", self.scopes_fit());
        attributes.bool("termFits", self.term_fits());
        Ok(vec![attributes.build(names.token(self.id))?])
    }
}
