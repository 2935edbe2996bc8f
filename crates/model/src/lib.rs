//! The words of Noroshi: times, directions, purposes, severities. No I/O.
//!
//! Modules in the order a flow record meets them: [`time`], [`protocol`], [`direction`],
//! [`purpose`], [`severity`], [`finding`]; then who takes part, [`party`], what becomes
//! of governed things, [`state`], how they are named, [`id`], and
//! how what is shared must be handled, [`handling`].

pub mod direction;
pub mod finding;
pub mod handling;
pub mod id;
pub mod party;
pub mod protocol;
pub mod purpose;
pub mod severity;
pub mod state;
pub mod time;

pub use direction::{Direction, Place};
pub use finding::{Detector, Finding};
pub use handling::{Compartment, Country, Handling};
pub use id::{
    BatchId, CollectionId, HuntId, IntentId, MachineId, MandateId, MeasureId, OpeningId, OrgId, PersonId, ReportId,
    TokenId,
};
pub use party::{Clearance, OrgFlag, OrgKind, Rank, Role};
pub use protocol::Protocol;
pub use purpose::{LegalBasis, Purpose};
pub use severity::{Confidence, Severity};
pub use state::{DataClass, MandateState, MeasureKind, MeasureState, OpeningState, Tlp};
pub use time::Micros;
