//! A log anyone can check: C2SP tlog-tiles, checkpoints, cosignatures, receipts. Entries are opaque bytes.
//!
//! In the order an entry meets them:
//!
//! - [`keys`], [`note`], [`head`]: who signs, what a signed note is, what a checkpoint says.
//! - [`disk`]: where files are kept and how they get there whole.
//! - [`Log`]: appends, signs, publishes. It never forks, never signs a size twice, stops at the first failed write.
//! - [`Sequencer`]: one thread that gathers entries into batches and answers each with a [`Receipt`].
//! - [`policy`]: whom to believe; [`Receipt::verify`] and [`audit`](audit::audit) need nothing else.
//! - [`witness`] and [`mirror`]: the overseers' side, as state machines without HTTP; [`peers`]: the log's side of the
//!   same protocols.
//! - [`reader`], [`proof`], [`audit`]: reading a log, and not having to trust it.
//!
//! No clock, no randomness, no network, no async runtime. Specifications: <https://c2sp.org/tlog-tiles>,
//! `tlog-checkpoint`, `signed-note`, `tlog-cosignature`, `tlog-witness`, `tlog-mirror`, `tlog-policy`, `tlog-proof`;
//! RFC 6962 and RFC 9162 for the tree.

pub mod audit;
pub mod disk;
mod edge;
pub mod head;
pub mod keys;
pub mod limits;
mod log;
pub mod mirror;
pub mod note;
mod offer;
pub mod peers;
pub mod policy;
pub mod proof;
pub mod reader;
mod receipt;
mod sequencer;
mod tile;
mod tree;
pub mod witness;

pub use audit::{Audit, AuditError};
pub use head::{Hash, Head};
pub use keys::{CosignerKey, LogKey, VerifyKey};
pub use log::{CatchUpError, Log, LogError, OpenError, Standing};
pub use note::Note;
pub use offer::{Collected, Nobody, Offer, Witnesses};
pub use policy::Policy;
pub use reader::Reader;
pub use receipt::{NotAReceipt, NotVerified, Receipt};
pub use sequencer::{NotAcknowledged, Outcome, Pace, Pending, Refusal, Sequencer, Status};
