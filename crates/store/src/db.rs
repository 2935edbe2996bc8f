//! The database by URL: pools, how a transaction begins, and the one place where it is tried again.
//!
//! SQLite: write-ahead log, `synchronous = FULL`, foreign keys, one connection that writes with
//! `BEGIN IMMEDIATE`, several that only read. PostgreSQL: `SERIALIZABLE`, which loses transactions of several
//! processes to each other by design, so [`Db::run_tx`] runs them again. Everything else is one text. Callers of one
//! process share transactions and commits (`group`).

use crate::error::{StoreError, TxError};
use crate::group::{Lane, NotCommitted, Seat};
use crate::limits::{READERS_MAX, TRIES_MAX};
use crate::meter::{Meter, TxCount};
use crate::migrate;
use crate::place::{Dialect, Place};
use sqlx::any::{AnyArguments, AnyPoolOptions, AnyRow};
use sqlx::query::{Query, QueryAs};
use sqlx::{Any, AnyConnection, FromRow, Pool, Transaction};
use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dialect: Dialect,
    writers: Pool<Any>,
    readers: Pool<Any>,
    meter: Meter,
    ordinal: AtomicI64,
    leaf_queued: Arc<Notify>,
    lane: Lane,
}

/// A transaction. `'a` is what its work may borrow.
#[derive(Debug)]
pub struct Tx<'a> {
    pub(crate) name: &'static str,
    hold: Hold,
    db: Arc<Inner>,
    pub(crate) queued_leaf: bool,
    borrows: PhantomData<&'a ()>,
}

/// What a transaction speaks through.
#[derive(Debug)]
enum Hold {
    /// One of its own, that reads.
    Own(Transaction<'static, Any>),
    /// A place in the one that writes.
    Shared(Seat),
}

/// What a transaction does, as a future that borrows the transaction.
pub type Work<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

impl Tx<'_> {
    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        match &mut self.hold {
            Hold::Own(transaction) => transaction,
            Hold::Shared(seat) => seat.connection(),
        }
    }

    /// Runs a statement; gives the number of rows it touched.
    pub(crate) async fn execute(&mut self, statement: Query<'_, Any, AnyArguments>) -> Result<u64, StoreError> {
        let name = self.name;
        let done = statement.execute(self.connection()).await.map_err(StoreError::sql(name))?;
        Ok(done.rows_affected())
    }

    /// The first row, if there is one.
    pub(crate) async fn first<T>(
        &mut self,
        question: QueryAs<'_, Any, T, AnyArguments>,
    ) -> Result<Option<T>, StoreError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let name = self.name;
        question.fetch_optional(self.connection()).await.map_err(StoreError::sql(name))
    }

    /// All rows.
    pub(crate) async fn all<T>(&mut self, question: QueryAs<'_, Any, T, AnyArguments>) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let name = self.name;
        question.fetch_all(self.connection()).await.map_err(StoreError::sql(name))
    }

    /// Rises by one for each leaf of this process, so that what came later is sequenced later even
    /// where the clock stood still.
    pub(crate) fn next_ordinal(&self) -> i64 {
        self.db.ordinal.fetch_add(1, Ordering::Relaxed)
    }
}

impl Db {
    /// Opens the database at `url` and brings its schema up to date.
    ///
    /// # Errors
    /// An unknown scheme, a database that cannot be opened, or one of a newer program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let db = Self::connect(url).await?;
        migrate::run(&db).await?;
        Ok(db)
    }

    /// Opens without touching the schema: what `doctor` does first.
    ///
    /// # Errors
    /// As [`Db::open`], but not for the schema.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let place = Place::parse(url)?;
        let dialect = place.dialect();
        let (writers, readers) = (pool(&place, 1, false).await?, pool(&place, READERS_MAX, true).await?);
        let inner = Inner {
            dialect,
            writers,
            readers,
            meter: Meter::default(),
            ordinal: AtomicI64::new(0),
            leaf_queued: Arc::default(),
            lane: Lane::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Which database speaks.
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// Counts by name of transaction.
    pub fn tx_counts(&self) -> BTreeMap<&'static str, TxCount> {
        self.inner.meter.read()
    }

    /// Waits until this process has committed a leaf since the last time somebody waited.
    pub async fn leaf_queued(&self) {
        self.inner.leaf_queued.notified().await;
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.inner.writers.close().await;
        self.inner.readers.close().await;
    }

    pub(crate) fn reader(&self) -> &Pool<Any> {
        &self.inner.readers
    }

    /// Runs `work` in one transaction and commits it, or rolls it back when it gives an error.
    ///
    /// A transaction that lost against another is run again, so `work` must do nothing but write to
    /// the transaction. It is counted under `name` (see [`Db::tx_counts`]).
    ///
    /// # Errors
    /// What `work` says, [`StoreError::TooBusy`] after 24 tries, or what the database says.
    pub async fn run_tx<'a, T, E, F>(&self, name: &'static str, mut work: F) -> Result<T, E>
    where
        T: Send,
        E: TxError,
        F: for<'t> FnMut(&'t mut Tx<'a>) -> Work<'t, T, E> + Send,
    {
        let started = Instant::now();
        let mut lost = 0;
        loop {
            let result = self.try_write(name, &mut work).await;
            let again = matches!(&result, Err(error) if error.store().is_some_and(StoreError::may_pass));
            if !again {
                self.inner.meter.count(name, result.is_ok(), lost, started.elapsed());
                return result;
            }
            lost += 1;
            if lost == TRIES_MAX {
                self.inner.meter.count(name, false, lost, started.elapsed());
                return Err(StoreError::TooBusy { tx: name, tries: lost }.into());
            }
            tracing::debug!(tx = name, lost, "lost against another transaction, running it again");
            tokio::time::sleep(pause(lost)).await;
        }
    }

    /// Reads with `work` in one transaction that sees one moment and cannot write.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub async fn read<'a, T, E, F>(&self, name: &'static str, mut work: F) -> Result<T, E>
    where
        T: Send,
        E: TxError,
        F: for<'t> FnMut(&'t mut Tx<'a>) -> Work<'t, T, E> + Send,
    {
        self.try_read(name, &mut work).await
    }

    /// In the shared transaction; answered after its commit, also with what the work found wrong.
    async fn try_write<'a, T, E, F>(&self, name: &'static str, work: &mut F) -> Result<T, E>
    where
        T: Send,
        E: TxError,
        F: for<'t> FnMut(&'t mut Tx<'a>) -> Work<'t, T, E> + Send,
    {
        let begin = match self.inner.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        let seat = self.inner.lane.seat(&self.inner.writers, begin, &self.inner.leaf_queued).await;
        let hold = Hold::Shared(seat.map_err(StoreError::sql(name))?);
        let mut tx = Tx { name, hold, db: Arc::clone(&self.inner), queued_leaf: false, borrows: PhantomData };
        let done = work(&mut tx).await;
        let Tx { hold: Hold::Shared(mut seat), queued_leaf, .. } = tx else { return done };
        if done.is_ok() {
            seat.keep(queued_leaf);
        }
        match seat.leave().committed().await {
            Ok(()) => done,
            Err(NotCommitted::Failed(source)) => Err(StoreError::NotCommitted { tx: name, source }.into()),
            Err(NotCommitted::Lost) => Err(StoreError::Lost { tx: name }.into()),
        }
    }

    async fn try_read<'a, T, E, F>(&self, name: &'static str, work: &mut F) -> Result<T, E>
    where
        T: Send,
        E: TxError,
        F: for<'t> FnMut(&'t mut Tx<'a>) -> Work<'t, T, E> + Send,
    {
        let begin = match self.inner.dialect {
            Dialect::Sqlite => "BEGIN",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let transaction = self.inner.readers.begin_with(begin).await.map_err(StoreError::sql(name))?;
        let hold = Hold::Own(transaction);
        let mut tx = Tx { name, hold, db: Arc::clone(&self.inner), queued_leaf: false, borrows: PhantomData };
        let done = work(&mut tx).await?;
        let Tx { hold: Hold::Own(transaction), .. } = tx else { return Ok(done) };
        transaction.commit().await.map_err(StoreError::sql(name))?;
        Ok(done)
    }
}

/// Longer each time, and different for neighbours, without dice: losers must not meet again.
fn pause(lost: u32) -> Duration {
    let spread = u64::from(std::process::id()) ^ (u64::from(lost) << 3);
    Duration::from_micros(500 * u64::from(lost.min(20)) * u64::from(lost.min(20)) + spread % 997)
}

async fn pool(place: &Place, connections_max: u32, read_only: bool) -> Result<Pool<Any>, StoreError> {
    let dialect = place.dialect();
    let options = AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| Box::pin(async move { prepare(connection, dialect, read_only).await }));
    options.connect(&place.driver_url()).await.map_err(|source| StoreError::Open { place: place.shown(), source })
}

/// What each new connection is told once.
async fn prepare(connection: &mut AnyConnection, dialect: Dialect, read_only: bool) -> Result<(), sqlx::Error> {
    let settings: &[&'static str] = match (dialect, read_only) {
        (Dialect::Sqlite, false) => &[
            "PRAGMA busy_timeout = 10000",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = ON",
        ],
        (Dialect::Sqlite, true) => &["PRAGMA busy_timeout = 10000", "PRAGMA query_only = ON"],
        (Dialect::Postgres, false) => &["SET synchronous_commit = on", "SET lock_timeout = '30s'"],
        (Dialect::Postgres, true) => &["SET default_transaction_read_only = on"],
    };
    for setting in settings {
        sqlx::raw_sql(*setting).execute(&mut *connection).await?;
    }
    Ok(())
}
