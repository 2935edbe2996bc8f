//! One thread between many writers and one log: it gathers entries into batches, so that one flush serves hundreds.
//!
//! An entry is acknowledged when it is durable, under a signed checkpoint that the quorum has cosigned; the
//! acknowledgement is a [`Receipt`]. When the quorum does not answer within the limit the entries stay in the log, their
//! writers are told so and get no receipt, and new entries are refused until the quorum is back. There is no other mode.

use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::head::Head;
use crate::limits::{BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX};
use crate::log::Log;
use crate::note::Note;
use crate::offer::Witnesses;
use crate::policy::Policy;
use crate::reader::{ReadError, Reader};
use crate::receipt::Receipt;

mod run;

/// How the sequencer gathers and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Time between the beginnings of two batches, at least.
    pub interval: Duration,
    /// Entries of one batch.
    pub batch_entries_max: usize,
    /// Entries that may wait; one more is refused.
    pub queue_entries_max: usize,
    /// How long the quorum may take for one checkpoint.
    pub quorum_limit: Duration,
    /// Time between two attempts while the quorum is missing.
    pub retry: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            interval: Duration::from_millis(50),
            batch_entries_max: 4096,
            queue_entries_max: 16_384,
            quorum_limit: Duration::from_secs(2),
            retry: Duration::from_millis(500),
        }
    }
}

/// Why an entry is not taken, or not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too many entries wait already.
    #[error("too many entries are waiting ({waiting}); send again later")]
    Full {
        /// Entries waiting.
        waiting: usize,
    },
    /// The entry is too long.
    #[error("the entry has {bytes} bytes; an entry has at most {ENTRY_BYTES_MAX}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The quorum has not cosigned. Nothing is acknowledged until it does.
    #[error("no quorum of witnesses: {why}")]
    NoQuorum {
        /// Who is missing and why.
        why: String,
    },
    /// A witness has seen a larger tree: the log is a restored backup and must catch up from a mirror.
    #[error("the log is behind: a witness has seen {witness_size} entries; catch up from a mirror")]
    Behind {
        /// Entries the witness has seen.
        witness_size: u64,
    },
    /// The log has stopped after a failed write.
    #[error("{0}")]
    Stopped(String),
    /// The sequencer was closed.
    #[error("the log is being closed")]
    Closed,
}

/// An entry was taken and is not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not acknowledged: {why}")]
pub struct NotAcknowledged {
    /// Where the entry stands in the log when it is known to be durable. It stays there, and [`Sequencer::receipt`] will
    /// give a receipt once the quorum is back. `None` with [`Refusal::Stopped`]: look for it after opening the log
    /// again. `None` otherwise: it is not in the log.
    pub index: Option<u64>,
    /// Why.
    pub why: Refusal,
}

/// What comes of a submitted entry.
pub type Outcome = Result<Receipt, NotAcknowledged>;

/// What the sequencer does just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It asks the quorum whether the log stands where it should.
    Starting,
    /// It takes entries.
    Open,
    /// It refuses entries.
    Refusing(Refusal),
}

/// An entry on its way. Wait for it, or drop it: the entry is written either way.
#[derive(Debug)]
pub struct Pending(Receiver<Outcome>);

impl Pending {
    /// Waits for the receipt.
    ///
    /// # Errors
    /// [`NotAcknowledged`].
    pub fn wait(self) -> Outcome {
        self.0.recv().unwrap_or(Err(NotAcknowledged { index: None, why: Refusal::Closed }))
    }
}

/// The one who waits for an entry.
type Then = Box<dyn FnOnce(Outcome) + Send>;

struct Waiting {
    entry: Vec<u8>,
    then: Then,
}

struct State {
    queue: VecDeque<Waiting>,
    status: Status,
    closing: bool,
    published: Option<(Note, Head)>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gathers entries for a log that it owns. Share it between threads by reference or in an `Arc`.
pub struct Sequencer {
    shared: Arc<Shared>,
    files: Reader,
    queue_entries_max: usize,
    thread: JoinHandle<Log>,
}

impl fmt::Debug for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequencer").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Sequencer {
    /// Starts the thread. It first has the quorum confirm where the log stands; entries are refused until then.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(log: Log, witnesses: Box<dyn Witnesses>, policy: Policy, pace: Pace) -> std::io::Result<Self> {
        let state = State { queue: VecDeque::new(), status: Status::Starting, closing: false, published: None };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let files = log.reader();
        let pace = Pace { batch_entries_max: pace.batch_entries_max.clamp(1, BATCH_ENTRIES_MAX), ..pace };
        let mut runner = run::Runner { log, witnesses, policy, pace, shared: Arc::clone(&shared) };
        let thread = std::thread::Builder::new().name("ledger-sequencer".to_owned()).spawn(move || {
            runner.run();
            runner.log
        })?;
        Ok(Self { shared, files, queue_entries_max: pace.queue_entries_max, thread })
    }

    /// Submits an entry and gives a handle to wait on.
    ///
    /// # Errors
    /// [`Refusal`]: the entry was not taken and is not in the log.
    pub fn submit(&self, entry: Vec<u8>) -> Result<Pending, Refusal> {
        let (tell, told) = mpsc::sync_channel(1);
        self.submit_then(entry, move |outcome| drop(tell.try_send(outcome)))?;
        Ok(Pending(told))
    }

    /// Submits an entry and calls `then` with what came of it, on the sequencer's thread: it must be short and must not
    /// submit. Asynchronous callers complete a one-shot channel in it.
    ///
    /// # Errors
    /// [`Refusal`]: the entry was not taken, is not in the log, and `then` is not called.
    pub fn submit_then(&self, entry: Vec<u8>, then: impl FnOnce(Outcome) + Send + 'static) -> Result<(), Refusal> {
        if entry.len() > ENTRY_BYTES_MAX {
            return Err(Refusal::TooLong { bytes: entry.len() });
        }
        let mut state = self.shared.lock();
        let refusal = match &state.status {
            _ if state.closing => Some(Refusal::Closed),
            Status::Starting => Some(Refusal::NoQuorum { why: "the quorum has not confirmed the log yet".to_owned() }),
            Status::Refusing(refusal) => Some(refusal.clone()),
            Status::Open if state.queue.len() >= self.queue_entries_max => {
                Some(Refusal::Full { waiting: state.queue.len() })
            }
            Status::Open => None,
        };
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        state.queue.push_back(Waiting { entry, then: Box::new(then) });
        drop(state);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// What it does just now.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.lock().status.clone()
    }

    /// Waits until entries are taken, can be no more without a person, or `limit` has passed. What it does then comes back.
    #[must_use]
    pub fn wait_open(&self, limit: Duration) -> Status {
        let hopeless =
            |status: &Status| matches!(status, Status::Refusing(Refusal::Behind { .. } | Refusal::Stopped(_)));
        let waits = |state: &mut State| state.status != Status::Open && !hopeless(&state.status) && !state.closing;
        let waited = self.shared.changed.wait_timeout_while(self.shared.lock(), limit, waits);
        waited.unwrap_or_else(PoisonError::into_inner).0.status.clone()
    }

    /// The last cosigned checkpoint of this run, and what it says.
    #[must_use]
    pub fn published(&self) -> Option<(Note, Head)> {
        self.shared.lock().published.clone()
    }

    /// A reader of the tree of the last cosigned checkpoint of this run; of the empty tree before there is one.
    #[must_use]
    pub fn reader(&self) -> Reader {
        let size = self.published().map_or(0, |(_, head)| head.size);
        self.files.resized(size)
    }

    /// A receipt for an entry under the last cosigned checkpoint: for who lost one, or was not acknowledged in time.
    ///
    /// # Errors
    /// [`ReadError::OutOfRange`] while no cosigned checkpoint covers it.
    pub fn receipt(&self, index: u64) -> Result<Receipt, ReadError> {
        let (checkpoint, head) = self.published().ok_or(ReadError::OutOfRange { asked: index, size: 0 })?;
        let proof = self.files.resized(head.size).inclusion(index)?;
        Ok(Receipt { index, proof, checkpoint, extra: None })
    }

    /// Writes what waits, ends the thread and gives the log back.
    ///
    /// # Panics
    /// Passes on a panic of a callback.
    #[must_use]
    pub fn close(self) -> Log {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

#[cfg(test)]
mod tests;
