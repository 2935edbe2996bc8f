//! Organisations and people: who takes part, with which roles, cleared for what and until when.
//!
//! The national centre, the commission, operators, carriers, ministries, vendors, ISACs, small
//! businesses and partners abroad (Act No. 42 of 2025, サイバー対処能力強化法, chapters 2 to 11 name
//! most of them). Their sectors come from a dated table, never from an enum.
//!
//! A person's standing goes `Invited → Active ⇄ Suspended → Left`; `Left` is final. What is decided
//! here is what no policy may change: the families of roles that one account cannot mix ([`family`]),
//! nobody giving more than their own reach ([`reach`]), a clearance that always ends ([`decide`]).
//! Who may ask at all is the authorisation's question, asked before.
//!
//! Organisations and people are reference data: plain rows, one ledger leaf for each change.

mod decide;
pub mod family;
pub mod limits;
mod organisation;
pub mod reach;
#[cfg(test)]
mod tests;

pub use decide::{Asked, By, Command, Event, Refused, apply, decide};
pub use organisation::{BadOrganisation, Organisation, Sector};
pub use reach::{Granter, Home};

use noroshi_model::{Clearance, Compartment, Micros, OrgId, PersonId, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where a person stands with the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Has been sent an enrolment link and has not used it.
    Invited,
    /// May sign in.
    Active,
    /// May not sign in for now; sessions and tokens are gone.
    Suspended,
    /// Has left for good; sessions, tokens and credentials are gone.
    Left,
}

/// A security clearance (適性評価, Act No. 27 of 2024; 特定秘密, Act No. 108 of 2013). It always ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HeldClearance {
    /// How secret a thing may be seen.
    pub level: Clearance,
    /// From this time on it counts for nothing.
    pub until: Micros,
    /// The body that certified it, never the person.
    pub source: String,
    /// The compartments it opens, beside the level.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub compartments: BTreeSet<Compartment>,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The one organisation they act for.
    pub org: OrgId,
    /// What others see.
    pub display_name: String,
    /// What they may be asked to do; empty for a new account without any.
    pub roles: BTreeSet<Role>,
    /// What they may see, and until when; `None` is nothing classified.
    pub clearance: Option<HeldClearance>,
    /// Whether they may sign in.
    pub standing: Standing,
}

impl Person {
    /// The clearance that counts at `now`.
    pub fn clearance_at(&self, now: Micros) -> Clearance {
        match &self.clearance {
            Some(held) if now < held.until => held.level,
            _ => Clearance::None,
        }
    }

    /// Whether they hold `role` and may use it: only an active account may.
    pub fn acts_as(&self, role: Role) -> bool {
        self.standing == Standing::Active && self.roles.contains(&role)
    }
}
