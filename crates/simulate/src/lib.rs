//! A seeded nation with its innocent periodic traffic and its botnets: what detection is measured on.
//!
//! ```
//! use noroshi_simulate::{Nation, Plan};
//!
//! let plan = Plan { hosts: 200, days: 1, sampling: 100, ..Plan::null() };
//! let nation = Nation::new(&plan).unwrap();
//! let first = nation.records().next().unwrap();
//! assert!(first.end >= plan.start);
//! assert!(nation.truth().servers.is_empty());
//! ```
//!
//! In the order things come to be: a [`Plan`] names everything; the nation's `lines` and the
//! `world` around it get addresses, all of them reserved ones; the `market` says which services are
//! popular; `cast` gives every line its habits (`innocent`, one kind of traffic a file) and `botnet`
//! infects some (one family a file). Each host is an `entity` with a stream of randomness of its
//! own; it says what it talks about, an `exporter` turns that into records, and `merge` brings the
//! records of all hosts into order of time. [`write_folder`] and [`stream_udp`] send them as IPFIX.
//!
//! The nation knows nothing of the detectors: its figures come from what is published about real
//! traffic and real families, cited where they stand.

mod botnet;
mod cast;
mod clock;
mod dice;
mod entity;
mod exporter;
mod folder;
mod innocent;
pub mod limits;
mod lines;
mod market;
mod merge;
mod nation;
mod papers;
mod plan;
mod presence;
mod talk;
mod truth;
mod udp;
mod world;

pub use folder::{FOLDER_FILES, FolderError, Written, write_folder};
pub use nation::Nation;
pub use plan::{BotnetPlan, Method, Plan, PlanError};
pub use truth::{
    FamilyTruth, FloodTruth, InfectedTruth, PeerTruth, RelayTruth, ScannerTruth, ServerRole, ServerTruth, Truth,
};
pub use udp::{StreamError, Streamed, stream_udp};
