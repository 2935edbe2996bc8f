//! One-time enrolment links: how a person first proves to be the one who was invited.

use super::passkey::NewPasskey;
use super::secret::SecretHash;
use super::{AccountError, Kept};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaf::LeafEntry;
use crate::row::id;
use crate::version::Version;
use noroshi_casework::party::{Asked, By, Command, Person, Standing, apply, decide};
use noroshi_model::{Micros, PersonId};

/// A link to be sent to a person.
#[derive(Debug, Clone)]
pub struct NewEnrolment {
    /// Hash of the secret in the link.
    pub hash: SecretHash,
    /// From this time on it is worth nothing.
    pub expires_at: Micros,
}

impl Db {
    /// The person a link is for, if it is still good. Uses nothing up.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] for one unknown, used or expired.
    pub async fn enrolment(&self, hash: SecretHash, now: Micros) -> Result<Person, AccountError> {
        self.read("account::enrolment", |tx| {
            Box::pin(async move { tx.enrolled(hash, now).await.map(|kept| kept.value) })
        })
        .await
    }

    /// Uses a link up: the passkey is registered, and an invited person becomes active.
    ///
    /// # Errors
    /// [`AccountError::NotValid`] for one unknown, used or expired; [`AccountError::Taken`] for a passkey
    /// that is registered already.
    pub async fn accept_enrolment(
        &self,
        hash: SecretHash,
        passkey: &NewPasskey,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<Kept<Person>, AccountError> {
        passkey.check()?;
        self.run_tx("account::accept_enrolment", |tx| {
            Box::pin(async move {
                let kept = tx.enrolled(hash, at).await?;
                tx.queue_leaf(leaf, at).await?;
                tx.close_enrolments(kept.value.id, at).await?;
                let kept = tx.accept(kept, at).await?;
                tx.insert_passkey(kept.value.id, passkey, at).await.map_err(AccountError::taken)?;
                Ok(kept)
            })
        })
        .await
    }
}

impl Tx<'_> {
    async fn enrolled(&mut self, hash: SecretHash, now: Micros) -> Result<Kept<Person>, AccountError> {
        let text = "-- store::account::enrolment::live
            SELECT person_id FROM enrolment WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
        let row: Option<(String,)> = self.first(sqlx::query_as(text).bind(hash.to_row()).bind(now.0)).await?;
        let (person,) = row.ok_or(AccountError::NotValid)?;
        let person: PersonId = id("enrolment", &person)?;
        let kept = self.person(person).await?.ok_or(AccountError::NoPerson(person))?;
        match kept.value.standing {
            Standing::Invited | Standing::Active => Ok(kept),
            Standing::Suspended | Standing::Left => Err(AccountError::NotValid),
        }
    }

    /// An invited person becomes active; one who enrols again stays so.
    async fn accept(&mut self, kept: Kept<Person>, at: Micros) -> Result<Kept<Person>, AccountError> {
        if kept.value.standing != Standing::Invited {
            return Ok(kept);
        }
        let org = kept.value.org;
        let organisation = self.organisation(org).await?.ok_or(AccountError::NoOrganisation(org))?.value;
        let home = self.home(&organisation).await?;
        let asked = Asked { by: By::EnrolmentLink, home, command: Command::Accept };
        let event = decide(Some(&kept.value), &asked, at).map_err(|_| AccountError::NotValid)?;
        let version: Version = kept.version.plus(1);
        let person = apply(Some(kept.value), &event).ok_or(AccountError::NotValid)?;
        self.save_person(&person, version, at).await?;
        Ok(Kept { value: person, version })
    }

    pub(crate) async fn insert_enrolment(
        &mut self,
        person: PersonId,
        enrolment: &NewEnrolment,
        at: Micros,
    ) -> Result<(), AccountError> {
        if enrolment.expires_at <= at {
            return Err(AccountError::Expired);
        }
        let text = "-- store::account::enrolment::insert
            INSERT INTO enrolment (token_hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
        let insert = sqlx::query(text)
            .bind(enrolment.hash.to_row())
            .bind(person.to_string())
            .bind(at.0)
            .bind(enrolment.expires_at.0);
        self.execute(insert).await.map_err(AccountError::taken)?;
        Ok(())
    }

    /// Uses up every open link of a person: of several that were sent, one works once.
    pub(crate) async fn close_enrolments(&mut self, person: PersonId, at: Micros) -> Result<(), StoreError> {
        let text = "-- store::account::enrolment::close
            UPDATE enrolment SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL";
        self.execute(sqlx::query(text).bind(person.to_string()).bind(at.0)).await?;
        Ok(())
    }
}
