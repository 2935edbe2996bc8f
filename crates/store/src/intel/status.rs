//! What became of a request to add, for whoever asked (TAXII 2.1, section 4.3).

use crate::db::Db;
use crate::error::{StoreError, at_most};
use crate::limits::INTEL_STATUS_BYTES_MAX;
use noroshi_model::time::DAY;
use noroshi_model::{Micros, OrgId};
use uuid::Uuid;

/// Days a status is kept.
const KEPT_DAYS: i64 = 30;

impl Db {
    /// Keeps a status for an organisation, and forgets those that are older than 30 days.
    ///
    /// # Errors
    /// Larger than the limit, or what the database says.
    pub async fn keep_intel_status(&self, id: Uuid, org: OrgId, at: Micros, body: &[u8]) -> Result<(), StoreError> {
        at_most("bytes of a status", body.len(), INTEL_STATUS_BYTES_MAX)?;
        self.run_tx("intel::keep_status", |tx| {
            Box::pin(async move {
                let text = "-- store::intel::status::forget
                    DELETE FROM intel_status WHERE at < $1";
                tx.execute(sqlx::query(text).bind(at.0 - KEPT_DAYS * DAY)).await?;
                let text = "-- store::intel::status::keep
                    INSERT INTO intel_status (status_id, org_id, at, body) VALUES ($1, $2, $3, $4)";
                let keep = sqlx::query(text).bind(id.to_string()).bind(org.to_string()).bind(at.0).bind(body.to_vec());
                tx.execute(keep).await?;
                Ok(())
            })
        })
        .await
    }

    /// A status that was kept for an organisation; another's is not there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn intel_status(&self, id: Uuid, org: OrgId) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("intel::status", |tx| {
            Box::pin(async move {
                let text = "-- store::intel::status::by_id
                    SELECT body FROM intel_status WHERE status_id = $1 AND org_id = $2";
                let question = sqlx::query_as(text).bind(id.to_string()).bind(org.to_string());
                Ok(tx.first::<(Vec<u8>,)>(question).await?.map(|(body,)| body))
            })
        })
        .await
    }
}
