//! How far a person's own roles reach over the accounts of others.
//!
//! Nobody gives more than they hold: what somebody may give, they may also take away, and an account
//! that holds more than they could give is beyond their reach altogether. Two published faults show
//! why both halves are needed: an organisation's administrator who could reset the key of a site
//! administrator (CVE-2026-44380), and one who could add a stronger user to their own organisation
//! (CVE-2026-44730).

use noroshi_model::{OrgId, OrgKind, PersonId, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The person who changes an account, as they stand now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granter {
    /// Who.
    pub id: PersonId,
    /// Their organisation.
    pub org: OrgId,
    /// Their roles.
    pub roles: BTreeSet<Role>,
}

/// The organisation the changed account belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Which.
    pub org: OrgId,
    /// What it is.
    pub kind: OrgKind,
    /// Whether somebody who has not left keeps its people.
    pub has_org_administrator: bool,
}

impl Granter {
    /// Whether this person may give `role` to, or take it from, an account of `home`.
    ///
    /// An administrator reaches every organisation but the commission, whose people they only begin:
    /// they may name its first keeper of accounts, and nothing more. An organisation's administrator
    /// reaches all roles but `Administrator`, at home.
    pub fn reaches(&self, home: &Home, role: Role) -> bool {
        let at_home = self.roles.contains(&Role::OrgAdministrator) && self.org == home.org;
        if at_home && role != Role::Administrator {
            return true;
        }
        if !self.roles.contains(&Role::Administrator) {
            return false;
        }
        match home.kind {
            OrgKind::Commission => role == Role::OrgAdministrator && !home.has_org_administrator,
            _ => true,
        }
    }

    /// Whether an account with `roles` is within reach: every one of its roles is, and the
    /// organisation itself.
    pub fn reaches_account(&self, home: &Home, roles: &BTreeSet<Role>) -> bool {
        let reaches_home = (self.roles.contains(&Role::OrgAdministrator) && self.org == home.org)
            || (self.roles.contains(&Role::Administrator)
                && (home.kind != OrgKind::Commission || !home.has_org_administrator));
        reaches_home && roles.iter().all(|role| self.reaches(home, *role))
    }
}
