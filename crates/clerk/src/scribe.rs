//! The scribe carries lines from the database into the log, in order and once, and brings the receipts back.
//!
//! A line is durable in the database with the change it tells of; from then on it must get into the log.
//! The scribe submits what waits, notes each line's place, and at its start settles what a crash left
//! between the two. It is the only one who writes to the log.

use crate::standing::Standing;
use noroshi_ledger::reader::ReadError;
use noroshi_ledger::{NotAcknowledged, Outcome, Receipt, Refusal, Sequencer, Status};
use noroshi_store::leaf::Sequenced;
use noroshi_store::{Db, LeafEntry, LedgerFault, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

/// Lines carried in one round.
const ROUND_MAX: u32 = noroshi_store::limits::WAITING_PAGE_MAX;
/// How long anybody waits for news before looking again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Why the scribe stopped.
#[derive(Debug, thiserror::Error)]
pub enum ScribeError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Log and database tell different stories.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
    /// The commission's mirror has more of the log than the log itself: an old backup was restored.
    #[error(
        "the log is behind the commission's mirror, which has seen {witness_size} entries: an old backup was restored; let the log catch up from the mirror, and restore the newest database"
    )]
    Behind {
        /// Entries the mirror has seen.
        witness_size: u64,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Carries lines into the log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scribe {
    db: Db,
    log: Arc<Sequencer>,
    standing: Arc<Mutex<Standing>>,
    grown: Arc<watch::Sender<u64>>,
}

impl Scribe {
    /// Makes database and log agree, reads where the hub stands, and is ready to [`Scribe::run`].
    /// `size` is the number of entries in the log when it was opened.
    ///
    /// # Errors
    /// [`ScribeError::Ledger`] when the two tell different stories, [`ScribeError::Behind`] when the mirror knows more
    /// than the log: a person must look.
    pub async fn begin(db: Db, log: Arc<Sequencer>, size: u64) -> Result<Self, ScribeError> {
        not_behind(&log.status())?;
        let reader = log.reader().at(size).or_else(|_| log.reader().at(0))?;
        let known = db.cursor().await?.min(size);
        let tail: Vec<_> = reader.leaf_hashes(known..size)?.into_iter().map(|hash| hash.0).collect();
        let settled = db.settle(size, &(known..size).zip(tail).collect::<Vec<_>>()).await?;
        if settled > 0 {
            tracing::info!(settled, "lines of the last run were in the log already");
        }
        let standing = Standing::of(&reader, size)?;
        let grown = Arc::new(watch::Sender::new(size));
        Ok(Self { db, log, standing: Arc::new(Mutex::new(standing)), grown })
    }

    /// Asks where the hub stands, by what is in the log. Short: lines wait meanwhile.
    pub fn standing<T>(&self, ask: impl FnOnce(&Standing) -> T) -> T {
        ask(&self.standing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes whenever the log grows: its size as far as it was carried here.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }

    /// What the log does just now.
    pub fn status(&self) -> Status {
        self.log.status()
    }

    /// The log, for readers.
    pub fn log(&self) -> &Arc<Sequencer> {
        &self.log
    }

    /// The receipt of a line: as kept, or made anew under the last cosigned checkpoint; `None` while it waits.
    ///
    /// # Errors
    /// [`ScribeError`].
    pub async fn receipt(&self, line: Uuid) -> Result<Option<Vec<u8>>, ScribeError> {
        let Some(kept) = self.db.leaf(line).await? else {
            return Ok(None);
        };
        if kept.receipt.is_some() {
            return Ok(kept.receipt);
        }
        let made = kept.index.map(|index| self.log.receipt(index)).transpose();
        Ok(made.ok().flatten().map(|receipt: Receipt| receipt.to_text().into_bytes()))
    }

    /// Waits for the receipt of a line, at most `limit`.
    ///
    /// # Errors
    /// [`ScribeError`].
    pub async fn wait_receipt(&self, line: Uuid, limit: Duration) -> Result<Option<Vec<u8>>, ScribeError> {
        let until = tokio::time::Instant::now() + limit;
        let mut grown = self.grown();
        loop {
            // Whatever comes after this look is news.
            grown.mark_unchanged();
            let receipt = self.receipt(line).await?;
            if receipt.is_some() || tokio::time::Instant::now() >= until {
                return Ok(receipt);
            }
            // Another process may carry the lines: without news it looks again by itself.
            let look = until.min(tokio::time::Instant::now() + LOOK_AGAIN);
            let _ = tokio::time::timeout_at(look, grown.changed()).await;
        }
    }

    /// Carries lines until `stop` is ready and nothing is left to carry. A log that refuses is tried again; a
    /// database that fails ends it.
    ///
    /// It must not be dropped before: a line that was submitted and not noted would be submitted again.
    ///
    /// # Errors
    /// [`ScribeError`].
    pub async fn run(&self, stop: impl Future<Output = ()>) -> Result<(), ScribeError> {
        let (mut stop, mut stopping) = (std::pin::pin!(stop), false);
        loop {
            if self.round().await? > 0 {
                continue;
            }
            if stopping {
                return Ok(());
            }
            tokio::select! {
                () = &mut stop => stopping = true,
                _ = tokio::time::timeout(LOOK_AGAIN, self.db.leaf_queued()) => {}
            }
        }
    }

    /// One round: gives how many lines found their place.
    ///
    /// # Errors
    /// [`ScribeError`].
    pub async fn round(&self) -> Result<usize, ScribeError> {
        let waiting = self.db.next_unsequenced(ROUND_MAX).await?;
        let mut told = Vec::with_capacity(waiting.len());
        for leaf in &waiting {
            let (tell, hear) = oneshot::channel::<Outcome>();
            let then = move |outcome| drop(tell.send(outcome));
            if let Err(refusal) = self.log.submit_then(leaf.bytes.clone(), then) {
                not_behind(&Status::Refusing(refusal.clone()))?;
                tracing::debug!(%refusal, "the log takes no lines now");
                break;
            }
            told.push(hear);
        }
        let (mut placed, mut lines) = (Vec::with_capacity(told.len()), Vec::with_capacity(told.len()));
        for (leaf, hear) in waiting.iter().zip(told) {
            let Ok(outcome) = hear.await else { break };
            if let Some(at) = place(leaf, outcome) {
                lines.push((at.index, &leaf.bytes));
                placed.push(at);
            }
        }
        self.db.mark_sequenced(&placed).await?;
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().for_each(|(index, bytes)| standing.line(*index, bytes));
        drop(standing);
        if let Some(last) = placed.last() {
            self.grown.send_replace(last.index + 1);
        }
        Ok(placed.len())
    }
}

/// What was restored from an old backup knows nothing of what was revoked and disposed since: it must not run.
fn not_behind(status: &Status) -> Result<(), ScribeError> {
    match status {
        Status::Refusing(Refusal::Behind { witness_size }) => Err(ScribeError::Behind { witness_size: *witness_size }),
        _ => Ok(()),
    }
}

/// Where a line stands, if it is in the log.
fn place(leaf: &LeafEntry, outcome: Outcome) -> Option<Sequenced> {
    match outcome {
        Ok(receipt) => {
            Some(Sequenced { leaf_id: leaf.id, index: receipt.index, receipt: Some(receipt.to_text().into_bytes()) })
        }
        Err(NotAcknowledged { index: Some(index), why }) => {
            tracing::warn!(index, %why, "a line is in the log without a receipt yet");
            Some(Sequenced { leaf_id: leaf.id, index, receipt: None })
        }
        Err(NotAcknowledged { index: None, why }) => {
            tracing::warn!(%why, "a line waits for the log");
            None
        }
    }
}
