//! Pages and JSON over HTTP, rendered on the server, in Japanese and English.
//!
//! [`router`] serves what [`State`] puts together: the store (accounts), the policies, the [`office`] (governed
//! things), the public [`log`], clock and dice, and a [`Config`]. No clock, randomness or environment is read here.
//!
//! In the order of a request: `serve` (who is visiting, headers, faults), `routes` (every path in one table),
//! `pages` (one file per URL), `api` (the same in JSON) and `taxii` (shared intelligence by the
//! standard, over [`exchange`]); `passkey`, `oidc` and `step_up` for who somebody is and
//! what they sign; `board` for the five lanes of a mandate (図19); `messages` for the words.
//!
//! What is deliberately absent: a default administrator, a password, a page that needs a script to be read, a style
//! or script that is not our own, a link made by e-mail address, and a way to a governed thing without an asker.

mod answer;
mod api;
mod assets;
mod board;
mod canonical;
mod ceremony;
pub mod exchange;
mod fault;
mod intelligence;
mod language;
pub mod limits;
pub mod log;
mod machine_key;
mod messages;
pub mod office;
mod oidc;
mod pages;
mod passkey;
mod record;
mod routes;
mod serve;
mod show;
mod state;
mod step_up;
mod taxii;
#[cfg(feature = "testkit")]
pub mod testkit;
mod visitor;
mod words;

pub use language::Language;
pub use passkey::NotUsable;
pub use routes::router;
pub use state::{BadConfig, Config, DemoAccess, DemoRole, Issuer, NotLoopback, Parts, Sources, State};
pub use visitor::VerifiedCertificate;
