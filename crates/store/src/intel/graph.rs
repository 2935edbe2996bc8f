//! What is around an object: what it points at, what points at it, and what relationships join it with, so far as
//! the reader sees what says so.
//!
//! A line is said by an object that is open: a relationship, or whatever has the property. Where it leads to an id that
//! is not open, or is nowhere, the id is all there is, and from there it goes no further: the two cannot be told apart.

use super::find::{Hit, Search};
use super::index::stored;
use super::open::Open;
use super::places;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits::{INTEL_DEPTH_MAX, INTEL_FOUND_MAX, INTEL_LINES_MAX};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};

/// A line from one object to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// From this id.
    pub from: String,
    /// The kind of the relationship, or the property.
    pub kind: String,
    /// To this id.
    pub to: String,
    /// The relationship that says so; `None` where a property of `from` does.
    pub by: Option<String>,
}

/// What is around an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The object itself.
    pub centre: Hit,
    /// The others, by id, so far as they are open.
    pub around: BTreeMap<String, Hit>,
    /// In the order of their words.
    pub lines: BTreeSet<Line>,
    /// Whether there are more lines than are given.
    pub more: bool,
}

impl Db {
    /// What is at most `depth` (1 or 2) steps from an object, in at most `limit` (500) lines; nothing where no version
    /// of the object is open.
    ///
    /// # Errors
    /// What the database says.
    pub async fn intel_graph(
        &self,
        open: &Open,
        id: &str,
        depth: u32,
        limit: usize,
    ) -> Result<Option<Graph>, StoreError> {
        let limit = limit.min(INTEL_LINES_MAX);
        self.read("intel::graph", |tx| Box::pin(async move { tx.graph(open, id, depth, limit).await })).await
    }
}

impl Tx<'_> {
    async fn graph(&mut self, open: &Open, id: &str, depth: u32, limit: usize) -> Result<Option<Graph>, StoreError> {
        let Some(centre) = self.hits(open, &[id.to_owned()]).await?.pop() else { return Ok(None) };
        let mut graph = Graph { centre, around: BTreeMap::new(), lines: BTreeSet::new(), more: false };
        let mut edge: Vec<String> = vec![id.to_owned()];
        for _ in 0..depth.min(INTEL_DEPTH_MAX) {
            let new = self.lines_of(open, &edge, limit).await?;
            for line in new {
                // One more than is given says that there are more.
                if graph.lines.len() == limit && !graph.lines.contains(&line) {
                    graph.more = true;
                    break;
                }
                graph.lines.insert(line);
            }
            let ends: BTreeSet<&String> = graph.lines.iter().flat_map(|line| [&line.from, &line.to]).collect();
            let unknown = ends.into_iter().filter(|end| *end != id && !graph.around.contains_key(*end));
            let unknown: Vec<String> = unknown.cloned().collect();
            let found = self.hits(open, &unknown).await?;
            edge = found.iter().map(|hit| hit.stix_id.clone()).collect();
            graph.around.extend(found.into_iter().map(|hit| (hit.stix_id.clone(), hit)));
            if graph.more || edge.is_empty() {
                break;
            }
        }
        Ok(Some(graph))
    }

    /// The newest open versions of these ids.
    async fn hits(&mut self, open: &Open, ids: &[String]) -> Result<Vec<Hit>, StoreError> {
        let mut hits = Vec::new();
        for ids in ids.chunks(INTEL_FOUND_MAX as usize) {
            let search = Search {
                open,
                words: &BTreeSet::new(),
                kinds: &[],
                ids,
                values: &[],
                before: None,
                bodies: false,
                limit: INTEL_FOUND_MAX,
            };
            hits.extend(self.find(&search).await?.hits);
        }
        Ok(hits)
    }

    /// Lines that begin or end at these ids, one more than `limit` of each sort at most, in their order.
    async fn lines_of(&mut self, open: &Open, ids: &[String], limit: usize) -> Result<BTreeSet<Line>, StoreError> {
        let mut lines = BTreeSet::new();
        for some in ids.chunks(INTEL_FOUND_MAX as usize) {
            for sort in [Sort::Out, Sort::In, Sort::Joined] {
                let mut asked = sqlx::query_as(AssertSqlSafe(sort.text(open, some.len(), limit + 1)));
                for id in some {
                    asked = asked.bind(stored(id));
                }
                let rows: Vec<(String, String, String, String)> = self.all(asked).await?;
                let line = |(from, kind, to, by): (String, String, String, String)| Line {
                    from,
                    kind,
                    to,
                    by: Some(by).filter(|by| !by.is_empty()),
                };
                lines.extend(rows.into_iter().map(line));
            }
        }
        Ok(lines)
    }
}

/// How a line is found.
#[derive(Debug, Clone, Copy)]
enum Sort {
    /// A property of one of the ids.
    Out,
    /// A property of another that names one of the ids.
    In,
    /// A relationship with one of the ids as an end.
    Joined,
}

impl Sort {
    fn text(self, open: &Open, count: usize, limit: usize) -> String {
        let places = places(1, count);
        let here = format!(
            "EXISTS (SELECT 1 FROM intel_entry e WHERE e.object = o.added AND {}) AND {}",
            open.by("o", "e"),
            open.newest("o")
        );
        let property = |which: &str| {
            format!(
                "SELECT o.stix_id, g.property, g.target, ''
                FROM intel_edge g JOIN intel_object o ON o.added = g.object
                WHERE {which} AND {here} ORDER BY 1, 2, 3 LIMIT {limit}"
            )
        };
        let text = match self {
            Self::Out => property(&format!("o.stix_id IN ({places})")),
            Self::In => property(&format!("g.target IN ({places}) AND o.kind <> 'relationship'")),
            Self::Joined => format!(
                "SELECT f.target, i.name, t.target, o.stix_id
                FROM intel_object o JOIN intel_index i ON i.object = o.added
                    JOIN intel_edge f ON f.object = o.added AND f.property = 'source_ref'
                    JOIN intel_edge t ON t.object = o.added AND t.property = 'target_ref'
                WHERE o.kind = 'relationship' AND o.added IN (SELECT object FROM intel_edge
                    WHERE target IN ({places}) AND property IN ('source_ref', 'target_ref'))
                    AND {here} ORDER BY 1, 2, 3, 4 LIMIT {limit}"
            ),
        };
        format!("-- store::intel::graph\n{text}")
    }
}
