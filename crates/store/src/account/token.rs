//! API tokens: a person's programs, with fewer rights than the person and an end.

use super::secret::SecretHash;
use super::{AccountError, check_label, check_scopes};
use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::leaf::LeafEntry;
use crate::limits::TOKENS_MAX;
use crate::row::{id, scopes, scopes_line};
use noroshi_casework::party::{Organisation, Person};
use noroshi_model::time::SECOND;
use noroshi_model::{Micros, PersonId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A token to be issued.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its public id, UUID version 7.
    pub id: Uuid,
    /// Hash of the secret.
    pub hash: SecretHash,
    /// Whose.
    pub person: PersonId,
    /// What they call it.
    pub label: String,
    /// What it may be used for; what is not named is not allowed.
    pub scopes: BTreeSet<String>,
    /// When it ends. There is no token without an end.
    pub expires_at: Micros,
}

/// A token as listed; the secret is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its public id.
    pub id: Uuid,
    /// Whose.
    pub person: PersonId,
    /// What they call it.
    pub label: String,
    /// What it may be used for.
    pub scopes: BTreeSet<String>,
    /// When it was issued.
    pub created_at: Micros,
    /// When it ends.
    pub expires_at: Micros,
    /// When it was last used, to the minute.
    pub used_at: Option<Micros>,
    /// When it was revoked.
    pub revoked_at: Option<Micros>,
}

/// Who is behind a token, as the rows say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBearer {
    /// The person, active.
    pub person: Person,
    /// Their organisation.
    pub organisation: Organisation,
    /// The token.
    pub token: Token,
}

type Row = (String, String, String, String, i64, i64, Option<i64>, Option<i64>);

impl Db {
    /// Issues a token to an active person, who may have 64 live ones.
    ///
    /// # Errors
    /// Not active, too many, or an end in the past.
    pub async fn issue_token(&self, new: &NewToken, at: Micros, leaf: &LeafEntry) -> Result<(), AccountError> {
        check_label("characters of a token's label", &new.label)?;
        check_scopes(&new.scopes)?;
        if new.expires_at <= at {
            return Err(AccountError::Expired);
        }
        self.run_tx("account::issue_token", |tx| {
            Box::pin(async move {
                tx.active(new.person).await?;
                let live = tx.tokens(new.person).await?;
                let live = live.iter().filter(|token| token.lives_at(at)).count();
                at_most("live tokens of one person", live + 1, TOKENS_MAX)?;
                tx.queue_leaf(leaf, at).await?;
                tx.insert_token(new, at).await.map_err(AccountError::taken)
            })
        })
        .await
    }

    /// Who is behind a token at `now`; `None` for one unknown, ended, revoked, or of a person who is not
    /// active.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token(&self, hash: SecretHash, now: Micros) -> Result<Option<TokenBearer>, StoreError> {
        let found = self.read("account::token", |tx| Box::pin(async move { tx.token_bearer(hash, now).await })).await?;
        let noted = |token: &Token| token.used_at.is_some_and(|used| now.0 < used.0.saturating_add(60 * SECOND));
        if let Some(bearer) = &found
            && !noted(&bearer.token)
        {
            self.run_tx("account::use_token", |tx| {
                Box::pin(async move {
                    let text = "-- store::account::token::use
                        UPDATE api_token SET used_at = $2 WHERE token_hash = $1";
                    tx.execute(sqlx::query(text).bind(hash.to_row()).bind(now.0)).await
                })
            })
            .await?;
        }
        Ok(found)
    }

    /// Tokens of a person, oldest first, ended ones too.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tokens(&self, person: PersonId) -> Result<Vec<Token>, StoreError> {
        self.read("account::tokens", |tx| Box::pin(async move { tx.tokens(person).await })).await
    }

    /// Revokes a token of a person.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] when they have no such token, or it is revoked already.
    pub async fn revoke_token(
        &self,
        person: PersonId,
        token: Uuid,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        self.run_tx("account::revoke_token", |tx| {
            Box::pin(async move {
                tx.queue_leaf(leaf, at).await?;
                let text = "-- store::account::token::revoke
                    UPDATE api_token SET revoked_at = $3
                    WHERE token_id = $1 AND person_id = $2 AND revoked_at IS NULL";
                let update = sqlx::query(text).bind(token.to_string()).bind(person.to_string()).bind(at.0);
                if tx.execute(update).await? == 1 { Ok(()) } else { Err(AccountError::NotValid) }
            })
        })
        .await
    }
}

impl Token {
    fn lives_at(&self, now: Micros) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

impl Tx<'_> {
    async fn token_bearer(&mut self, hash: SecretHash, now: Micros) -> Result<Option<TokenBearer>, StoreError> {
        let text = "-- store::account::token::by_hash
            SELECT token_id, person_id, label, scopes, created_at, expires_at, used_at, revoked_at
            FROM api_token WHERE token_hash = $1";
        let row: Option<Row> = self.first(sqlx::query_as(text).bind(hash.to_row())).await?;
        let Some(token) = row.map(read).transpose()? else { return Ok(None) };
        if !token.lives_at(now) {
            return Ok(None);
        }
        let bearer = self.bearer(token.person).await?;
        Ok(bearer.map(|(person, organisation)| TokenBearer { person, organisation, token }))
    }

    async fn insert_token(&mut self, new: &NewToken, at: Micros) -> Result<(), StoreError> {
        let text = "-- store::account::token::insert
            INSERT INTO api_token (token_id, token_hash, person_id, label, scopes, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let insert = sqlx::query(text)
            .bind(new.id.to_string())
            .bind(new.hash.to_row())
            .bind(new.person.to_string())
            .bind(new.label.clone())
            .bind(scopes_line(&new.scopes))
            .bind(at.0)
            .bind(new.expires_at.0);
        self.execute(insert).await?;
        Ok(())
    }

    async fn tokens(&mut self, person: PersonId) -> Result<Vec<Token>, StoreError> {
        let text = "-- store::account::token::of
            SELECT token_id, person_id, label, scopes, created_at, expires_at, used_at, revoked_at
            FROM api_token WHERE person_id = $1 ORDER BY created_at, token_id";
        let rows: Vec<Row> = self.all(sqlx::query_as(text).bind(person.to_string())).await?;
        rows.into_iter().map(read).collect()
    }

    pub(crate) async fn revoke_tokens_of(&mut self, person: PersonId, at: Micros) -> Result<(), StoreError> {
        let text = "-- store::account::token::revoke_all
            UPDATE api_token SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL";
        self.execute(sqlx::query(text).bind(person.to_string()).bind(at.0)).await?;
        Ok(())
    }
}

fn read((token, person, label, line, created_at, expires_at, used_at, revoked_at): Row) -> Result<Token, StoreError> {
    Ok(Token {
        id: id("api_token", &token)?,
        person: id("api_token", &person)?,
        label,
        scopes: scopes(&line),
        created_at: Micros(created_at),
        expires_at: Micros(expires_at),
        used_at: used_at.map(Micros),
        revoked_at: revoked_at.map(Micros),
    })
}
