//! Labels: one for each producer and set of markings, and what the markings mean.

use super::give::NewObject;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits::{INTEL_DEFINITIONS_MAX, INTEL_LABELS_MAX};
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
    /// What markings mean for what an organisation gave, by definitions that it gave itself.
    pub meanings: BTreeMap<(OrgId, String), Handling>,
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
            SELECT marking_id, producer, handling FROM intel_marking";
        let rows: Vec<(String, String, Vec<u8>)> = self.all(sqlx::query_as(text)).await?;
        let meaning = |(marking, producer, handling): (String, String, Vec<u8>)| {
            let handling =
                serde_json::from_slice(&handling).map_err(|source| StoreError::Json { what: "a handling", source })?;
            Ok(((id("intel_marking", &producer)?, marking), handling))
        };
        Ok(Labels { labels, meanings: rows.into_iter().map(meaning).collect::<Result<_, StoreError>>()? })
    }

    /// The labels of one producer, and the number that the next new one gets.
    pub(super) async fn numbering(&mut self, producer: OrgId) -> Result<Numbering, StoreError> {
        let known = "-- store::intel::label::known
            SELECT label, markings FROM intel_label WHERE producer = $1";
        let rows: Vec<(i64, String)> = self.all(sqlx::query_as(known).bind(producer.to_string())).await?;
        let last = "-- store::intel::label::last
            SELECT COALESCE(MAX(label), 0) FROM intel_label";
        let last = self.first::<(i64,)>(sqlx::query_as(last)).await?.map_or(0, |(last,)| last);
        let defined = "-- store::intel::label::defined
            SELECT COUNT(*) FROM intel_marking WHERE producer = $1";
        let defined = self.first::<(i64,)>(sqlx::query_as(defined).bind(producer.to_string())).await?;
        Ok(Numbering {
            known: rows.into_iter().map(|(label, markings)| (markings, label)).collect(),
            last,
            new: Vec::new(),
            defined: defined.and_then(|(count,)| usize::try_from(count).ok()).unwrap_or_default(),
        })
    }

    /// Writes the labels that were numbered newly.
    pub(super) async fn add_labels(&mut self, producer: OrgId, numbering: &Numbering) -> Result<(), StoreError> {
        for (label, markings) in &numbering.new {
            let add = "-- store::intel::label::add
                INSERT INTO intel_label (label, producer, markings) VALUES ($1, $2, $3)";
            self.execute(sqlx::query(add).bind(*label).bind(producer.to_string()).bind(markings.clone())).await?;
        }
        Ok(())
    }

    /// What a marking means that `producer` defined just now, for what it marks. Its first definition stands.
    pub(super) async fn define_marking(
        &mut self,
        marking: &str,
        producer: OrgId,
        handling: &Handling,
    ) -> Result<(), StoreError> {
        let text = "-- store::intel::label::define
            INSERT INTO intel_marking (marking_id, producer, handling) VALUES ($1, $2, $3)
            ON CONFLICT (marking_id, producer) DO NOTHING";
        let body = serde_json::to_vec(handling).map_err(|source| StoreError::Json { what: "a handling", source })?;
        self.execute(sqlx::query(text).bind(marking.to_owned()).bind(producer.to_string()).bind(body)).await?;
        Ok(())
    }
}

/// The labels of one producer while objects are given.
#[derive(Debug)]
pub(super) struct Numbering {
    known: BTreeMap<String, i64>,
    last: i64,
    new: Vec<(i64, String)>,
    defined: usize,
}

impl Numbering {
    /// The label of an object; `None` where the producer has too many already: each costs every reader a decision.
    pub(super) fn of(&mut self, object: &NewObject) -> Option<i64> {
        let line = line(&object.markings);
        let known = self.known.get(&line).copied();
        let defines = usize::from(object.defines.is_some());
        if known.is_none() && self.known.len() >= INTEL_LABELS_MAX || self.defined + defines > INTEL_DEFINITIONS_MAX {
            return None;
        }
        self.defined += defines;
        Some(known.unwrap_or_else(|| {
            self.last += 1;
            self.known.insert(line.clone(), self.last);
            self.new.push((self.last, line));
            self.last
        }))
    }
}

/// Markings in one line, sorted, a space between.
fn line(markings: &BTreeSet<String>) -> String {
    markings.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
