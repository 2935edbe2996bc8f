//! The schema, step by step. A step that has run is never changed; a new one follows it.
//!
//! One text for both databases. The only word PostgreSQL lacks is `BLOB`, so it is taught that first.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::place::Dialect;
use sha2::{Digest, Sha256};

/// The steps, in order; the number is the place in the list, from 1.
pub(crate) const STEPS: [&str; 8] = [
    include_str!("../migrations/0001_leaf.sql"),
    include_str!("../migrations/0002_event.sql"),
    include_str!("../migrations/0003_job.sql"),
    include_str!("../migrations/0004_party.sql"),
    include_str!("../migrations/0005_sign_in.sql"),
    include_str!("../migrations/0006_subject.sql"),
    include_str!("../migrations/0007_intelligence.sql"),
    include_str!("../migrations/0008_search.sql"),
];

const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    version BIGINT NOT NULL PRIMARY KEY,
    text_hash BLOB NOT NULL
)";

/// PostgreSQL has no `CREATE DOMAIN IF NOT EXISTS`.
const BLOB_FOR_POSTGRES: &str = "DO $$ BEGIN
    IF to_regtype('blob') IS NULL THEN CREATE DOMAIN blob AS bytea; END IF;
END $$";

/// The schema this program knows.
pub fn schema_version_known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Brings the schema up to date, in one transaction: all steps or none.
pub(crate) async fn run(db: &Db) -> Result<(), StoreError> {
    let dialect = db.dialect();
    db.run_tx("store::migrate", |tx| Box::pin(async move { steps(tx, dialect).await })).await
}

async fn steps(tx: &mut Tx<'_>, dialect: Dialect) -> Result<(), StoreError> {
    if dialect == Dialect::Postgres {
        // Two programs that start at once must not both create the same table. The key is `noroshi` in ASCII.
        raw(tx, "SELECT pg_advisory_xact_lock(31086032803719273)").await?;
        raw(tx, BLOB_FOR_POSTGRES).await?;
    }
    raw(tx, VERSION_TABLE).await?;
    let found = applied(tx).await?;
    let known = schema_version_known();
    let newest = found.last().map_or(0, |(version, _)| *version);
    if newest > known {
        return Err(StoreError::NewerSchema { found: newest, known });
    }
    for (number, text) in (1..).zip(STEPS) {
        let hash = Sha256::digest(text).to_vec();
        match found.iter().find(|(version, _)| *version == number) {
            Some((_, applied)) if *applied == hash => {}
            Some(_) => return Err(StoreError::ChangedMigration { number }),
            None => {
                raw(tx, text).await?;
                note(tx, number, hash).await?;
            }
        }
    }
    Ok(())
}

async fn raw(tx: &mut Tx<'_>, text: &'static str) -> Result<(), StoreError> {
    sqlx::raw_sql(text).execute(tx.connection()).await.map_err(StoreError::sql("store::migrate"))?;
    Ok(())
}

async fn applied(tx: &mut Tx<'_>) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let text = "-- store::migrate::applied
        SELECT version, text_hash FROM schema_version ORDER BY version";
    sqlx::query_as(text).fetch_all(tx.connection()).await.map_err(StoreError::sql("store::migrate"))
}

async fn note(tx: &mut Tx<'_>, number: i64, hash: Vec<u8>) -> Result<(), StoreError> {
    let text = "-- store::migrate::note
        INSERT INTO schema_version (version, text_hash) VALUES ($1, $2)";
    let insert = sqlx::query(text).bind(number).bind(hash);
    insert.execute(tx.connection()).await.map_err(StoreError::sql("store::migrate"))?;
    Ok(())
}

impl Db {
    /// The schema the database has; 0 for an empty one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        let text = "-- store::migrate::schema_version
            SELECT MAX(version) FROM schema_version";
        match sqlx::query_scalar::<_, Option<i64>>(text).fetch_one(self.reader()).await {
            Ok(version) => Ok(version.unwrap_or(0)),
            // No such table: SQLite's general error, PostgreSQL's undefined_table.
            Err(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("1" | "42P01")) => Ok(0),
            Err(source) => Err(StoreError::Sql { tx: "store::schema_version", source }),
        }
    }
}
