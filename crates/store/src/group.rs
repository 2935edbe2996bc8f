//! Transactions that share a commit: a disk syncs some hundreds of times a second, and callers come by thousands.
//!
//! There is one lane of writing. Whoever finds it empty begins a transaction and sends a committer to the end of the
//! queue; whoever waits before the committer works in the same transaction, each behind a savepoint of its own; then
//! the committer commits, and all are answered. No timer: alone, a caller waits for one sync. Callers of one process
//! never lose against each other, so `SERIALIZABLE` runs nothing again but for other processes.
//!
//! Work that fails, or is given up half way, is rolled back to its savepoint; the others do not notice. When that cannot
//! be done the whole transaction is rolled back, and every caller in it is told that it lost and may run again.

use sqlx::{Any, AnyConnection, Pool, Transaction};
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};

/// What became of a shared transaction.
type Fate = Result<(), Arc<sqlx::Error>>;

/// The one way to write.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lane(Arc<Mutex<Option<Group>>>);

/// A transaction that is open, and who waits for its commit.
#[derive(Debug)]
struct Group {
    transaction: Transaction<'static, Any>,
    queued_leaf: bool,
    /// Behind the savepoint lies work that is not to be kept.
    unfinished: bool,
    /// A caller was given up while savepoints changed: nobody knows which there are.
    doubtful: bool,
    fate: watch::Sender<Option<Fate>>,
}

/// A place in the shared transaction, behind a savepoint. What is not [`Seat::keep`]ed is rolled back.
#[derive(Debug)]
pub(crate) struct Seat {
    lane: OwnedMutexGuard<Option<Group>>,
}

/// What a caller waits for after its work.
#[derive(Debug)]
pub(crate) struct Ticket(watch::Receiver<Option<Fate>>);

/// Why a caller's work is not in the database.
#[derive(Debug)]
pub(crate) enum NotCommitted {
    /// The database said so at the commit.
    Failed(Arc<sqlx::Error>),
    /// The transaction was rolled back because of somebody else in it.
    Lost,
}

impl Lane {
    /// Waits for a place.
    pub(crate) async fn seat(
        &self,
        pool: &Pool<Any>,
        begin: &'static str,
        leaf_queued: &Arc<Notify>,
    ) -> Result<Seat, sqlx::Error> {
        let mut lane = Arc::clone(&self.0).lock_owned().await;
        if let Some(group) = lane.as_mut() {
            if group.next().await {
                return Ok(Seat { lane });
            }
            *lane = None;
        }
        let mut transaction = pool.begin_with(begin).await?;
        sqlx::raw_sql("SAVEPOINT caller").execute(&mut *transaction).await?;
        let fate = watch::Sender::new(None);
        *lane = Some(Group { transaction, queued_leaf: false, unfinished: true, doubtful: false, fate });
        tokio::spawn(commit(self.clone(), Arc::clone(leaf_queued)));
        Ok(Seat { lane })
    }
}

impl Group {
    /// A fresh savepoint for the next caller. False when the transaction can only be rolled back.
    async fn next(&mut self) -> bool {
        if self.doubtful {
            return false;
        }
        let words =
            if self.unfinished { "ROLLBACK TO SAVEPOINT caller" } else { "RELEASE SAVEPOINT caller; SAVEPOINT caller" };
        self.doubtful = true;
        // Stays so when this future is dropped at the `await`.
        self.doubtful = true;
        self.doubtful = sqlx::raw_sql(words).execute(&mut *self.transaction).await.is_err();
        self.unfinished = true;
        !self.doubtful
    }
}

impl Seat {
    /// The transaction's connection.
    #[expect(clippy::expect_used, reason = "a seat is made where there is a group, and holds the lane for itself")]
    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.lane.as_mut().expect("a group").transaction
    }

    /// Keeps what was done behind the savepoint.
    pub(crate) fn keep(&mut self, queued_leaf: bool) {
        if let Some(group) = self.lane.as_mut() {
            group.unfinished = false;
            group.queued_leaf |= queued_leaf;
        }
    }

    /// Makes place for the next caller.
    pub(crate) fn leave(self) -> Ticket {
        let fate = self.lane.as_ref().map(|group| group.fate.subscribe());
        Ticket(fate.unwrap_or_else(|| watch::Sender::new(None).subscribe()))
    }
}

impl Ticket {
    /// Waits for the commit.
    pub(crate) async fn committed(mut self) -> Result<(), NotCommitted> {
        match self.0.wait_for(Option::is_some).await {
            Ok(fate) => match &*fate {
                Some(Err(error)) => Err(NotCommitted::Failed(Arc::clone(error))),
                Some(Ok(())) => Ok(()),
                None => Err(NotCommitted::Lost),
            },
            Err(_) => Err(NotCommitted::Lost),
        }
    }
}

/// Commits the open transaction when its turn in the lane has come.
async fn commit(lane: Lane, leaf_queued: Arc<Notify>) {
    let mut lane = lane.0.lock_owned().await;
    let Some(mut group) = lane.take() else { return };
    // A group that is dropped rolls back, and who waits for it is told that it lost.
    if group.doubtful || group.unfinished && !group.next().await {
        return;
    }
    let done = group.transaction.commit().await.map_err(Arc::new);
    if done.is_ok() && group.queued_leaf {
        leaf_queued.notify_one();
    }
    let _ = group.fate.send(Some(done));
    drop(lane);
}
