//! What one line of the ledger says: acts, intents and results as canonical bytes, with salted commitments. No I/O.
//!
//! A [`Leaf`] is written before something happens or because it happened, and never changes. Its bytes
//! are canonical JSON (RFC 8785) without floating point numbers, so that one statement has one hash.
//! What only some may read (a reason, a selector, a name) is not in it: a [`Commitment`] is.
//!
//! In the order a reader needs them: [`leaf`] (one line), [`body`] (the kinds of line), [`mandate`] and
//! [`terms`] (what was asked for and granted), [`vote`] (how the commission decides), [`act`] (intent
//! before, result after), [`batch`] (what was kept, and its end), [`statement`] (who signed),
//! [`digest`] (hashes and commitments).

pub mod act;
pub mod batch;
pub mod body;
pub mod digest;
pub mod leaf;
pub mod limits;
pub mod mandate;
pub mod statement;
pub mod terms;
pub mod vote;

pub use act::{Abort, AbortReason, Done, GovernedAct, Intent};
pub use batch::{BatchOpened, BatchSealed, Destruction, DisposalReason, Disposed};
pub use body::Body;
pub use digest::{Commitment, Digest, Salt};
pub use leaf::{Actor, Leaf, LeafError};
pub use mandate::{Answer, MandateEvent, MandateLine};
pub use statement::{PublicKey, Signed, Signer, Statement};
pub use terms::Terms;
pub use vote::{Choice, Matter, Roster, Tally, Vote};
