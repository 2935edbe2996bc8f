//! People: one change decided on what the rows say at that moment, written with its leaf.

use super::enrolment::NewEnrolment;
use super::oidc::OidcLink;
use super::{AccountError, Kept};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaf::LeafEntry;
use crate::limits::PAGE_MAX;
use crate::row::{from_word, id, word};
use crate::version::Version;
use noroshi_casework::party::{
    Asked, By, Command, Event, Granter, HeldClearance, Home, Organisation, Person, Refused, Standing, apply, decide,
};
use noroshi_model::{Micros, OrgId, PersonId, Role};
use std::collections::BTreeSet;

/// Who asks for a change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The first start of a hub without people.
    FirstStart,
    /// A signed-in person; their roles are read in the same transaction.
    Person(PersonId),
}

/// A change of an account, to be decided.
#[derive(Debug, Clone)]
pub struct Change {
    /// Who asks.
    pub asker: Asker,
    /// The organisation the account belongs to, or will.
    pub org: OrgId,
    /// The account; for an invitation the same id as in the command.
    pub person: PersonId,
    /// What is asked.
    pub command: Command,
    /// The link that goes with an invitation or a new enrolment.
    pub enrolment: Option<NewEnrolment>,
}

/// What became of it. Both are on record.
pub type Decided = Result<Event, Refused>;

/// A key that ends with a change of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// A passkey, by its credential id.
    Passkey(Vec<u8>),
    /// A link to an identity provider.
    OpenId(OidcLink),
}

/// What a leaf of a change tells.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// The change itself, or its refusal.
    Change(&'a Decided),
    /// One key that ends with it: whoever checks the ledger sees each key go that they saw come.
    Ended(&'a Ended),
}

type Row = (String, String, String, Option<String>, Option<i64>, Option<String>, String, i64, String);

impl Db {
    /// Decides a change and writes it, or its refusal, with the leaf that `leaf` makes of the decision and one
    /// for each key that ends with it.
    ///
    /// Suspending ends sessions and tokens in the same transaction; leaving and a new enrolment end
    /// passkeys, identity provider links and open enrolment links as well. `leaf` may be asked more than
    /// once, when the transaction is run again, and only the last answer is written.
    ///
    /// # Errors
    /// No such organisation or asker, or the database failed. A refusal is not an error but a result.
    pub async fn change_person(
        &self,
        change: &Change,
        at: Micros,
        leaf: &(dyn Fn(Told<'_>) -> LeafEntry + Sync),
    ) -> Result<Result<Kept<Person>, Refused>, AccountError> {
        self.run_tx("account::change_person", |tx| {
            Box::pin(async move {
                let kept = tx.person(change.person).await?;
                let decided = tx.decide(kept.as_ref(), change, at).await?;
                tx.queue_leaf(&leaf(Told::Change(&decided)), at).await?;
                match decided {
                    Ok(event) if event.ends_credentials() => {
                        for ended in tx.credentials(change.person).await? {
                            tx.queue_leaf(&leaf(Told::Ended(&ended)), at).await?;
                        }
                        tx.write_event(kept, &event, change, at).await.map(Ok)
                    }
                    Ok(event) => tx.write_event(kept, &event, change, at).await.map(Ok),
                    Err(refused) => Ok(Err(refused)),
                }
            })
        })
        .await
    }

    /// One person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn person(&self, person: PersonId) -> Result<Option<Kept<Person>>, StoreError> {
        self.read("account::person", |tx| Box::pin(async move { tx.person(person).await })).await
    }

    /// People of an organisation in the order of their ids, at most 1,000, from the one after `after`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn people(
        &self,
        org: OrgId,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<Kept<Person>>, StoreError> {
        self.read("account::people", |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for person in tx.person_ids(org, after, limit).await? {
                    found.extend(tx.person(person).await?);
                }
                Ok(found)
            })
        })
        .await
    }

    /// Whether nobody has an account: a first start.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_no_people(&self) -> Result<bool, StoreError> {
        self.read("account::has_no_people", |tx| Box::pin(async move { tx.has_no_people().await })).await
    }
}

impl Tx<'_> {
    /// Decides on what the rows say now.
    async fn decide(
        &mut self,
        kept: Option<&Kept<Person>>,
        change: &Change,
        at: Micros,
    ) -> Result<Decided, AccountError> {
        let org = kept.map_or(change.org, |kept| kept.value.org);
        let organisation = self.organisation(org).await?.ok_or(AccountError::NoOrganisation(org))?.value;
        let home = self.home(&organisation).await?;
        let by = match change.asker {
            Asker::FirstStart if self.has_no_people().await? => By::FirstStart,
            Asker::FirstStart => return Ok(Err(Refused::FirstStartOnly)),
            Asker::Person(asker) => By::Person(self.granter(asker).await?),
        };
        let asked = Asked { by, home, command: change.command.clone() };
        Ok(decide(kept.map(|kept| &kept.value), &asked, at))
    }

    pub(crate) async fn home(&mut self, organisation: &Organisation) -> Result<Home, StoreError> {
        let text = "-- store::account::person::keepers
            SELECT COUNT(*) FROM person JOIN person_role ON person_role.person_id = person.person_id
            WHERE person.org_id = $1 AND person_role.role = $2 AND person.standing <> $3";
        let question = sqlx::query_as(text)
            .bind(organisation.id.to_string())
            .bind(word(&Role::OrgAdministrator)?)
            .bind(word(&Standing::Left)?);
        let keepers: Option<(i64,)> = self.first(question).await?;
        let has_org_administrator = keepers.is_some_and(|(count,)| count > 0);
        Ok(Home { org: organisation.id, kind: organisation.kind, has_org_administrator })
    }

    async fn granter(&mut self, asker: PersonId) -> Result<Granter, AccountError> {
        let asker = self.person(asker).await?.ok_or(AccountError::NoPerson(asker))?.value;
        if asker.standing != Standing::Active {
            return Err(AccountError::Standing(asker.standing));
        }
        Ok(Granter { id: asker.id, org: asker.org, roles: asker.roles })
    }

    async fn write_event(
        &mut self,
        kept: Option<Kept<Person>>,
        event: &Event,
        change: &Change,
        at: Micros,
    ) -> Result<Kept<Person>, AccountError> {
        let version = kept.as_ref().map_or(Version::NEW, |kept| kept.version).plus(1);
        let person = apply(kept.map(|kept| kept.value), event).ok_or(AccountError::NoPerson(change.person))?;
        self.save_person(&person, version, at).await?;
        if event.ends_sessions() {
            self.end_sessions(person.id).await?;
            self.revoke_tokens_of(person.id, at).await?;
        }
        if event.ends_credentials() {
            self.forget_credentials(person.id, at).await?;
        }
        if let Some(enrolment) = &change.enrolment
            && matches!(event, Event::Invited(_) | Event::Reenrolled)
        {
            self.insert_enrolment(person.id, enrolment, at).await?;
        }
        Ok(Kept { value: person, version })
    }

    pub(crate) async fn person(&mut self, person: PersonId) -> Result<Option<Kept<Person>>, StoreError> {
        let text = "-- store::account::person::by_id
            SELECT person_id, org_id, display_name, clearance_level, clearance_until, clearance_source, standing, version,
                compartments
            FROM person WHERE person_id = $1";
        let Some(row) = self.first::<Row>(sqlx::query_as(text).bind(person.to_string())).await? else {
            return Ok(None);
        };
        let roles = self.roles(person).await?;
        read(row, roles).map(Some)
    }

    async fn roles(&mut self, person: PersonId) -> Result<BTreeSet<Role>, StoreError> {
        let text = "-- store::account::person::roles
            SELECT role FROM person_role WHERE person_id = $1";
        let roles: Vec<(String,)> = self.all(sqlx::query_as(text).bind(person.to_string())).await?;
        roles.iter().map(|(role,)| from_word("person_role", role)).collect()
    }

    async fn person_ids(
        &mut self,
        org: OrgId,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonId>, StoreError> {
        let text = "-- store::account::person::ids
            SELECT person_id FROM person WHERE org_id = $1 AND person_id > $2 ORDER BY person_id LIMIT $3";
        let page = sqlx::query_as(text)
            .bind(org.to_string())
            .bind(after.map(|after| after.to_string()).unwrap_or_default())
            .bind(i64::from(limit.min(PAGE_MAX)));
        let ids: Vec<(String,)> = self.all(page).await?;
        ids.iter().map(|(text,)| id("person", text)).collect()
    }

    async fn has_no_people(&mut self) -> Result<bool, StoreError> {
        let text = "-- store::account::person::any
            SELECT person_id FROM person LIMIT 1";
        Ok(self.first::<(String,)>(sqlx::query_as(text)).await?.is_none())
    }

    /// Writes the row and its roles as they are after a decision.
    pub(crate) async fn save_person(
        &mut self,
        person: &Person,
        version: Version,
        at: Micros,
    ) -> Result<(), StoreError> {
        let text = "-- store::account::person::save
            INSERT INTO person (person_id, org_id, display_name, clearance_level, clearance_until,
                clearance_source, standing, version, changed_at, compartments)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (person_id) DO UPDATE SET display_name = excluded.display_name,
                clearance_level = excluded.clearance_level, clearance_until = excluded.clearance_until,
                clearance_source = excluded.clearance_source, standing = excluded.standing,
                version = excluded.version, changed_at = excluded.changed_at, compartments = excluded.compartments";
        let clearance = person.clearance.as_ref();
        let save = sqlx::query(text)
            .bind(person.id.to_string())
            .bind(person.org.to_string())
            .bind(person.display_name.clone())
            .bind(clearance.map(|held| word(&held.level)).transpose()?)
            .bind(clearance.map(|held| held.until.0))
            .bind(clearance.map(|held| held.source.clone()))
            .bind(word(&person.standing)?)
            .bind(version.to_row())
            .bind(at.0)
            .bind(clearance.map(compartments_line).unwrap_or_default());
        self.execute(save).await?;
        self.set_roles(person).await
    }

    async fn set_roles(&mut self, person: &Person) -> Result<(), StoreError> {
        let forget = "-- store::account::person::forget_roles
            DELETE FROM person_role WHERE person_id = $1";
        self.execute(sqlx::query(forget).bind(person.id.to_string())).await?;
        let add = "-- store::account::person::add_role
            INSERT INTO person_role (person_id, role) VALUES ($1, $2)";
        for role in &person.roles {
            self.execute(sqlx::query(add).bind(person.id.to_string()).bind(word(role)?)).await?;
        }
        Ok(())
    }

    /// What somebody signs in with.
    async fn credentials(&mut self, person: PersonId) -> Result<Vec<Ended>, StoreError> {
        let passkeys = self.passkeys(person).await?.into_iter().map(|kept| Ended::Passkey(kept.key.credential_id));
        let links = self.oidc_links(person).await?.into_iter().map(Ended::OpenId);
        Ok(passkeys.chain(links).collect())
    }

    async fn forget_credentials(&mut self, person: PersonId, at: Micros) -> Result<(), StoreError> {
        self.forget_passkeys(person).await?;
        self.forget_oidc_links(person).await?;
        self.close_enrolments(person, at).await
    }
}

/// Compartments in one line, sorted, a space between.
fn compartments_line(held: &HeldClearance) -> String {
    held.compartments.iter().map(noroshi_model::Compartment::as_str).collect::<Vec<_>>().join(" ")
}

fn read(row: Row, roles: BTreeSet<Role>) -> Result<Kept<Person>, StoreError> {
    const TABLE: &str = "person";
    let (person, org, display_name, level, until, source, standing, version, compartments) = row;
    let clearance = match (level, until, source) {
        (Some(level), Some(until), Some(source)) => {
            let words = compartments.split_whitespace().map(|word| from_word(TABLE, word));
            let compartments = words.collect::<Result<_, _>>()?;
            Some(HeldClearance { level: from_word(TABLE, &level)?, until: Micros(until), source, compartments })
        }
        (None, None, None) => None,
        _ => return Err(StoreError::Inconsistent { table: TABLE, what: format!("half a clearance of {person}") }),
    };
    let value = Person {
        id: id(TABLE, &person)?,
        org: id(TABLE, &org)?,
        display_name,
        roles,
        clearance,
        standing: from_word(TABLE, &standing)?,
    };
    Ok(Kept { value, version: Version::from_row(version) })
}
