//! Organisations that take part.

use super::{AccountError, Kept};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaf::LeafEntry;
use crate::limits::PAGE_MAX;
use crate::row::{from_word, id, word};
use crate::version::Version;
use noroshi_casework::party::{Organisation, Sector};
use noroshi_model::{Micros, OrgFlag, OrgId};
use std::collections::BTreeSet;

type Row = (String, String, String, String, Option<String>, Option<String>, i64, String);

impl Db {
    /// Registers an organisation.
    ///
    /// # Errors
    /// Wrong as entered, or the id is taken.
    pub async fn add_organisation(
        &self,
        organisation: &Organisation,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        organisation.check()?;
        self.run_tx("account::add_organisation", |tx| {
            Box::pin(async move {
                tx.queue_leaf(leaf, at).await?;
                tx.insert_organisation(organisation, at).await.map_err(AccountError::taken)?;
                tx.set_flags(organisation).await?;
                Ok(())
            })
        })
        .await
    }

    /// Changes names, sector or flags of an organisation that was read at version `expected`.
    ///
    /// # Errors
    /// Wrong as entered, another kind, not there, or changed in the meantime.
    pub async fn change_organisation(
        &self,
        organisation: &Organisation,
        expected: Version,
        at: Micros,
        leaf: &LeafEntry,
    ) -> Result<(), AccountError> {
        organisation.check()?;
        self.run_tx("account::change_organisation", |tx| {
            Box::pin(async move {
                let kept = tx.organisation(organisation.id).await?;
                let kept = kept.ok_or(AccountError::NoOrganisation(organisation.id))?;
                if kept.version != expected {
                    return Err(AccountError::Conflict { expected, found: kept.version });
                }
                if kept.value.kind != organisation.kind {
                    return Err(AccountError::KindChanged);
                }
                tx.queue_leaf(leaf, at).await?;
                tx.update_organisation(organisation, at).await?;
                tx.set_flags(organisation).await?;
                Ok(())
            })
        })
        .await
    }

    /// One organisation.
    ///
    /// # Errors
    /// What the database says.
    pub async fn organisation(&self, org: OrgId) -> Result<Option<Kept<Organisation>>, StoreError> {
        self.read("account::organisation", |tx| Box::pin(async move { tx.organisation(org).await })).await
    }

    /// Organisations in the order of their ids, at most 1,000, from the one after `after`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn organisations(&self, after: Option<OrgId>, limit: u32) -> Result<Vec<Kept<Organisation>>, StoreError> {
        self.read("account::organisations", |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for org in tx.organisation_ids(after, limit).await? {
                    found.extend(tx.organisation(org).await?);
                }
                Ok(found)
            })
        })
        .await
    }
}

impl Tx<'_> {
    pub(crate) async fn organisation(&mut self, org: OrgId) -> Result<Option<Kept<Organisation>>, StoreError> {
        let text = "-- store::account::organisation::by_id
            SELECT org_id, kind, name_ja, name_en, sector_code, sector_table_version, version, country
            FROM organisation WHERE org_id = $1";
        let Some(row) = self.first::<Row>(sqlx::query_as(text).bind(org.to_string())).await? else { return Ok(None) };
        let flags = self.flags(org).await?;
        read(row, flags).map(Some)
    }

    async fn flags(&mut self, org: OrgId) -> Result<BTreeSet<OrgFlag>, StoreError> {
        let text = "-- store::account::organisation::flags
            SELECT flag FROM organisation_flag WHERE org_id = $1";
        let flags: Vec<(String,)> = self.all(sqlx::query_as(text).bind(org.to_string())).await?;
        flags.iter().map(|(flag,)| from_word("organisation_flag", flag)).collect()
    }

    async fn organisation_ids(&mut self, after: Option<OrgId>, limit: u32) -> Result<Vec<OrgId>, StoreError> {
        let text = "-- store::account::organisation::ids
            SELECT org_id FROM organisation WHERE org_id > $1 ORDER BY org_id LIMIT $2";
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let page = sqlx::query_as(text).bind(after).bind(i64::from(limit.min(PAGE_MAX)));
        let ids: Vec<(String,)> = self.all(page).await?;
        ids.iter().map(|(text,)| id("organisation", text)).collect()
    }

    async fn insert_organisation(&mut self, organisation: &Organisation, at: Micros) -> Result<(), StoreError> {
        let text = "-- store::account::organisation::insert
            INSERT INTO organisation
                (org_id, kind, name_ja, name_en, sector_code, sector_table_version, version, changed_at, country)
            VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)";
        let sector = organisation.sector.as_ref();
        let insert = sqlx::query(text)
            .bind(organisation.id.to_string())
            .bind(word(&organisation.kind)?)
            .bind(organisation.name_ja.clone())
            .bind(organisation.name_en.clone())
            .bind(sector.map(|sector| sector.code.clone()))
            .bind(sector.map(|sector| sector.table_version.clone()))
            .bind(at.0)
            .bind(organisation.country.to_string());
        self.execute(insert).await?;
        Ok(())
    }

    async fn update_organisation(&mut self, organisation: &Organisation, at: Micros) -> Result<(), StoreError> {
        let text = "-- store::account::organisation::update
            UPDATE organisation SET name_ja = $2, name_en = $3, sector_code = $4, sector_table_version = $5,
                version = version + 1, changed_at = $6, country = $7
            WHERE org_id = $1";
        let sector = organisation.sector.as_ref();
        let update = sqlx::query(text)
            .bind(organisation.id.to_string())
            .bind(organisation.name_ja.clone())
            .bind(organisation.name_en.clone())
            .bind(sector.map(|sector| sector.code.clone()))
            .bind(sector.map(|sector| sector.table_version.clone()))
            .bind(at.0)
            .bind(organisation.country.to_string());
        self.execute(update).await?;
        Ok(())
    }

    async fn set_flags(&mut self, organisation: &Organisation) -> Result<(), StoreError> {
        self.forget_flags(organisation.id).await?;
        let text = "-- store::account::organisation::add_flag
            INSERT INTO organisation_flag (org_id, flag) VALUES ($1, $2)";
        for flag in &organisation.flags {
            let insert = sqlx::query(text).bind(organisation.id.to_string()).bind(word(flag)?);
            self.execute(insert).await?;
        }
        Ok(())
    }

    async fn forget_flags(&mut self, org: OrgId) -> Result<(), StoreError> {
        let text = "-- store::account::organisation::forget_flags
            DELETE FROM organisation_flag WHERE org_id = $1";
        self.execute(sqlx::query(text).bind(org.to_string())).await?;
        Ok(())
    }
}

fn read(row: Row, flags: BTreeSet<OrgFlag>) -> Result<Kept<Organisation>, StoreError> {
    const TABLE: &str = "organisation";
    let (org, kind, name_ja, name_en, code, table_version, version, country) = row;
    let sector = match (code, table_version) {
        (Some(code), Some(table_version)) => Some(Sector { code, table_version }),
        (None, None) => None,
        _ => return Err(StoreError::Inconsistent { table: TABLE, what: format!("half a sector of {org}") }),
    };
    let country =
        country.parse().map_err(|_| StoreError::Inconsistent { table: TABLE, what: format!("`{country}`") })?;
    let (id, kind) = (id(TABLE, &org)?, from_word(TABLE, &kind)?);
    let value = Organisation { id, kind, country, name_ja, name_en, sector, flags };
    Ok(Kept { value, version: Version::from_row(version) })
}
