//! Sessions: a signed-in person, until idle too long, at an end, or suspended.

use super::AccountError;
use super::secret::SecretHash;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaf::LeafEntry;
use crate::row::id;
use noroshi_casework::party::{Organisation, Person, Standing};
use noroshi_model::time::SECOND;
use noroshi_model::{Micros, PersonId};

/// How much later than the last note a session must be seen for another one: a row a minute, not a
/// row a request.
const NOTE_EVERY: i64 = 60 * SECOND;

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Hash of the cookie.
    pub hash: SecretHash,
    /// Whose.
    pub person: PersonId,
    /// Microseconds without a request after which it ends.
    pub idle_micros: i64,
    /// When it ends whatever happens.
    pub expires_at: Micros,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// When it began.
    pub created_at: Micros,
    /// When it was last noted.
    pub seen_at: Micros,
    /// Microseconds without a request after which it ends.
    pub idle_micros: i64,
    /// When it ends whatever happens.
    pub expires_at: Micros,
    /// When the person last signed something afresh.
    pub step_up_at: Option<Micros>,
}

/// Who is behind a session, as the rows say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The person, active.
    pub person: Person,
    /// Their organisation.
    pub organisation: Organisation,
    /// Their session.
    pub session: Session,
}

impl Session {
    fn lives_at(&self, now: Micros) -> bool {
        now < self.expires_at && now.0 < self.seen_at.0.saturating_add(self.idle_micros)
    }
}

type Row = (String, i64, i64, i64, i64, Option<i64>);

impl Db {
    /// Begins a session of an active person.
    ///
    /// # Errors
    /// No such person, or not active.
    pub async fn begin_session(&self, new: &NewSession, at: Micros, leaf: &LeafEntry) -> Result<(), AccountError> {
        if new.expires_at <= at || new.idle_micros <= 0 {
            return Err(AccountError::Expired);
        }
        self.run_tx("account::begin_session", |tx| {
            Box::pin(async move {
                tx.active(new.person).await?;
                tx.queue_leaf(leaf, at).await?;
                let text = "-- store::account::session::insert
                    INSERT INTO session (token_hash, person_id, created_at, seen_at, idle_micros, expires_at)
                    VALUES ($1, $2, $3, $3, $4, $5)";
                let insert = sqlx::query(text)
                    .bind(new.hash.to_row())
                    .bind(new.person.to_string())
                    .bind(at.0)
                    .bind(new.idle_micros)
                    .bind(new.expires_at.0);
                tx.execute(insert).await.map_err(AccountError::taken)?;
                Ok(())
            })
        })
        .await
    }

    /// Who is behind a session at `now`; `None` for one unknown, idle too long, ended, or of a person who
    /// is not active. Notes once a minute that it was seen.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session(&self, hash: SecretHash, now: Micros) -> Result<Option<SignedIn>, StoreError> {
        let found = self.read("account::session", |tx| Box::pin(async move { tx.signed_in(hash, now).await })).await?;
        if let Some(signed_in) = &found
            && now.0 >= signed_in.session.seen_at.0.saturating_add(NOTE_EVERY)
        {
            self.run_tx("account::see_session", |tx| Box::pin(async move { tx.see_session(hash, now).await })).await?;
        }
        Ok(found)
    }

    /// Ends a session: signing out. One that is not there is ended already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_session(&self, hash: SecretHash) -> Result<(), StoreError> {
        self.run_tx("account::end_session", |tx| {
            Box::pin(async move {
                let text = "-- store::account::session::end
                    DELETE FROM session WHERE token_hash = $1";
                tx.execute(sqlx::query(text).bind(hash.to_row())).await?;
                Ok(())
            })
        })
        .await
    }

    /// Sessions of a person that live at `now`, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sessions(&self, person: PersonId, now: Micros) -> Result<Vec<(SecretHash, Session)>, StoreError> {
        self.read("account::sessions", |tx| Box::pin(async move { tx.sessions(person, now).await })).await
    }

    /// Ends another session of a person, on the record.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] when they have no such session, or it has ended.
    pub async fn end_session_of(
        &self,
        person: PersonId,
        hash: SecretHash,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        self.run_tx("account::end_session_of", |tx| {
            Box::pin(async move {
                tx.queue_leaf(leaf, at).await?;
                let text = "-- store::account::session::end_of
                    DELETE FROM session WHERE token_hash = $1 AND person_id = $2";
                let delete = sqlx::query(text).bind(hash.to_row()).bind(person.to_string());
                if tx.execute(delete).await? == 1 { Ok(()) } else { Err(AccountError::NotValid) }
            })
        })
        .await
    }

    /// Removes sessions and enrolment links that ended before `now`. Gives how many sessions.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sweep_sessions(&self, now: Micros) -> Result<u64, StoreError> {
        self.run_tx("account::sweep_sessions", |tx| {
            Box::pin(async move {
                let text = "-- store::account::session::sweep
                    DELETE FROM session WHERE expires_at <= $1 OR seen_at + idle_micros <= $1";
                tx.execute(sqlx::query(text).bind(now.0)).await
            })
        })
        .await
    }
}

impl Tx<'_> {
    async fn signed_in(&mut self, hash: SecretHash, now: Micros) -> Result<Option<SignedIn>, StoreError> {
        let text = "-- store::account::session::by_hash
            SELECT person_id, created_at, seen_at, idle_micros, expires_at, step_up_at
            FROM session WHERE token_hash = $1";
        let row: Option<Row> = self.first(sqlx::query_as(text).bind(hash.to_row())).await?;
        let Some((person, rest)) = row.map(split) else { return Ok(None) };
        let session = read(rest);
        if !session.lives_at(now) {
            return Ok(None);
        }
        let bearer = self.bearer(id("session", &person)?).await?;
        Ok(bearer.map(|(person, organisation)| SignedIn { person, organisation, session }))
    }

    async fn sessions(&mut self, person: PersonId, now: Micros) -> Result<Vec<(SecretHash, Session)>, StoreError> {
        let text = "-- store::account::session::of
            SELECT token_hash, created_at, seen_at, idle_micros, expires_at, step_up_at
            FROM session WHERE person_id = $1 AND expires_at > $2 ORDER BY created_at, token_hash LIMIT 1000";
        type Listed = (Vec<u8>, i64, i64, i64, i64, Option<i64>);
        let rows: Vec<Listed> = self.all(sqlx::query_as(text).bind(person.to_string()).bind(now.0)).await?;
        let mut live = Vec::new();
        for (hash, created, seen, idle, expires, step_up) in rows {
            let hash = hash.try_into().map_err(|_| StoreError::Inconsistent {
                table: "session",
                what: "a hash that has not 32 bytes".to_owned(),
            })?;
            let session = read((created, seen, idle, expires, step_up));
            if session.lives_at(now) {
                live.push((SecretHash(hash), session));
            }
        }
        Ok(live)
    }

    /// A person and their organisation, if they are active.
    pub(crate) async fn bearer(&mut self, person: PersonId) -> Result<Option<(Person, Organisation)>, StoreError> {
        let Some(kept) = self.person(person).await? else { return Ok(None) };
        if kept.value.standing != Standing::Active {
            return Ok(None);
        }
        let org = kept.value.org;
        let organisation = self.organisation(org).await?.ok_or_else(|| StoreError::Inconsistent {
            table: "person",
            what: format!("organisation {org} is missing"),
        })?;
        Ok(Some((kept.value, organisation.value)))
    }

    async fn see_session(&mut self, hash: SecretHash, now: Micros) -> Result<(), StoreError> {
        let text = "-- store::account::session::see
            UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2";
        self.execute(sqlx::query(text).bind(hash.to_row()).bind(now.0)).await?;
        Ok(())
    }

    pub(crate) async fn note_step_up(&mut self, hash: SecretHash, at: Micros) -> Result<u64, StoreError> {
        let text = "-- store::account::session::step_up
            UPDATE session SET step_up_at = $2 WHERE token_hash = $1";
        self.execute(sqlx::query(text).bind(hash.to_row()).bind(at.0)).await
    }

    pub(crate) async fn end_sessions(&mut self, person: PersonId) -> Result<(), StoreError> {
        let text = "-- store::account::session::end_all
            DELETE FROM session WHERE person_id = $1";
        self.execute(sqlx::query(text).bind(person.to_string())).await?;
        Ok(())
    }
}

type Times = (i64, i64, i64, i64, Option<i64>);

fn split((person, created, seen, idle, expires, step_up): Row) -> (String, Times) {
    (person, (created, seen, idle, expires, step_up))
}

fn read((created_at, seen_at, idle_micros, expires_at, step_up_at): Times) -> Session {
    Session {
        created_at: Micros(created_at),
        seen_at: Micros(seen_at),
        idle_micros,
        expires_at: Micros(expires_at),
        step_up_at: step_up_at.map(Micros),
    }
}
