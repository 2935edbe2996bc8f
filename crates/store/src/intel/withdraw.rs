//! Taking back what one gave: out of a collection, and out of the database when no collection has it any more.

use super::page::Versions;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaf::LeafEntry;
use crate::limits::INTEL_PAGE_MAX;
use noroshi_model::{CollectionId, Micros, OrgId};
use sqlx::AssertSqlSafe;

/// What is taken back.
#[derive(Debug, Clone)]
pub struct Withdrawal<'w> {
    /// Out of which collection.
    pub collection: CollectionId,
    /// By which organisation: of others nothing is taken back.
    pub producer: OrgId,
    /// Which object.
    pub stix_id: &'w str,
    /// Which versions; nothing said is all of them (TAXII 2.1, section 5.7).
    pub versions: &'w Versions,
    /// When.
    pub at: Micros,
}

type Entry = (i64, i64, i64, String, Vec<u8>);

impl Db {
    /// Takes back; gives the versions that are gone. `leaf` makes the line of them; where there are none, no line.
    ///
    /// # Errors
    /// What the database says.
    pub async fn withdraw_intel(
        &self,
        withdrawal: &Withdrawal<'_>,
        leaf: &(dyn Fn(&[super::Taken]) -> Result<LeafEntry, StoreError> + Send + Sync),
    ) -> Result<Vec<super::Taken>, StoreError> {
        self.run_tx("intel::withdraw", |tx| Box::pin(async move { tx.withdraw(withdrawal, leaf).await })).await
    }
}

impl Tx<'_> {
    async fn withdraw(
        &mut self,
        withdrawal: &Withdrawal<'_>,
        leaf: &(dyn Fn(&[super::Taken]) -> Result<LeafEntry, StoreError> + Send + Sync),
    ) -> Result<Vec<super::Taken>, StoreError> {
        let entries = self.own_entries(withdrawal).await?;
        let gone = chosen(entries, withdrawal.versions);
        let told = gone.iter().map(|(_, _, _, version, digest)| {
            let digest = digest.as_slice().try_into();
            let digest = digest
                .map_err(|_| StoreError::Inconsistent { table: "intel_object", what: "not a digest".to_owned() })?;
            Ok(super::Taken {
                stix_id: withdrawal.stix_id.to_owned(),
                version: version.clone(),
                digest,
                repeated: false,
            })
        });
        let told = told.collect::<Result<Vec<_>, StoreError>>()?;
        if told.is_empty() {
            return Ok(told);
        }
        self.queue_leaf(&leaf(&told)?, withdrawal.at).await?;
        for (added, object, ..) in gone {
            let text = "-- store::intel::withdraw::entry
                DELETE FROM intel_entry WHERE collection = $1 AND added = $2";
            self.execute(sqlx::query(text).bind(withdrawal.collection.to_string()).bind(added)).await?;
            self.forget_object(object).await?;
        }
        Ok(told)
    }

    /// An object that no collection has any more is gone, and with it what it was found by.
    async fn forget_object(&mut self, object: i64) -> Result<(), StoreError> {
        let text = "-- store::intel::withdraw::placed
            SELECT COUNT(*) FROM intel_entry WHERE object = $1";
        if self.first::<(i64,)>(sqlx::query_as(text).bind(object)).await? != Some((0,)) {
            return Ok(());
        }
        self.drop_index(object).await?;
        let text = "-- store::intel::withdraw::object
            DELETE FROM intel_object WHERE added = $1";
        self.execute(sqlx::query(text).bind(object)).await?;
        Ok(())
    }

    async fn own_entries(&mut self, withdrawal: &Withdrawal<'_>) -> Result<Vec<Entry>, StoreError> {
        let text = format!(
            "-- store::intel::withdraw::own
            SELECT e.added, e.object, e.version, o.version_text, o.digest
            FROM intel_entry e JOIN intel_object o ON o.added = e.object
            WHERE e.collection = $1 AND e.stix_id = $2 AND o.producer = $3
            ORDER BY e.version, e.added LIMIT {INTEL_PAGE_MAX}"
        );
        let question = sqlx::query_as(AssertSqlSafe(text))
            .bind(withdrawal.collection.to_string())
            .bind(withdrawal.stix_id.to_owned())
            .bind(withdrawal.producer.to_string());
        self.all(question).await
    }
}

/// Those of the versions that were named, of a list in order of versions.
fn chosen(entries: Vec<Entry>, wanted: &Versions) -> Vec<Entry> {
    let everything = *wanted == Versions::default() || wanted.all;
    let last = entries.len().saturating_sub(1);
    let pick = |(at, entry): (usize, Entry)| {
        let picked =
            everything || wanted.first && at == 0 || wanted.last && at == last || wanted.exactly.contains(&entry.2);
        picked.then_some(entry)
    };
    entries.into_iter().enumerate().filter_map(pick).collect()
}
