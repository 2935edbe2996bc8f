//! Governed things: their events, the one function that writes one, and their replay.
//!
//! [`Db::record`] writes events at an expected version, the leaf that tells of them, the jobs they set off
//! and what may be asked of them later, in one transaction. There is no other way to write an event, and
//! an event refers to its leaf. A line that changes no thing, such as a refusal, is written with
//! [`Db::record_line`].

use crate::db::{Db, Tx, Work};
use crate::error::{StoreError, TxError, at_most};
use crate::job::{Lease, NewJob};
use crate::leaf::LeafEntry;
use crate::limits::{EVENT_BYTES_MAX, EVENTS_MAX, JOBS_MAX, PAGE_MAX};
use crate::row::id;
use crate::version::Version;
use noroshi_casework::Topic;
use noroshi_model::Micros;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What is to be written at once.
#[derive(Debug)]
pub struct Record<'r> {
    /// [`Topic::NAME`].
    pub topic: &'static str,
    /// Which thing.
    pub id: String,
    /// What it belongs to, as [`Topic::subject`] says of its first event.
    pub subject: Option<String>,
    /// The version it was decided on; [`Version::NEW`] for a thing that must not exist yet.
    pub expected: Version,
    /// When, by the hub's clock.
    pub at: Micros,
    /// Events as JSON, in order.
    pub events: Vec<Vec<u8>>,
    /// The leaf that tells of them.
    pub leaf: LeafEntry,
    /// Further leaves, where the ledger is told in several lines.
    pub further: Vec<LeafEntry>,
    /// What is to be done outside afterwards.
    pub jobs: Vec<NewJob>,
    /// The job that this was the work of; it ends with it.
    pub ends: Option<&'r Lease>,
    /// Rows to be written with it, so that one can ask for more than the thing itself.
    pub projection: Option<&'r dyn Projection>,
}

/// Rows that follow from events and can be made anew from them.
pub trait Projection: fmt::Debug + Send + Sync {
    /// Writes them.
    fn write<'t>(&'t self, tx: &'t mut Tx<'_>) -> Work<'t, (), StoreError>;
}

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Somebody else was faster.
    #[error(
        "{topic} {id} was changed in the meantime (version {found}, decided on {expected}); load it and decide again"
    )]
    Conflict {
        /// Of which topic.
        topic: &'static str,
        /// Which thing.
        id: String,
        /// The version it was decided on.
        expected: Version,
        /// The version it has.
        found: Version,
    },
    /// Nothing happened.
    #[error("a record without an event; a refusal has a function of its own")]
    Empty,
    /// The job's lease ran out and somebody else has it.
    #[error("the lease of job {0} is lost; its work was not recorded")]
    LeaseLost(Uuid),
    /// The database failed, or too much was asked of it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TxError for RecordError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// An event as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded<E> {
    /// The version the thing has with it.
    pub version: Version,
    /// When.
    pub at: Micros,
    /// The leaf that tells of it.
    pub leaf_id: Uuid,
    /// What happened.
    pub event: E,
}

impl Record<'_> {
    /// A record of events of topic `T`, without jobs or projection.
    ///
    /// # Errors
    /// An event that cannot be written as JSON.
    pub fn of<T: Topic>(
        id: T::Id,
        expected: Version,
        at: Micros,
        events: &[T::Event],
        leaf: LeafEntry,
    ) -> Result<Self, StoreError> {
        let json = |event| serde_json::to_vec(event).map_err(|source| StoreError::Json { what: "an event", source });
        Ok(Self {
            topic: T::NAME,
            id: id.to_string(),
            subject: events.first().and_then(T::subject),
            expected,
            at,
            events: events.iter().map(json).collect::<Result<_, _>>()?,
            leaf,
            further: Vec::new(),
            jobs: Vec::new(),
            ends: None,
            projection: None,
        })
    }

    fn check(&self) -> Result<(), RecordError> {
        if self.events.is_empty() {
            return Err(RecordError::Empty);
        }
        at_most("events of one record", self.events.len(), EVENTS_MAX)?;
        at_most("further leaves of one record", self.further.len(), EVENTS_MAX)?;
        at_most("jobs of one record", self.jobs.len(), JOBS_MAX)?;
        for event in &self.events {
            at_most("bytes of an event", event.len(), EVENT_BYTES_MAX)?;
        }
        Ok(())
    }
}

impl Db {
    /// Writes events with their leaf, in a transaction counted under `name`. Gives the new version.
    ///
    /// # Errors
    /// [`RecordError::Conflict`] when the thing is not at the expected version: nothing was written.
    pub async fn record(&self, name: &'static str, record: &Record<'_>) -> Result<Version, RecordError> {
        record.check()?;
        self.run_tx(name, |tx| {
            Box::pin(async move {
                tx.expect_version(record).await?;
                tx.queue_leaf(&record.leaf, record.at).await?;
                for leaf in &record.further {
                    tx.queue_leaf(leaf, record.at).await?;
                }
                tx.insert_events(record).await?;
                for job in &record.jobs {
                    tx.insert_job(job, record.at).await?;
                }
                if let Some(lease) = record.ends
                    && !tx.end_job(lease, record.at).await?
                {
                    return Err(RecordError::LeaseLost(lease.job));
                }
                if let Some(projection) = record.projection {
                    projection.write(tx).await?;
                }
                Ok(record.expected.plus(record.events.len()))
            })
        })
        .await
    }

    /// Writes a line of the log that changes no thing, such as a refusal: a leaf and nothing else.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_line(&self, at: Micros, leaf: &LeafEntry) -> Result<(), StoreError> {
        self.run_tx("store::record_line", |tx| Box::pin(async move { tx.queue_leaf(leaf, at).await })).await
    }

    /// A thing and its version, by replay; `None` where nothing ever happened.
    ///
    /// # Errors
    /// An event that this program cannot read, or what the database says.
    pub async fn load<T: Topic>(&self, id: T::Id) -> Result<Option<(T::State, Version)>, StoreError> {
        let id = id.to_string();
        let id = id.as_str();
        self.read("store::load", |tx| Box::pin(async move { tx.replay::<T>(id, None, Version::NEW).await }))
            .await
            .map(|(state, version)| state.map(|state| (state, version)))
    }

    /// Everything that happened to a thing, oldest first.
    ///
    /// # Errors
    /// An event that this program cannot read, or what the database says.
    pub async fn history<T: Topic>(&self, id: T::Id) -> Result<Vec<Recorded<T::Event>>, StoreError> {
        let id = id.to_string();
        let id = id.as_str();
        self.read("store::history", |tx| {
            Box::pin(async move {
                let mut history: Vec<Recorded<T::Event>> = Vec::new();
                loop {
                    let after = history.last().map_or(Version::NEW, |recorded| recorded.version);
                    let page = tx.events::<T>(id, after).await?;
                    let last = page.len() < PAGE_MAX as usize;
                    history.extend(page);
                    if last {
                        return Ok(history);
                    }
                }
            })
        })
        .await
    }

    /// Ids of a topic's things, in order, at most 1,000, from the one after `after`. Ids are time-ordered.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ids<T: Topic>(&self, after: Option<T::Id>, limit: u32) -> Result<Vec<T::Id>, StoreError>
    where
        T::Id: FromStr,
    {
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let after = after.as_str();
        self.read("store::ids", |tx| {
            Box::pin(async move {
                let text = "-- store::event::ids
                    SELECT id FROM event WHERE topic = $1 AND version = 1 AND id > $2 ORDER BY id LIMIT $3";
                let page = sqlx::query_as(text).bind(T::NAME).bind(after).bind(i64::from(limit.min(PAGE_MAX)));
                let rows: Vec<(String,)> = tx.all(page).await?;
                rows.iter().map(|(text,)| id("event", text)).collect()
            })
        })
        .await
    }
}

impl Db {
    /// Ids of a topic's things that belong to `subject`, in order, at most 1,000, from the one after `after`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ids_of<T: Topic>(
        &self,
        subject: &str,
        after: Option<T::Id>,
        limit: u32,
    ) -> Result<Vec<T::Id>, StoreError>
    where
        T::Id: FromStr,
    {
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let after = after.as_str();
        self.read("store::ids_of", |tx| {
            Box::pin(async move {
                let text = "-- store::event::ids_of
                    SELECT id FROM event WHERE topic = $1 AND subject = $2 AND version = 1 AND id > $3
                    ORDER BY id LIMIT $4";
                let limit = i64::from(limit.min(PAGE_MAX));
                let page = sqlx::query_as(text).bind(T::NAME).bind(subject).bind(after).bind(limit);
                let rows: Vec<(String,)> = tx.all(page).await?;
                rows.iter().map(|(text,)| id("event", text)).collect()
            })
        })
        .await
    }

    /// How many things of a topic belong to `subject`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_of<T: Topic>(&self, subject: &str) -> Result<u64, StoreError> {
        self.read("store::count_of", |tx| {
            Box::pin(async move {
                let text = "-- store::event::count_of
                    SELECT COUNT(*) FROM event WHERE topic = $1 AND subject = $2 AND version = 1";
                let row: Option<(i64,)> = tx.first(sqlx::query_as(text).bind(T::NAME).bind(subject)).await?;
                Ok(row.and_then(|(count,)| u64::try_from(count).ok()).unwrap_or_default())
            })
        })
        .await
    }
}

impl Tx<'_> {
    async fn expect_version(&mut self, record: &Record<'_>) -> Result<(), RecordError> {
        let text = "-- store::event::version
            SELECT MAX(version) FROM event WHERE topic = $1 AND id = $2";
        let question = sqlx::query_as(text).bind(record.topic).bind(record.id.as_str());
        let row: Option<(Option<i64>,)> = self.first(question).await?;
        let found = Version::from_row(row.and_then(|(version,)| version).unwrap_or(0));
        if found == record.expected {
            return Ok(());
        }
        Err(RecordError::Conflict { topic: record.topic, id: record.id.clone(), expected: record.expected, found })
    }

    async fn insert_events(&mut self, record: &Record<'_>) -> Result<(), StoreError> {
        let text = "-- store::event::insert
            INSERT INTO event (topic, id, version, at, leaf_id, body, subject) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        for (event, version) in record.events.iter().zip(1..) {
            let insert = sqlx::query(text)
                .bind(record.topic)
                .bind(record.id.as_str())
                .bind(record.expected.plus(version).to_row())
                .bind(record.at.0)
                .bind(record.leaf.id.to_string())
                .bind(event.clone())
                .bind(record.subject.clone());
            self.execute(insert).await?;
        }
        Ok(())
    }

    /// The events after `after`, at most 1,000.
    async fn events<T: Topic>(&mut self, thing: &str, after: Version) -> Result<Vec<Recorded<T::Event>>, StoreError> {
        let text = "-- store::event::after
            SELECT version, at, leaf_id, body FROM event
            WHERE topic = $1 AND id = $2 AND version > $3 ORDER BY version LIMIT $4";
        let page = sqlx::query_as(text).bind(T::NAME).bind(thing).bind(after.to_row()).bind(i64::from(PAGE_MAX));
        let rows: Vec<(i64, i64, String, Vec<u8>)> = self.all(page).await?;
        let read = |(version, at, leaf_id, body): (i64, i64, String, Vec<u8>)| {
            let event = serde_json::from_slice(&body).map_err(|error| StoreError::Inconsistent {
                table: "event",
                what: format!("{} {thing} version {version}: {error}", T::NAME),
            })?;
            Ok(Recorded { version: Version::from_row(version), at: Micros(at), leaf_id: id("event", &leaf_id)?, event })
        };
        rows.into_iter().map(read).collect()
    }

    /// Replays from `state` at `version` to the end.
    pub(crate) async fn replay<T: Topic>(
        &mut self,
        thing: &str,
        mut state: Option<T::State>,
        mut version: Version,
    ) -> Result<(Option<T::State>, Version), StoreError> {
        loop {
            let page = self.events::<T>(thing, version).await?;
            for recorded in &page {
                if recorded.version != version.plus(1) {
                    let what = format!("{} {thing} has no version {}", T::NAME, version.plus(1));
                    return Err(StoreError::Inconsistent { table: "event", what });
                }
                state = T::apply(state, &recorded.event);
                version = recorded.version;
            }
            if page.len() < PAGE_MAX as usize {
                return Ok((state, version));
            }
        }
    }
}
