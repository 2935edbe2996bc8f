//! What was kept, as the desk asks for it. The engine that reads it is compiled elsewhere and handed in.

use noroshi_acts::{Asking, NotDone};
use noroshi_casework::hunt::Question;
use noroshi_model::{HuntId, MandateId, OpeningId};
use noroshi_web::office::Table;
use std::net::IpAddr;
use std::pin::Pin;

/// An answer that is on its way.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T, NotRead>> + Send + 'a>>;

/// Why nothing was read. Whatever had begun is closed on the record.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// It was refused, or could not be recorded.
    #[error(transparent)]
    NotDone(#[from] NotDone),
    /// The intent found no place in the log, or the commission did not release its half of a key.
    #[error("the key was not released: {0}")]
    Withheld(String),
    /// What was kept cannot be read.
    #[error("what was kept cannot be read: {0}")]
    Failed(String),
}

/// Reads what was kept, by the whole rule: the intent first, the commission's half of the key against its receipt,
/// the result after.
pub trait Kept: Send + Sync {
    /// Asks a question, as a hunt of a fresh id, and answers with its rows.
    fn hunt<'a>(&'a self, asking: Asking<'a>, id: HuntId, mandate: MandateId, question: Question)
    -> Reading<'a, Table>;

    /// Turns the pseudonym of an approved request back into its address.
    fn open<'a>(&'a self, asking: Asking<'a>, id: OpeningId) -> Reading<'a, IpAddr>;
}
