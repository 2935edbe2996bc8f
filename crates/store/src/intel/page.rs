//! What a reader sees of a collection, page by page, in the order in which it was added.

use super::numbers;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits::INTEL_PAGE_MAX;
use noroshi_model::{CollectionId, Micros};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Which versions of an object (TAXII 2.1, section 3.4.1: `match[version]`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// The newest that is open to the reader.
    pub last: bool,
    /// The oldest that is open to the reader.
    pub first: bool,
    /// Every one.
    pub all: bool,
    /// These, in microseconds.
    pub exactly: BTreeSet<i64>,
}

/// What narrows an answer. Empty lists narrow nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// Added after this moment.
    pub after: Option<Micros>,
    /// Of these ids.
    pub ids: Vec<String>,
    /// Of these types.
    pub kinds: Vec<String>,
    /// Of these versions of STIX; what is left out is the newest that is there.
    pub spec_versions: Vec<String>,
    /// Of these versions.
    pub versions: Versions,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question<'q> {
    /// Of which collection.
    pub collection: CollectionId,
    /// The labels that are open to the reader.
    pub open: &'q BTreeSet<i64>,
    /// What narrows it.
    pub cut: &'q Cut,
    /// Whether the objects themselves are wanted.
    pub bodies: bool,
    /// Rows at most, and no more than 10,000.
    pub limit: u32,
}

/// One version of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// When it came to this collection.
    pub added: Micros,
    /// Its identifier.
    pub stix_id: String,
    /// Its version as it was written.
    pub version: String,
    /// `2.1` or `2.0`.
    pub spec_version: String,
    /// As it came; empty where it was not wanted.
    pub body: Vec<u8>,
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its rows, in the order in which they were added.
    pub rows: Vec<Row>,
    /// Whether more follow.
    pub more: bool,
}

type Found = (i64, String, String, String, Vec<u8>);

impl Db {
    /// One page. What is not open to the reader is not there: it is counted nowhere and hides nothing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn intel_page(&self, question: &Question<'_>) -> Result<Page, StoreError> {
        self.read("intel::page", |tx| Box::pin(async move { tx.intel_page(question).await })).await
    }
}

impl Tx<'_> {
    async fn intel_page(&mut self, question: &Question<'_>) -> Result<Page, StoreError> {
        let limit = question.limit.min(INTEL_PAGE_MAX);
        let mut asked = sqlx::query_as(AssertSqlSafe(text(question)))
            .bind(question.collection.to_string())
            .bind(question.cut.after.map_or(0, |after| after.0))
            .bind(i64::from(limit) + 1);
        for word in question.cut.ids.iter().chain(&question.cut.kinds).chain(&question.cut.spec_versions) {
            asked = asked.bind(word.clone());
        }
        let mut found: Vec<Found> = self.all(asked).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let row = |(added, stix_id, version, spec_version, body)| Row {
            added: Micros(added),
            stix_id,
            version,
            spec_version,
            body,
        };
        Ok(Page { rows: found.into_iter().map(row).collect(), more })
    }
}

fn text(question: &Question<'_>) -> String {
    let cut = question.cut;
    let open = numbers(question.open);
    // A column in place of the body, so that both questions have the same shape.
    let body = if question.bodies { "o.body" } else { "o.digest" };
    let mut text = format!(
        "-- store::intel::page
        SELECT e.added, o.stix_id, o.version_text, o.spec_version, {body}
        FROM intel_entry e JOIN intel_object o ON o.added = e.object
        WHERE e.collection = $1 AND e.added > $2 AND o.label IN ({open})"
    );
    let mut place = 4;
    for (column, words) in [("e.stix_id", &cut.ids), ("o.kind", &cut.kinds), ("o.spec_version", &cut.spec_versions)] {
        if !words.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(text, " AND {column} IN ({})", super::places(place, words.len()));
            place += words.len();
        }
    }
    let _ = write!(text, " AND {} ORDER BY e.added LIMIT $3", versions(&cut.versions, &open));
    text
}

/// Which versions, measured against those the reader may see. Two givers of one version count once.
fn versions(wanted: &Versions, open: &str) -> String {
    let none = |other: &str| {
        format!(
            "(e.superseded = 0 OR NOT EXISTS (SELECT 1 FROM intel_entry n JOIN intel_object p ON p.added = n.object
            WHERE n.collection = e.collection AND n.stix_id = e.stix_id AND p.label IN ({open})
            AND ({other}n.version = e.version AND n.added < e.added)))"
        )
    };
    let exactly: Vec<String> = wanted.exactly.iter().map(ToString::to_string).collect();
    let mut any = Vec::new();
    if wanted.all {
        any.push(none(""));
    }
    if wanted.first {
        any.push(none("n.version < e.version OR "));
    }
    if !exactly.is_empty() {
        any.push(format!("(e.version IN ({}) AND {})", exactly.join(", "), none("")));
    }
    if wanted.last || any.is_empty() {
        any.push(none("n.version > e.version OR "));
    }
    format!("({})", any.join(" OR "))
}
