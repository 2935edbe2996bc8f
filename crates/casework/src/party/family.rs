//! Families of roles that one account cannot mix, and the organisations where a role is at home.
//!
//! The policy paper splits the centre in three: command, experts, check by a third party (§3-4(1)).
//! One account holding two of them could order, carry out and approve the same act.

use noroshi_model::{OrgKind, Role};
use std::collections::BTreeSet;
use std::fmt;

/// A family of roles. An account holds at most one of command, expert and overseer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Runs machines and accounts; no role of this family sees governed data.
    Keeping,
    /// Decides and answers for it (司令塔).
    Command,
    /// Looks and acts (専門部隊).
    Expert,
    /// Checks the other two (第三者機関).
    Overseer,
    /// Acts for an organisation outside the centre.
    Outside,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keeping => "keeping",
            Self::Command => "command",
            Self::Expert => "expert",
            Self::Overseer => "overseer",
            Self::Outside => "outside",
        })
    }
}

impl Family {
    /// The family of `role`.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Administrator | Role::OrgAdministrator => Self::Keeping,
            Role::LineOfficer | Role::LegalOfficer => Self::Command,
            Role::Analyst | Role::DutyEditor | Role::Executor => Self::Expert,
            Role::Commissioner | Role::Inspector => Self::Overseer,
            Role::CarrierLiaison | Role::OperatorOfficer | Role::Regulator => Self::Outside,
        }
    }

    fn is_separated(self) -> bool {
        matches!(self, Self::Command | Self::Expert | Self::Overseer)
    }
}

/// Why a set of roles cannot be one account's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmixable {
    /// Two of command, expert, overseer.
    #[error("one account cannot hold roles of two families, {0} and {1}; use two people")]
    TwoFamilies(Family, Family),
    /// An administrator with a role that sees data.
    #[error("an administrator holds no role that sees data, and `{0:?}` does")]
    AdministratorSeesData(Role),
    /// A role in an organisation where it does not belong.
    #[error("`{role:?}` does not belong to an organisation of kind `{kind:?}`")]
    NotAtHome {
        /// The role.
        role: Role,
        /// What the organisation is.
        kind: OrgKind,
    },
}

/// Whether an account of an organisation of `kind` can hold all of `roles`.
///
/// # Errors
/// [`Unmixable`], the first rule that is broken.
pub fn check(kind: OrgKind, roles: &BTreeSet<Role>) -> Result<(), Unmixable> {
    if let Some(&role) = roles.iter().find(|role| !is_at_home(kind, **role)) {
        return Err(Unmixable::NotAtHome { role, kind });
    }
    let sees_data = |role: &&Role| Family::of(**role) != Family::Keeping;
    if roles.contains(&Role::Administrator)
        && let Some(&role) = roles.iter().find(sees_data)
    {
        return Err(Unmixable::AdministratorSeesData(role));
    }
    let families: BTreeSet<Family> =
        roles.iter().map(|role| Family::of(*role)).filter(|family| family.is_separated()).collect();
    let mut families = families.into_iter();
    match (families.next(), families.next()) {
        (Some(one), Some(other)) => Err(Unmixable::TwoFamilies(one, other)),
        _ => Ok(()),
    }
}

/// Commissioners and inspectors belong to the commission and to no other; command and experts are
/// offices of the state.
fn is_at_home(kind: OrgKind, role: Role) -> bool {
    match role {
        Role::OrgAdministrator => true,
        Role::Administrator => kind == OrgKind::NationalCentre,
        Role::Commissioner | Role::Inspector => kind == OrgKind::Commission,
        Role::LineOfficer | Role::LegalOfficer | Role::Analyst | Role::DutyEditor | Role::Executor => {
            matches!(kind, OrgKind::NationalCentre | OrgKind::Ministry)
        }
        Role::Regulator => kind == OrgKind::Ministry,
        Role::CarrierLiaison => kind == OrgKind::Carrier,
        Role::OperatorOfficer => !matches!(kind, OrgKind::NationalCentre | OrgKind::Commission),
    }
}
