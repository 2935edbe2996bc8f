//! Group commit: many callers that each want a leaf durable, few syncs of the disk.
//!
//! A disk syncs some hundreds of times a second, the ledger takes thousands of entries. Callers that
//! arrive while a commit runs are carried together by the next one; nobody waits for a timer. A caller
//! is answered after the commit: what was acknowledged is durable.

use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::leaf::LeafEntry;
use crate::limits::{APPEND_MAX, GROUP_LEAVES_MAX, GROUP_WAITING_MAX};
use noroshi_model::Micros;
use tokio::sync::{mpsc, oneshot};

/// The front of the group commit. Cheap to clone; it ends when the last clone is gone.
#[derive(Debug, Clone)]
pub struct Appender {
    queue: mpsc::Sender<Caller>,
}

#[derive(Debug)]
struct Caller {
    leaves: Vec<LeafEntry>,
    at: Micros,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl Appender {
    /// Starts it on the current tokio runtime.
    pub fn start(db: Db) -> Self {
        let (queue, callers) = mpsc::channel(GROUP_WAITING_MAX);
        tokio::spawn(run(db, callers));
        Self { queue }
    }

    /// Writes leaves, all or none, and returns when they are durable.
    ///
    /// # Errors
    /// Too many or too large, one that is there already, or what the database says. Nothing was written.
    pub async fn append(&self, leaves: Vec<LeafEntry>, at: Micros) -> Result<(), StoreError> {
        at_most("leaves appended at once", leaves.len(), APPEND_MAX)?;
        let (answer, answered) = oneshot::channel();
        self.queue.send(Caller { leaves, at, answer }).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run(db: Db, mut callers: mpsc::Receiver<Caller>) {
    while let Some(first) = callers.recv().await {
        let mut count = first.leaves.len();
        let mut group = vec![first];
        while count < GROUP_LEAVES_MAX
            && let Ok(next) = callers.try_recv()
        {
            count += next.leaves.len();
            group.push(next);
        }
        commit(&db, group).await;
    }
}

/// Commits a group; if that fails, each caller alone, so that one bad leaf fails only whoever brought it.
async fn commit(db: &Db, group: Vec<Caller>) {
    let mut whole = write(db, &group).await;
    let alone = whole.is_err() && group.len() > 1;
    for caller in group {
        let result =
            if alone { write(db, std::slice::from_ref(&caller)).await } else { std::mem::replace(&mut whole, Ok(())) };
        // A caller that no longer waits has its leaf all the same.
        let _ = caller.answer.send(result);
    }
}

async fn write(db: &Db, group: &[Caller]) -> Result<(), StoreError> {
    db.run_tx("store::append", |tx| Box::pin(async move { queue(tx, group).await })).await
}

async fn queue(tx: &mut Tx<'_>, group: &[Caller]) -> Result<(), StoreError> {
    let leaves = group.iter().flat_map(|caller| caller.leaves.iter().map(move |leaf| (leaf, caller.at)));
    let leaves: Vec<(&LeafEntry, Micros)> = leaves.collect();
    tx.queue_leaves(&leaves).await
}
