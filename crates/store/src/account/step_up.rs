//! Step-up: a fresh passkey signature over the exact object that is approved, executed or unsealed.
//!
//! The WebAuthn challenge is the object's digest, so the assertion proves that this person, with this
//! key, saw this object. It is kept as evidence for as long as the ledger is.

use super::AccountError;
use super::secret::SecretHash;
use crate::db::Db;
use crate::error::{StoreError, at_most};
use crate::leaf::LeafEntry;
use crate::limits::CREDENTIAL_BYTES_MAX;
use crate::row::id;
use noroshi_model::{Micros, PersonId};
use uuid::Uuid;

/// The evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUp {
    /// Its id, UUID version 7.
    pub id: Uuid,
    /// Who signed.
    pub person: PersonId,
    /// SHA-256 of the object's canonical bytes.
    pub object_digest: [u8; 32],
    /// The WebAuthn assertion, as the browser sent it.
    pub assertion: Vec<u8>,
}

/// The evidence as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptStepUp {
    /// What was signed by whom.
    pub step_up: StepUp,
    /// When.
    pub at: Micros,
    /// The leaf that tells of it.
    pub leaf_id: Uuid,
}

type Row = (String, String, Vec<u8>, Vec<u8>, i64, String);

impl Db {
    /// Keeps a signature that was checked, and notes it in the session it was given in.
    ///
    /// # Errors
    /// Not active, no such session, or kept already.
    pub async fn keep_step_up(
        &self,
        session: SecretHash,
        step_up: &StepUp,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        at_most("bytes of an assertion", step_up.assertion.len(), CREDENTIAL_BYTES_MAX)?;
        self.run_tx("account::keep_step_up", |tx| {
            Box::pin(async move {
                tx.active(step_up.person).await?;
                tx.queue_leaf(leaf, at).await?;
                if tx.note_step_up(session, at).await? != 1 {
                    return Err(AccountError::NotValid);
                }
                let text = "-- store::account::step_up::insert
                    INSERT INTO step_up (step_up_id, person_id, object_digest, assertion, at, leaf_id)
                    VALUES ($1, $2, $3, $4, $5, $6)";
                let insert = sqlx::query(text)
                    .bind(step_up.id.to_string())
                    .bind(step_up.person.to_string())
                    .bind(step_up.object_digest.to_vec())
                    .bind(step_up.assertion.clone())
                    .bind(at.0)
                    .bind(leaf.id.to_string());
                tx.execute(insert).await.map_err(AccountError::taken)?;
                Ok(())
            })
        })
        .await
    }

    /// Every signature over one object, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn step_ups(&self, object_digest: &[u8; 32]) -> Result<Vec<KeptStepUp>, StoreError> {
        self.read("account::step_ups", |tx| {
            Box::pin(async move {
                let text = "-- store::account::step_up::of_object
                    SELECT step_up_id, person_id, object_digest, assertion, at, leaf_id
                    FROM step_up WHERE object_digest = $1 ORDER BY at, step_up_id LIMIT 1000";
                let rows: Vec<Row> = tx.all(sqlx::query_as(text).bind(object_digest.to_vec())).await?;
                rows.into_iter().map(read).collect()
            })
        })
        .await
    }
}

fn read((step_up, person, digest, assertion, at, leaf): Row) -> Result<KeptStepUp, StoreError> {
    const TABLE: &str = "step_up";
    let object_digest = digest.try_into().map_err(|_| StoreError::Inconsistent {
        table: TABLE,
        what: format!("a digest of {step_up} that has not 32 bytes"),
    })?;
    let step_up = StepUp { id: id(TABLE, &step_up)?, person: id(TABLE, &person)?, object_digest, assertion };
    Ok(KeptStepUp { step_up, at: Micros(at), leaf_id: id(TABLE, &leaf)? })
}
