//! Links to identity providers (OpenID Connect): who a person is there. A link is made by us, never by
//! a claim in a token.

use super::{AccountError, check_label};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaf::LeafEntry;
use crate::row::id;
use noroshi_model::{Micros, PersonId};

/// Who a person is at one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcLink {
    /// The provider's `iss`, exactly.
    pub issuer: String,
    /// The provider's `sub`, exactly.
    pub subject: String,
}

impl Db {
    /// Links a person who has not left.
    ///
    /// # Errors
    /// No such person, or the link is taken.
    pub async fn link_oidc(
        &self,
        person: PersonId,
        link: &OidcLink,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        check_label("characters of an issuer", &link.issuer)?;
        check_label("characters of a subject", &link.subject)?;
        self.run_tx("account::link_oidc", |tx| {
            Box::pin(async move {
                tx.active(person).await?;
                tx.queue_leaf(leaf, at).await?;
                let text = "-- store::account::oidc::insert
                    INSERT INTO oidc_link (issuer, subject, person_id, created_at) VALUES ($1, $2, $3, $4)";
                let insert = sqlx::query(text)
                    .bind(link.issuer.clone())
                    .bind(link.subject.clone())
                    .bind(person.to_string())
                    .bind(at.0);
                tx.execute(insert).await.map_err(AccountError::taken)?;
                Ok(())
            })
        })
        .await
    }

    /// The person behind a link.
    ///
    /// # Errors
    /// What the database says.
    pub async fn person_by_oidc(&self, link: &OidcLink) -> Result<Option<PersonId>, StoreError> {
        self.read("account::person_by_oidc", |tx| {
            Box::pin(async move {
                let text = "-- store::account::oidc::person
                    SELECT person_id FROM oidc_link WHERE issuer = $1 AND subject = $2";
                let question = sqlx::query_as(text).bind(link.issuer.clone()).bind(link.subject.clone());
                let row: Option<(String,)> = tx.first(question).await?;
                row.map(|(person,)| id("oidc_link", &person)).transpose()
            })
        })
        .await
    }

    /// Cuts a link.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] when there is none.
    pub async fn unlink_oidc(
        &self,
        person: PersonId,
        link: &OidcLink,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        self.run_tx("account::unlink_oidc", |tx| {
            Box::pin(async move {
                tx.queue_leaf(leaf, at).await?;
                let text = "-- store::account::oidc::remove
                    DELETE FROM oidc_link WHERE issuer = $1 AND subject = $2 AND person_id = $3";
                let delete =
                    sqlx::query(text).bind(link.issuer.clone()).bind(link.subject.clone()).bind(person.to_string());
                if tx.execute(delete).await? == 1 { Ok(()) } else { Err(AccountError::NotValid) }
            })
        })
        .await
    }
}

impl Tx<'_> {
    pub(crate) async fn oidc_links(&mut self, person: PersonId) -> Result<Vec<OidcLink>, StoreError> {
        let text = "-- store::account::oidc::of
            SELECT issuer, subject FROM oidc_link WHERE person_id = $1 ORDER BY created_at, issuer, subject";
        let rows: Vec<(String, String)> = self.all(sqlx::query_as(text).bind(person.to_string())).await?;
        Ok(rows.into_iter().map(|(issuer, subject)| OidcLink { issuer, subject }).collect())
    }

    pub(crate) async fn forget_oidc_links(&mut self, person: PersonId) -> Result<(), StoreError> {
        let text = "-- store::account::oidc::forget
            DELETE FROM oidc_link WHERE person_id = $1";
        self.execute(sqlx::query(text).bind(person.to_string())).await?;
        Ok(())
    }
}
