//! By what an object is found: its words, what it points at, the values of its pattern. Written with the object, and
//! gone with it.

use super::numbers;
use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::limits::{INTEL_CATCH_UP_MAX, INTEL_LINKS_MAX, INTEL_VALUES_MAX, INTEL_WORDS_MAX};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Rows of one insert.
const ROWS_MAX: usize = 200;

/// By what one object is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// What lists call it; of a relationship, its kind.
    pub name: String,
    /// Its words, at most 2,000, as `casework::share::words` gives them.
    pub words: BTreeSet<String>,
    /// What it points at, at most 1,000: the property and the id.
    pub links: BTreeSet<(String, String)>,
    /// Texts of which what matches its pattern has one, at most 1,000; an empty one where it may match without.
    pub values: BTreeSet<String>,
}

impl Index {
    /// Whether all of it is within the limits.
    pub(super) fn fits(&self) -> Result<(), StoreError> {
        at_most("words of an object", self.words.len(), INTEL_WORDS_MAX)?;
        at_most("things an object points at", self.links.len(), INTEL_LINKS_MAX)?;
        at_most("values of a pattern", self.values.len(), INTEL_VALUES_MAX)
    }
}

impl Db {
    /// Objects that came before there was an index, oldest first and at most 500, with their bytes.
    ///
    /// # Errors
    /// What the database says.
    pub async fn intel_unindexed(&self) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        self.read("intel::unindexed", |tx| {
            Box::pin(async move {
                let text = format!(
                    "-- store::intel::index::missing
                    SELECT o.added, o.body FROM intel_object o
                    WHERE NOT EXISTS (SELECT 1 FROM intel_index i WHERE i.object = o.added)
                    ORDER BY o.added LIMIT {INTEL_CATCH_UP_MAX}"
                );
                tx.all(sqlx::query_as(AssertSqlSafe(text))).await
            })
        })
        .await
    }

    /// Writes the index of objects by their numbers. One that is gone meanwhile, or has an index, is passed over.
    ///
    /// # Errors
    /// An index beyond the limits, or what the database says: then none was written.
    pub async fn index_intel(&self, indices: &[(i64, Index)]) -> Result<(), StoreError> {
        indices.iter().try_for_each(|(_, index)| index.fits())?;
        self.run_tx("intel::index", |tx| {
            Box::pin(async move {
                for some in indices.chunks(ROWS_MAX) {
                    let numbered = numbers(&some.iter().map(|(object, _)| *object).collect());
                    let text = format!(
                        "-- store::intel::index::wanting
                        SELECT o.added FROM intel_object o WHERE o.added IN ({numbered})
                        AND NOT EXISTS (SELECT 1 FROM intel_index i WHERE i.object = o.added)"
                    );
                    let wanting: Vec<(i64,)> = tx.all(sqlx::query_as(AssertSqlSafe(text))).await?;
                    for (object, index) in some.iter().filter(|(object, _)| wanting.contains(&(*object,))) {
                        tx.write_index(*object, index).await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }
}

impl Tx<'_> {
    pub(super) async fn write_index(&mut self, object: i64, index: &Index) -> Result<(), StoreError> {
        let text = "-- store::intel::index::name
            INSERT INTO intel_index (object, name) VALUES ($1, $2)";
        self.execute(sqlx::query(text).bind(object).bind(stored(&index.name))).await?;
        let words: Vec<_> = index.words.iter().map(|word| [word.as_str()]).collect();
        self.insert_rows("intel_word (object, word)", object, &words).await?;
        let links: Vec<_> = index.links.iter().map(|(property, target)| [property.as_str(), target.as_str()]).collect();
        self.insert_rows("intel_edge (object, property, target)", object, &links).await?;
        let values: Vec<_> = index.values.iter().map(|value| [value.as_str()]).collect();
        self.insert_rows("intel_value (object, value)", object, &values).await
    }

    /// Rows of one object and so many texts, many at once.
    async fn insert_rows<const N: usize>(
        &mut self,
        table: &str,
        object: i64,
        rows: &[[&str; N]],
    ) -> Result<(), StoreError> {
        for some in rows.chunks(ROWS_MAX) {
            let mut text = format!("-- store::intel::index::rows\nINSERT INTO {table} VALUES ");
            for (at, _) in some.iter().enumerate() {
                let places = super::places(at * N + 1, N);
                // Writing to a string cannot fail.
                let _ = write!(text, "{}({object}, {places})", if at == 0 { "" } else { ", " });
            }
            let mut insert = sqlx::query(AssertSqlSafe(text));
            for value in some.iter().flatten() {
                insert = insert.bind(stored(value));
            }
            self.execute(insert).await?;
        }
        Ok(())
    }

    pub(super) async fn drop_index(&mut self, object: i64) -> Result<(), StoreError> {
        for table in ["intel_word", "intel_edge", "intel_value", "intel_index"] {
            let text = format!("-- store::intel::index::drop\nDELETE FROM {table} WHERE object = $1");
            self.execute(sqlx::query(AssertSqlSafe(text)).bind(object)).await?;
        }
        Ok(())
    }
}

/// PostgreSQL keeps no text with a zero in it, and JSON may say one.
pub(super) fn stored(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
