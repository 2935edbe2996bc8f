//! Snapshots: a state written down, so that a long history need not be replayed from its beginning.
//!
//! A snapshot is never the truth. Where it is missing, or of another shape, the whole history is replayed.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::version::Version;
use noroshi_casework::Topic;
use serde::{Serialize, de::DeserializeOwned};

/// Events replayed after which the next snapshot is written.
pub const SNAPSHOT_AFTER: u64 = 256;

impl Db {
    /// As [`Db::load`], from the last snapshot of the same `shape` on, and writes a new one when the rest was
    /// long. `shape` rises when the state's JSON changes.
    ///
    /// # Errors
    /// As [`Db::load`].
    pub async fn load_long<T: Topic>(&self, id: T::Id, shape: i64) -> Result<Option<(T::State, Version)>, StoreError>
    where
        T::State: Serialize + DeserializeOwned,
    {
        let id = id.to_string();
        let id = id.as_str();
        let (from, state, version) = self
            .read("store::load_long", |tx| {
                Box::pin(async move {
                    let (state, from) = tx.snapshot::<T>(id, shape).await?.unzip();
                    let from = from.unwrap_or_default();
                    let (state, version) = tx.replay::<T>(id, state, from).await?;
                    Ok::<_, StoreError>((from, state, version))
                })
            })
            .await?;
        let Some(state) = state else { return Ok(None) };
        if version.0 - from.0 >= SNAPSHOT_AFTER {
            self.keep_snapshot::<T>(id, shape, &state, version).await?;
        }
        Ok(Some((state, version)))
    }

    async fn keep_snapshot<T: Topic>(
        &self,
        id: &str,
        shape: i64,
        state: &T::State,
        version: Version,
    ) -> Result<(), StoreError>
    where
        T::State: Serialize,
    {
        let body = serde_json::to_vec(state).map_err(|source| StoreError::Json { what: "a snapshot", source })?;
        let body = body.as_slice();
        self.run_tx("store::keep_snapshot", |tx| {
            Box::pin(async move {
                let text = "-- store::snapshot::keep
                    INSERT INTO snapshot (topic, id, version, shape, body) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (topic, id) DO UPDATE
                    SET version = excluded.version, shape = excluded.shape, body = excluded.body
                    WHERE snapshot.shape <> excluded.shape OR snapshot.version < excluded.version";
                let keep =
                    sqlx::query(text).bind(T::NAME).bind(id).bind(version.to_row()).bind(shape).bind(body.to_vec());
                tx.execute(keep).await?;
                Ok(())
            })
        })
        .await
    }
}

impl Tx<'_> {
    async fn snapshot<T: Topic>(&mut self, id: &str, shape: i64) -> Result<Option<(T::State, Version)>, StoreError>
    where
        T::State: DeserializeOwned,
    {
        let text = "-- store::snapshot::by_id
            SELECT version, body FROM snapshot WHERE topic = $1 AND id = $2 AND shape = $3";
        let question = sqlx::query_as(text).bind(T::NAME).bind(id).bind(shape);
        let row: Option<(i64, Vec<u8>)> = self.first(question).await?;
        // One that cannot be read is as good as none.
        Ok(row.and_then(|(version, body)| Some((serde_json::from_slice(&body).ok()?, Version::from_row(version)))))
    }
}
