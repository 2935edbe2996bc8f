//! The mechanical choice of servers (自動選別): figures of servers in, selectors out. No client, no clock, no I/O.
//!
//! The collector chooses with this crate each hour, from an [`Hour`] and nothing else; the same hours are sealed with
//! the batch as its [`Input`], and the commission's program runs them again with [`rerun()`].
//!
//! - [`weigh`], [`pulse`], [`jitter`], [`services`], [`pooled`], [`server`]: what is measured, and what it weighs.
//! - [`hour`]: the figures of one hour, and the choice made from them.
//! - [`selector`]: what is chosen, its versions and its fingerprint.
//! - [`input`]: everything a selection followed from, as bytes.
//! - [`rerun`]: the selection made again, and what differs.

pub mod exact;
pub mod hour;
pub mod input;
pub mod jitter;
pub mod limits;
pub mod pooled;
pub mod pulse;
pub mod rerun;
pub mod selector;
pub mod server;
pub mod services;
pub mod weigh;

pub use hour::{Figures, Hour, Rules};
pub use input::{Before, Input, NotAnInput};
pub use rerun::{Difference, Rerun, rerun};
pub use selector::{Selected, Selector};
