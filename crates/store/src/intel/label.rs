//! Labels: one for each producer and set of markings, and what the markings mean.

use super::give::NewObject;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::row::id;
use noroshi_model::{Handling, OrgId};
use std::collections::{BTreeMap, BTreeSet};

/// One label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its number.
    pub label: i64,
    /// Who gave what carries it.
    pub producer: OrgId,
    /// The ids of the markings.
    pub markings: BTreeSet<String>,
}

/// All labels, and the markings that were defined here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// Every label.
    pub labels: Vec<Label>,
    /// What markings mean that were defined by objects given here.
    pub meanings: BTreeMap<String, Handling>,
}

type LabelRow = (i64, String, String);

impl Db {
    /// All labels and meanings.
    ///
    /// # Errors
    /// What the database says.
    pub async fn intel_labels(&self) -> Result<Labels, StoreError> {
        self.read("intel::labels", |tx| Box::pin(async move { tx.labels().await })).await
    }

    /// How many labels and meanings there are: while it stays the same, so do they, as neither ever changes.
    ///
    /// # Errors
    /// What the database says.
    pub async fn intel_labels_count(&self) -> Result<(i64, i64), StoreError> {
        self.read("intel::labels_count", |tx| {
            Box::pin(async move {
                let text = "-- store::intel::label::count
                    SELECT (SELECT COUNT(*) FROM intel_label), (SELECT COUNT(*) FROM intel_marking)";
                Ok(tx.first::<(i64, i64)>(sqlx::query_as(text)).await?.unwrap_or_default())
            })
        })
        .await
    }
}

impl Tx<'_> {
    async fn labels(&mut self) -> Result<Labels, StoreError> {
        let text = "-- store::intel::label::all
            SELECT label, producer, markings FROM intel_label ORDER BY label";
        let rows: Vec<LabelRow> = self.all(sqlx::query_as(text)).await?;
        let labels = rows.into_iter().map(|(label, producer, markings)| {
            let markings = markings.split_whitespace().map(str::to_owned).collect();
            Ok(Label { label, producer: id("intel_label", &producer)?, markings })
        });
        let labels = labels.collect::<Result<_, StoreError>>()?;
        let text = "-- store::intel::label::meanings
            SELECT marking_id, handling FROM intel_marking";
        let rows: Vec<(String, Vec<u8>)> = self.all(sqlx::query_as(text)).await?;
        let meaning = |(marking, handling): (String, Vec<u8>)| {
            let handling =
                serde_json::from_slice(&handling).map_err(|source| StoreError::Json { what: "a handling", source })?;
            Ok((marking, handling))
        };
        Ok(Labels { labels, meanings: rows.into_iter().map(meaning).collect::<Result<_, StoreError>>()? })
    }

    /// The label of each set of markings of one producer; new ones get the next numbers.
    pub(super) async fn labels_for(
        &mut self,
        producer: OrgId,
        objects: &[NewObject],
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let known = "-- store::intel::label::known
            SELECT label, markings FROM intel_label WHERE producer = $1";
        let rows: Vec<(i64, String)> = self.all(sqlx::query_as(known).bind(producer.to_string())).await?;
        let mut labels: BTreeMap<String, i64> = rows.into_iter().map(|(label, markings)| (markings, label)).collect();
        let last = "-- store::intel::label::last
            SELECT COALESCE(MAX(label), 0) FROM intel_label";
        let mut next = self.first::<(i64,)>(sqlx::query_as(last)).await?.map_or(0, |(last,)| last);
        for object in objects {
            let line = line(&object.markings);
            if labels.contains_key(&line) {
                continue;
            }
            next += 1;
            let add = "-- store::intel::label::add
                INSERT INTO intel_label (label, producer, markings) VALUES ($1, $2, $3)";
            self.execute(sqlx::query(add).bind(next).bind(producer.to_string()).bind(line.clone())).await?;
            labels.insert(line, next);
        }
        Ok(labels)
    }

    /// What a marking means that was defined just now. The first definition stands.
    pub(super) async fn define_marking(&mut self, marking: &str, handling: &Handling) -> Result<(), StoreError> {
        let text = "-- store::intel::label::define
            INSERT INTO intel_marking (marking_id, handling) VALUES ($1, $2) ON CONFLICT (marking_id) DO NOTHING";
        let body = serde_json::to_vec(handling).map_err(|source| StoreError::Json { what: "a handling", source })?;
        self.execute(sqlx::query(text).bind(marking.to_owned()).bind(body)).await?;
        Ok(())
    }
}

/// Markings in one line, sorted, a space between.
pub(super) fn line(markings: &BTreeSet<String>) -> String {
    markings.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
