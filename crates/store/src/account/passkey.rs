//! Passkeys (WebAuthn). What the WebAuthn library needs to check one is opaque bytes here.

use super::{AccountError, check_label};
use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::leaf::LeafEntry;
use crate::limits::{CREDENTIAL_BYTES_MAX, PASSKEYS_MAX};
use crate::row::id;
use noroshi_casework::party::Standing;
use noroshi_model::{Micros, PersonId};

/// A passkey to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    /// Credential id as the authenticator gave it.
    pub credential_id: Vec<u8>,
    /// What the person calls it.
    pub label: String,
    /// The WebAuthn library's record, as JSON.
    pub body: Vec<u8>,
    /// The authenticator's counter; 0 where it keeps none.
    pub sign_count: u32,
}

/// A registered passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Whose.
    pub person: PersonId,
    /// What was registered, with the record and counter of its last use.
    pub key: NewPasskey,
    /// When it was registered.
    pub created_at: Micros,
    /// When it was last used.
    pub used_at: Option<Micros>,
}

type Row = (String, Vec<u8>, String, Vec<u8>, i64, i64, Option<i64>);

impl NewPasskey {
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        check_label("characters of a passkey's label", &self.label)?;
        at_most("bytes of a credential id", self.credential_id.len(), 1_023)?;
        at_most("bytes of a passkey", self.body.len(), CREDENTIAL_BYTES_MAX)
    }
}

impl Db {
    /// Registers one more passkey of an active person, at most 16.
    ///
    /// # Errors
    /// Not active, registered already, or too many.
    pub async fn add_passkey(
        &self,
        person: PersonId,
        passkey: &NewPasskey,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        passkey.check()?;
        self.run_tx("account::add_passkey", |tx| {
            Box::pin(async move {
                tx.active(person).await?;
                at_most("passkeys", tx.passkeys(person).await?.len() + 1, PASSKEYS_MAX)?;
                tx.queue_leaf(leaf, at).await?;
                tx.insert_passkey(person, passkey, at).await.map_err(AccountError::taken)
            })
        })
        .await
    }

    /// Passkeys of a person, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn passkeys(&self, person: PersonId) -> Result<Vec<Passkey>, StoreError> {
        self.read("account::passkeys", |tx| Box::pin(async move { tx.passkeys(person).await })).await
    }

    /// The passkey with this credential id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn passkey(&self, credential_id: &[u8]) -> Result<Option<Passkey>, StoreError> {
        self.read("account::passkey", |tx| {
            Box::pin(async move {
                let text = "-- store::account::passkey::by_id
                    SELECT person_id, credential_id, label, body, sign_count, created_at, used_at
                    FROM passkey WHERE credential_id = $1";
                let row: Option<Row> = tx.first(sqlx::query_as(text).bind(credential_id.to_vec())).await?;
                row.map(read).transpose()
            })
        })
        .await
    }

    /// Notes a successful use: the library's new record, and a counter that only rises.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] when the key is gone or its counter went back: a copied key.
    pub async fn use_passkey(
        &self,
        credential_id: &[u8],
        body: &[u8],
        sign_count: u32,
        at: Micros,
    ) -> Result<(), AccountError> {
        at_most("bytes of a passkey", body.len(), CREDENTIAL_BYTES_MAX)?;
        self.run_tx("account::use_passkey", |tx| {
            Box::pin(async move {
                let text = "-- store::account::passkey::use
                    UPDATE passkey SET body = $2, sign_count = $3, used_at = $4
                    WHERE credential_id = $1 AND (sign_count < $3 OR (sign_count = 0 AND $3 = 0))";
                let update = sqlx::query(text)
                    .bind(credential_id.to_vec())
                    .bind(body.to_vec())
                    .bind(i64::from(sign_count))
                    .bind(at.0);
                if tx.execute(update).await? == 1 { Ok(()) } else { Err(AccountError::NotValid) }
            })
        })
        .await
    }

    /// Removes a passkey of a person.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] when they have no such key.
    pub async fn remove_passkey(
        &self,
        person: PersonId,
        credential_id: &[u8],
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        self.run_tx("account::remove_passkey", |tx| {
            Box::pin(async move {
                tx.queue_leaf(leaf, at).await?;
                let text = "-- store::account::passkey::remove
                    DELETE FROM passkey WHERE person_id = $1 AND credential_id = $2";
                let delete = sqlx::query(text).bind(person.to_string()).bind(credential_id.to_vec());
                if tx.execute(delete).await? == 1 { Ok(()) } else { Err(AccountError::NotValid) }
            })
        })
        .await
    }
}

impl Tx<'_> {
    /// Whether a person may act now.
    pub(crate) async fn active(&mut self, person: PersonId) -> Result<(), AccountError> {
        match self.person(person).await? {
            None => Err(AccountError::NoPerson(person)),
            Some(kept) if kept.value.standing == Standing::Active => Ok(()),
            Some(kept) => Err(AccountError::Standing(kept.value.standing)),
        }
    }

    pub(crate) async fn insert_passkey(
        &mut self,
        person: PersonId,
        passkey: &NewPasskey,
        at: Micros,
    ) -> Result<(), StoreError> {
        let text = "-- store::account::passkey::insert
            INSERT INTO passkey (credential_id, person_id, label, body, sign_count, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let insert = sqlx::query(text)
            .bind(passkey.credential_id.clone())
            .bind(person.to_string())
            .bind(passkey.label.clone())
            .bind(passkey.body.clone())
            .bind(i64::from(passkey.sign_count))
            .bind(at.0);
        self.execute(insert).await?;
        Ok(())
    }

    pub(crate) async fn passkeys(&mut self, person: PersonId) -> Result<Vec<Passkey>, StoreError> {
        let text = "-- store::account::passkey::of
            SELECT person_id, credential_id, label, body, sign_count, created_at, used_at
            FROM passkey WHERE person_id = $1 ORDER BY created_at, credential_id";
        let rows: Vec<Row> = self.all(sqlx::query_as(text).bind(person.to_string())).await?;
        rows.into_iter().map(read).collect()
    }

    pub(crate) async fn forget_passkeys(&mut self, person: PersonId) -> Result<(), StoreError> {
        let text = "-- store::account::passkey::forget
            DELETE FROM passkey WHERE person_id = $1";
        self.execute(sqlx::query(text).bind(person.to_string())).await?;
        Ok(())
    }
}

fn read(row: Row) -> Result<Passkey, StoreError> {
    let (person, credential_id, label, body, sign_count, created_at, used_at) = row;
    let sign_count = u32::try_from(sign_count)
        .map_err(|_| StoreError::Inconsistent { table: "passkey", what: format!("counter {sign_count}") })?;
    Ok(Passkey {
        person: id("passkey", &person)?,
        key: NewPasskey { credential_id, label, body, sign_count },
        created_at: Micros(created_at),
        used_at: used_at.map(Micros),
    })
}
