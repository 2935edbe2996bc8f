//! Theorems about the policies of `authz`: for every possible request and every possible set of facts, not for
//! samples of them.
//!
//! SymCC translates policies into SMT, cvc5 looks for a counterexample. In order: `theorem` reads
//! `theorems/theorems.cedar`, `claim` says what is to be shown in each environment of a request (kind of
//! principal, act, kind of object), `prover` shows it or finds why not.
//!
//! It proves policies. That the code asks them is the business of types: see `authz::Permit`.

mod claim;
mod prover;
mod theorem;

pub use claim::{Claim, Outcome, Proof};
pub use prover::{Rules, Summary, prove};
pub use theorem::THEOREMS;
