//! Who may do what to which: Cedar policies behind one function that gives a permit or a refusal.
//!
//! [`Authz::authorise`] is the only way to a [`Permit`], and every governed function takes one. A caller
//! loads the row, says who asks ([`Principal`]) and what is true of the asking ([`Circumstances`]), and
//! names the act as a type ([`act`]):
//!
//! ```
//! use noroshi_authz::{Authz, Circumstances, Principal, act, resource};
//! # fn f(authz: &Authz, principal: &Principal, dataset: &resource::Dataset, now: noroshi_model::Micros) {
//! let circumstances = Circumstances::at(now).for_purpose(noroshi_model::Purpose::FindAttackServers);
//! match authz.authorise::<act::Hunt>(principal, dataset, &circumstances) {
//!     Ok(permit) => { /* ask the lake, with `&permit` */ }
//!     Err(refusal) => { /* record `refusal.decision()`, show `refusal.english()` */ }
//! }
//! # }
//! ```
//!
//! Modules in the order of a decision: [`act`] (what), `principal` (who), [`resource`] (to which),
//! `circumstances` (when, for what, with which receipt), `policies` (the rules and their hash),
//! `authz` (the decision), `permit` and `refusal` (the answer), `catalogue` (each rule in plain words).
//!
//! Cedar cannot count, has no clock and skips a policy that errors. So quorums, budgets and terms are computed
//! here in tested functions, the clock is an argument, and any error of a policy is a refusal with an alarm.

pub mod act;
mod authz;
mod catalogue;
mod circumstances;
mod entity;
pub mod limits;
mod permit;
mod policies;
mod principal;
mod refusal;
pub mod resource;

pub use act::{Act, ActKind};
pub use authz::{Authz, NotUsable, Outlook};
pub use catalogue::{ActWords, Rule};
pub use circumstances::Circumstances;
pub use entity::{Fault, TooMany};
pub use permit::{Decision, Object, Outcome, Permit};
pub use policies::{PolicyHash, published};
pub use principal::{Machine, Person, Principal, Scope};
pub use refusal::{Refusal, Why};

#[cfg(test)]
mod tests;
