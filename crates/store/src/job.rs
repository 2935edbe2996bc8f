//! Jobs: what a change sets off outside the database, done later by whichever process takes the lease.
//!
//! A job is written with its change. A worker claims it for a while; if it dies, the lease runs out and
//! another worker takes the job. So a job may run twice, and must bear it. After its last attempt it is
//! dead and waits for a person.

use crate::db::{Db, Tx};
use crate::error::{StoreError, TxError, at_most};
use crate::limits::{JOB_BYTES_MAX, JOB_ERROR_BYTES_MAX, LABEL_CHARS_MAX, PAGE_MAX};
use crate::row::id;
use noroshi_model::Micros;
use uuid::Uuid;

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id, UUID version 7.
    pub id: Uuid,
    /// Which kind of worker does it.
    pub queue: String,
    /// What to do, as JSON.
    pub body: Vec<u8>,
    /// Not before this time.
    pub not_before: Micros,
    /// How often it is tried, at least once.
    pub attempts_max: u32,
}

/// A job in the hands of one worker, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Which job.
    pub job: Uuid,
    /// Its kind.
    pub queue: String,
    /// What to do.
    pub body: Vec<u8>,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Who has it.
    pub worker: String,
    /// Until when.
    pub until: Micros,
}

/// A job that nobody will try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Which.
    pub job: Uuid,
    /// What was to be done.
    pub body: Vec<u8>,
    /// How often it was tried.
    pub attempts: u32,
    /// What the last attempt said.
    pub last_error: Option<String>,
    /// When it was given up.
    pub ended_at: Micros,
}

/// What becomes of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// It will be tried again.
    Waits,
    /// It was the last attempt.
    Dead,
}

/// Why a job could not be ended.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The lease ran out and somebody else has the job, or it is over.
    #[error("the lease of job {0} is lost; another worker may have it")]
    LeaseLost(Uuid),
    /// No such dead job.
    #[error("there is no dead job {0}")]
    NotDead(Uuid),
    /// The database failed, or too much was asked of it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TxError for JobError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

type Row = (String, Vec<u8>, i64, i64);
type DeadRow = (String, Vec<u8>, i64, Option<String>, Option<i64>);

impl Db {
    /// Adds a job that no event sets off: housekeeping.
    ///
    /// # Errors
    /// Too large, or what the database says.
    pub async fn add_job(&self, job: &NewJob, at: Micros) -> Result<(), StoreError> {
        self.run_tx("job::add", |tx| Box::pin(async move { tx.insert_job(job, at).await })).await
    }

    /// Takes at most `limit` due jobs of a queue for `worker` until `until`. Jobs whose lease ran out on
    /// their last attempt die first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim_jobs(
        &self,
        queue: &str,
        worker: &str,
        now: Micros,
        until: Micros,
        limit: u32,
    ) -> Result<Vec<Lease>, StoreError> {
        self.run_tx("job::claim", |tx| {
            Box::pin(async move {
                tx.bury_jobs(queue, now).await?;
                tx.claim_jobs(queue, worker, now, until, limit).await
            })
        })
        .await
    }

    /// Ends a job that was done.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`].
    pub async fn finish_job(&self, lease: &Lease, now: Micros) -> Result<(), JobError> {
        self.run_tx("job::finish", |tx| {
            Box::pin(
                async move { if tx.end_job(lease, now).await? { Ok(()) } else { Err(JobError::LeaseLost(lease.job)) } },
            )
        })
        .await
    }

    /// Gives a job back that failed: it waits until `again_at`, or dies after its last attempt.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`].
    pub async fn fail_job(
        &self,
        lease: &Lease,
        error: &str,
        again_at: Micros,
        now: Micros,
    ) -> Result<AfterFailure, JobError> {
        let error = shorten(error);
        self.run_tx("job::fail", |tx| {
            Box::pin(async move {
                let text = "-- store::job::fail
                    UPDATE job SET worker = NULL, last_error = $4, due_at = $5,
                        state = CASE WHEN attempts >= attempts_max THEN 'dead' ELSE 'open' END,
                        ended_at = CASE WHEN attempts >= attempts_max THEN $6 ELSE ended_at END
                    WHERE job_id = $1 AND worker = $2 AND attempts = $3 AND state = 'open'
                    RETURNING state";
                let update = sqlx::query_as(text)
                    .bind(lease.job.to_string())
                    .bind(lease.worker.as_str())
                    .bind(i64::from(lease.attempt))
                    .bind(error)
                    .bind(again_at.0)
                    .bind(now.0);
                match tx.first::<(String,)>(update).await? {
                    None => Err(JobError::LeaseLost(lease.job)),
                    Some((state,)) if state == "dead" => Ok(AfterFailure::Dead),
                    Some(_) => Ok(AfterFailure::Waits),
                }
            })
        })
        .await
    }

    /// Keeps a job longer.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`].
    pub async fn extend_lease(&self, lease: &Lease, until: Micros) -> Result<Lease, JobError> {
        self.run_tx("job::extend", |tx| {
            Box::pin(async move {
                let text = "-- store::job::extend
                    UPDATE job SET due_at = $4
                    WHERE job_id = $1 AND worker = $2 AND attempts = $3 AND state = 'open'";
                let update = sqlx::query(text)
                    .bind(lease.job.to_string())
                    .bind(lease.worker.as_str())
                    .bind(i64::from(lease.attempt))
                    .bind(until.0);
                if tx.execute(update).await? == 1 {
                    Ok(Lease { until, ..lease.clone() })
                } else {
                    Err(JobError::LeaseLost(lease.job))
                }
            })
        })
        .await
    }

    /// Dead jobs of a queue, oldest first, at most 1,000.
    ///
    /// # Errors
    /// What the database says.
    pub async fn dead_jobs(&self, queue: &str, limit: u32) -> Result<Vec<DeadJob>, StoreError> {
        self.read("job::dead", |tx| Box::pin(async move { tx.dead_jobs(queue, limit).await })).await
    }

    /// Tries a dead job from the beginning, because a person said so.
    ///
    /// # Errors
    /// [`JobError::NotDead`].
    pub async fn revive_job(&self, job: Uuid, now: Micros, leaf: &crate::leaf::LeafEntry) -> Result<(), JobError> {
        self.run_tx("job::revive", |tx| {
            Box::pin(async move {
                tx.queue_leaf(leaf, now).await?;
                let text = "-- store::job::revive
                    UPDATE job SET state = 'open', attempts = 0, due_at = $2, ended_at = NULL, worker = NULL
                    WHERE job_id = $1 AND state = 'dead'";
                let update = sqlx::query(text).bind(job.to_string()).bind(now.0);
                if tx.execute(update).await? == 1 { Ok(()) } else { Err(JobError::NotDead(job)) }
            })
        })
        .await
    }

    /// Forgets jobs that were done before `before`. Gives how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sweep_jobs(&self, before: Micros) -> Result<u64, StoreError> {
        self.run_tx("job::sweep", |tx| {
            Box::pin(async move {
                let text = "-- store::job::sweep
                    DELETE FROM job WHERE state = 'done' AND ended_at < $1";
                tx.execute(sqlx::query(text).bind(before.0)).await
            })
        })
        .await
    }
}

impl Tx<'_> {
    pub(crate) async fn insert_job(&mut self, job: &NewJob, at: Micros) -> Result<(), StoreError> {
        at_most("bytes of a job", job.body.len(), JOB_BYTES_MAX)?;
        at_most("characters of a queue's name", job.queue.chars().count(), LABEL_CHARS_MAX)?;
        let text = "-- store::job::insert
            INSERT INTO job (job_id, queue, body, state, due_at, attempts, attempts_max, created_at)
            VALUES ($1, $2, $3, 'open', $4, 0, $5, $6)";
        let insert = sqlx::query(text)
            .bind(job.id.to_string())
            .bind(job.queue.as_str())
            .bind(job.body.clone())
            .bind(job.not_before.0)
            .bind(i64::from(job.attempts_max.max(1)))
            .bind(at.0);
        self.execute(insert).await?;
        Ok(())
    }

    async fn bury_jobs(&mut self, queue: &str, now: Micros) -> Result<(), StoreError> {
        let text = "-- store::job::bury
            UPDATE job SET state = 'dead', ended_at = $2, worker = NULL,
                last_error = COALESCE(last_error, 'the worker did not come back')
            WHERE queue = $1 AND state = 'open' AND due_at <= $2 AND attempts >= attempts_max";
        self.execute(sqlx::query(text).bind(queue).bind(now.0)).await?;
        Ok(())
    }

    async fn claim_jobs(
        &mut self,
        queue: &str,
        worker: &str,
        now: Micros,
        until: Micros,
        limit: u32,
    ) -> Result<Vec<Lease>, StoreError> {
        let text = "-- store::job::claim
            UPDATE job SET worker = $2, due_at = $4, attempts = attempts + 1
            WHERE job_id IN (
                SELECT job_id FROM job WHERE queue = $1 AND state = 'open' AND due_at <= $3
                ORDER BY due_at, job_id LIMIT $5)
            RETURNING job_id, body, attempts, created_at";
        let claim = sqlx::query_as(text)
            .bind(queue)
            .bind(worker)
            .bind(now.0)
            .bind(until.0)
            .bind(i64::from(limit.min(PAGE_MAX)));
        let mut rows: Vec<Row> = self.all(claim).await?;
        // RETURNING promises no order.
        rows.sort_by(|a, b| (a.3, &a.0).cmp(&(b.3, &b.0)));
        let lease = |(job, body, attempts, _): Row| {
            let (job, attempt) = (id("job", &job)?, u32::try_from(attempts).unwrap_or(u32::MAX));
            Ok(Lease { job, queue: queue.to_owned(), body, attempt, worker: worker.to_owned(), until })
        };
        rows.into_iter().map(lease).collect()
    }

    /// Whether the job was still this worker's.
    pub(crate) async fn end_job(&mut self, lease: &Lease, now: Micros) -> Result<bool, StoreError> {
        let text = "-- store::job::end
            UPDATE job SET state = 'done', ended_at = $4, worker = NULL
            WHERE job_id = $1 AND worker = $2 AND attempts = $3 AND state = 'open'";
        let update = sqlx::query(text)
            .bind(lease.job.to_string())
            .bind(lease.worker.as_str())
            .bind(i64::from(lease.attempt))
            .bind(now.0);
        Ok(self.execute(update).await? == 1)
    }

    async fn dead_jobs(&mut self, queue: &str, limit: u32) -> Result<Vec<DeadJob>, StoreError> {
        let text = "-- store::job::dead
            SELECT job_id, body, attempts, last_error, ended_at FROM job
            WHERE queue = $1 AND state = 'dead' ORDER BY ended_at, job_id LIMIT $2";
        let page = sqlx::query_as(text).bind(queue).bind(i64::from(limit.min(PAGE_MAX)));
        let rows: Vec<DeadRow> = self.all(page).await?;
        let read = |(job, body, attempts, last_error, ended_at): DeadRow| {
            let ended_at = Micros(ended_at.unwrap_or_default());
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            Ok(DeadJob { job: id("job", &job)?, body, attempts, last_error, ended_at })
        };
        rows.into_iter().map(read).collect()
    }
}

/// At a character's end.
fn shorten(error: &str) -> &str {
    let end = (0..=error.len().min(JOB_ERROR_BYTES_MAX)).rev().find(|end| error.is_char_boundary(*end));
    error.get(..end.unwrap_or(0)).unwrap_or_default()
}
