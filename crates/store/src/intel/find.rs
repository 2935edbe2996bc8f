//! What a reader finds in all collections they read: by words, by type, by id, by what a pattern needs. Newest first.
//!
//! One row is the newest version of an object that is open to the reader, and its moment is when the first collection
//! they read had it. Nothing else there is changes a row, the order, or whether more follow.

use super::index::stored;
use super::open::Open;
use super::places;
use crate::db::{Db, Tx};
use crate::error::{StoreError, at_most};
use crate::limits::INTEL_FOUND_MAX;
use crate::row::id;
use noroshi_casework::share::limits::TERMS_MAX;
use noroshi_model::{Micros, OrgId};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Values of one list of a question.
const VALUES_MAX: usize = 1_024;

/// A question. Empty lists narrow nothing.
#[derive(Debug, Clone)]
pub struct Search<'s> {
    /// What is open to the reader.
    pub open: &'s Open,
    /// Words that are all in it, as `casework::share::words` gives them.
    pub words: &'s BTreeSet<String>,
    /// Of these types.
    pub kinds: &'s [String],
    /// Of these ids.
    pub ids: &'s [String],
    /// What matches its pattern has one of these.
    pub values: &'s [String],
    /// Only what came before this moment: where a page goes on.
    pub before: Option<Micros>,
    /// Whether the objects themselves are wanted.
    pub bodies: bool,
    /// Rows at most, and no more than 200.
    pub limit: u32,
}

/// One object that was found, in its newest open version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// When the first collection the reader reads had it; no two have the same.
    pub added: Micros,
    /// Its identifier.
    pub stix_id: String,
    /// Its type.
    pub kind: String,
    /// Its version as it was written.
    pub version: String,
    /// What lists call it; of a relationship, its kind. Empty where it has none.
    pub name: String,
    /// Which organisation gave it.
    pub producer: OrgId,
    /// The ids of its markings, and of its parts' markings.
    pub markings: BTreeSet<String>,
    /// Whether who made it holds it no longer valid.
    pub revoked: bool,
    /// As it came; empty where it was not wanted.
    pub body: Vec<u8>,
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// Where the next page goes on, before this moment; `None` where that was all.
    pub next: Option<Micros>,
}

type HitRow = (i64, String, String, String, String, String, String, i64, Vec<u8>);

impl Db {
    /// One page of what is open to the reader and was asked for. What is not open is not there.
    ///
    /// # Errors
    /// More words or values than are taken, or what the database says.
    pub async fn search_intel(&self, search: &Search<'_>) -> Result<Found, StoreError> {
        at_most("words of a question", search.words.len(), TERMS_MAX)?;
        for list in [search.kinds, search.ids, search.values] {
            at_most("values of a question", list.len(), VALUES_MAX)?;
        }
        self.read("intel::search", |tx| Box::pin(async move { tx.find(search).await })).await
    }
}

impl Tx<'_> {
    pub(super) async fn find(&mut self, search: &Search<'_>) -> Result<Found, StoreError> {
        let limit = search.limit.min(INTEL_FOUND_MAX);
        let mut asked = sqlx::query_as(AssertSqlSafe(text(search)))
            .bind(search.before.map_or(i64::MAX, |before| before.0))
            .bind(i64::from(limit) + 1);
        for word in search.words.iter().chain(search.kinds).chain(search.ids).chain(search.values) {
            asked = asked.bind(stored(word));
        }
        let mut rows: Vec<HitRow> = self.all(asked).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let hits = rows.into_iter().map(|row| hit(row, search.bodies)).collect::<Result<Vec<_>, _>>()?;
        let next = hits.last().filter(|_| more).map(|last| last.added);
        Ok(Found { hits, next })
    }
}

fn hit(row: HitRow, bodies: bool) -> Result<Hit, StoreError> {
    let (added, stix_id, kind, version, name, producer, markings, revoked, body) = row;
    Ok(Hit {
        added: Micros(added),
        stix_id,
        kind,
        version,
        name,
        producer: id("intel_object", &producer)?,
        markings: markings.split_whitespace().map(str::to_owned).collect(),
        revoked: revoked != 0,
        body: if bodies { body } else { Vec::new() },
    })
}

fn text(search: &Search<'_>) -> String {
    // A column in place of the body, so that both questions have the same shape.
    let body = if search.bodies { "o.body" } else { "o.digest" };
    let mut text = format!(
        "-- store::intel::find
        SELECT MIN(e.added) AS first_added, o.stix_id, o.kind, o.version_text, COALESCE(i.name, ''), o.producer,
            l.markings, o.revoked, {body}
        FROM intel_object o JOIN intel_entry e ON e.object = o.added JOIN intel_label l ON l.label = o.label
            LEFT JOIN intel_index i ON i.object = o.added
        WHERE {}",
        search.open.by("o", "e")
    );
    let mut place = 3;
    // Writing to a string cannot fail.
    for _ in search.words {
        let _ = write!(text, " AND o.added IN (SELECT object FROM intel_word WHERE word = ${place})");
        place += 1;
    }
    for (column, words) in [("o.kind", search.kinds), ("o.stix_id", search.ids)] {
        if !words.is_empty() {
            let _ = write!(text, " AND {column} IN ({})", places(place, words.len()));
            place += words.len();
        }
    }
    if !search.values.is_empty() {
        let values = places(place, search.values.len());
        let _ = write!(text, " AND o.added IN (SELECT object FROM intel_value WHERE value IN ({values}))");
    }
    let _ = write!(
        text,
        " AND {} GROUP BY o.added, l.label, i.object HAVING MIN(e.added) < $1 ORDER BY first_added DESC LIMIT $2",
        search.open.newest("o")
    );
    text
}
