//! `/api/v1/intelligence`: what a reader finds in all collections they read, in JSON. [`Asked`] is the query, which the
//! page `/intelligence` reads the same way.

use crate::answer::Answer;
use crate::api::{Problem, asker, json};
use crate::exchange::{Sought, SoughtBy};
use crate::fault::Fault;
use crate::messages::Messages;
use crate::state::{Shared, State};
use crate::visitor::Visit;
use axum::extract::{Path, Query, State as Part};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use noroshi_casework::share::seen::Seen;
use noroshi_casework::share::words::{self, NotAQuestion};
use noroshi_model::{Micros, OrgId, Purpose};
use noroshi_store::intel::{Found, Graph, Hit};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Rows of a page where nothing is said.
pub(crate) const LIMIT_DEFAULT: u32 = 50;
/// Rows of a page at most.
pub(crate) const LIMIT_MAX: u32 = 200;
/// Types of one question.
const KINDS_MAX: usize = 20;

/// A question as it was written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Words.
    #[serde(default)]
    pub(crate) q: String,
    /// Types, with commas between.
    #[serde(default, rename = "type")]
    pub(crate) kinds: String,
    /// A value that was seen.
    #[serde(default)]
    pub(crate) value: String,
    /// Where the page before ended.
    #[serde(default)]
    pub(crate) next: String,
    /// Rows at most.
    pub(crate) limit: Option<u32>,
}

fn wrong(message: fn(&Messages) -> &'static str) -> Fault {
    Fault { say: crate::fault::Say::Message(message), ..Fault::malformed() }
}

/// The purpose a reader names for objects that are marked for some: a header of ours.
///
/// The error says what to write.
pub(crate) fn purpose(headers: &HeaderMap) -> Result<Option<Purpose>, &'static str> {
    let Some(said) = headers.get("noroshi-purpose") else { return Ok(None) };
    let known = Purpose::ALL.into_iter().find(|purpose| said.as_bytes() == purpose.word().as_bytes());
    known.map(Some).ok_or(
        "`Noroshi-Purpose` names no purpose known here; write `find-attack-servers`, `warn-victims` or `evaluate`",
    )
}

fn for_purpose(headers: &HeaderMap) -> Result<Option<Purpose>, Fault> {
    purpose(headers).map_err(|_| wrong(|m| m.intelligence_purpose))
}

impl Asked {
    /// As a question by words.
    pub(crate) fn by_words(&self, purpose: Option<Purpose>) -> Result<Sought, Fault> {
        let words = words::of_question(&self.q).map_err(|why| match why {
            NotAQuestion::TooLong => wrong(|m| m.intelligence_too_long),
            NotAQuestion::NoWords => wrong(|m| m.intelligence_no_words),
        })?;
        let kinds: BTreeSet<String> =
            self.kinds.split(',').map(str::trim).filter(|kind| !kind.is_empty()).map(str::to_owned).collect();
        if kinds.len() > KINDS_MAX || kinds.iter().any(|kind| kind.len() > 250) {
            return Err(wrong(|m| m.intelligence_too_long));
        }
        self.sought(SoughtBy::Words(words, kinds.into_iter().collect()), purpose)
    }

    /// As a question by a value.
    pub(crate) fn by_value(&self, purpose: Option<Purpose>) -> Result<Sought, Fault> {
        let seen = Seen::read(&self.value).map_err(|_| wrong(|m| m.intelligence_no_value))?;
        self.sought(SoughtBy::Value(Box::new(seen)), purpose)
    }

    fn sought(&self, by: SoughtBy, purpose: Option<Purpose>) -> Result<Sought, Fault> {
        let before = match self.next.as_str() {
            "" => None,
            next => Some(self.read_next(next).ok_or_else(|| wrong(|m| m.intelligence_next))?),
        };
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
        Ok(Sought { purpose, by, before, limit })
    }

    /// What to say to go on. It holds for this question alone.
    pub(crate) fn next(&self, found: &Found) -> Option<String> {
        found.next.map(|at| format!("{}{}", hex::encode(at.0.to_be_bytes()), hex::encode(self.stamp())))
    }

    fn read_next(&self, text: &str) -> Option<Micros> {
        let bytes: [u8; 16] = hex::decode(text).ok()?.try_into().ok()?;
        let (at, seal) = bytes.split_first_chunk::<8>()?;
        (*seal == self.stamp()).then(|| Micros(i64::from_be_bytes(*at)))
    }

    /// Of what is asked; how long pages are may change between them.
    fn stamp(&self) -> [u8; 8] {
        let mut hash = Sha256::new().chain_update("noroshi/intelligence-next/v1");
        for part in [&self.q, &self.kinds, &self.value] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        digest.first_chunk().copied().unwrap_or_default()
    }
}

/// Organisations that are named to the visitor as givers: those whose card is open to them.
pub(crate) async fn givers(hub: &Shared, visit: &Visit) -> Result<BTreeSet<OrgId>, Fault> {
    Ok(crate::pages::organisations::readable(hub, visit).await?.into_iter().map(|org| org.id).collect())
}

fn item(hit: &Hit, givers: &BTreeSet<OrgId>) -> Value {
    json!({
        "added": hit.added.to_string(), "giver": givers.get(&hit.producer), "id": hit.stix_id,
        "markings": hit.markings, "name": hit.name, "revoked": hit.revoked, "type": hit.kind, "version": hit.version,
    })
}

fn items<'h>(hits: impl IntoIterator<Item = &'h Hit>, givers: &BTreeSet<OrgId>) -> Vec<Value> {
    hits.into_iter().map(|hit| item(hit, givers)).collect()
}

async fn answer(hub: &Shared, visit: &Visit, asked: &Asked, sought: Sought) -> Answer {
    let found = hub.parts.exchange.find(&asker(visit)?, sought).await?;
    let givers = givers(hub, visit).await?;
    json(json!({ "next": asked.next(&found), "objects": items(&found.hits, &givers) }))
}

/// Shared intelligence by words and types, newest first.
#[utoipa::path(get, path = "/api/v1/intelligence", params(("q" = Option<String>, Query), ("type" = Option<String>, Query), ("limit" = Option<u32>, Query), ("next" = Option<String>, Query)), responses((status = 200, description = "Objects in their newest version that is open to you", body = Object), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn search(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(asked) = asked.map_err(|_| Fault::malformed())?;
    let sought = asked.by_words(for_purpose(&headers)?)?;
    answer(&hub, &visit, &asked, sought).await
}

/// Indicators whose pattern asks for a value that was seen.
#[utoipa::path(get, path = "/api/v1/intelligence/match", params(("value" = String, Query), ("limit" = Option<u32>, Query), ("next" = Option<String>, Query)), responses((status = 200, description = "Indicators whose pattern matches the value, were it seen now", body = Object), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn matching(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(asked) = asked.map_err(|_| Fault::malformed())?;
    let sought = asked.by_value(for_purpose(&headers)?)?;
    answer(&hub, &visit, &asked, sought).await
}

/// One object, as it came.
#[utoipa::path(get, path = "/api/v1/intelligence/{id}", params(("id" = String, Path)), responses((status = 200, description = "The newest version that is open to you, byte for byte under `object`", body = Object), (status = 404, body = Problem)))]
pub(crate) async fn object(Part(hub): Part<State>, visit: Visit, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let hit = hub.parts.exchange.object(&asker(&visit)?, id, for_purpose(&headers)?).await?;
    let about = item(&hit, &givers(&hub, &visit).await?);
    let mut body = format!("{{\"about\":{about},\"object\":").into_bytes();
    body.extend_from_slice(&hit.body);
    body.push(b'}');
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// How far around.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Around {
    depth: Option<u32>,
}

/// What is one or two steps around an object.
#[utoipa::path(get, path = "/api/v1/intelligence/{id}/graph", params(("id" = String, Path), ("depth" = Option<u32>, Query)), responses((status = 200, description = "The object, those around it that are open to you, and the lines between", body = Object), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn graph(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    asked: Result<Query<Around>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(around) = asked.map_err(|_| Fault::malformed())?;
    let depth = around.depth.unwrap_or(1);
    if !(1..=2).contains(&depth) {
        return Err(Fault::malformed());
    }
    let graph = hub.parts.exchange.graph(&asker(&visit)?, id, for_purpose(&headers)?, depth).await?;
    json(drawn(&graph, &givers(&hub, &visit).await?))
}

fn drawn(graph: &Graph, givers: &BTreeSet<OrgId>) -> Value {
    let line = |line: &noroshi_store::intel::Line| json!({ "by": line.by, "from": line.from, "kind": line.kind, "to": line.to });
    json!({
        "centre": item(&graph.centre, givers), "lines": graph.lines.iter().map(line).collect::<Vec<_>>(),
        "more": graph.more, "objects": items(graph.around.values(), givers),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(q: &str) -> Asked {
        Asked { q: q.to_owned(), ..Asked::default() }
    }

    #[test]
    fn a_next_goes_on_for_its_own_question_alone() {
        let found = Found { hits: Vec::new(), next: Some(Micros(7)) };
        let next = asked("fox").next(&found).unwrap();
        let on = |asked: Asked| Asked { next: next.clone(), ..asked }.by_words(None);
        assert_eq!(on(Asked { limit: Some(3), ..asked("fox") }).ok().unwrap().before, Some(Micros(7)));
        assert!(on(asked("foxes")).is_err());
        assert!(on(Asked { kinds: "tool".to_owned(), ..asked("fox") }).is_err());
        assert!(Asked { next: "00".to_owned(), ..asked("fox") }.by_words(None).is_err());
        assert!(Asked { value: "203.0.113.7".to_owned(), next, ..Asked::default() }.by_value(None).is_err());
    }

    #[test]
    fn a_page_has_so_many_rows_and_a_question_so_many_types() {
        let limit = |limit| Asked { limit, ..asked("") }.by_words(None).ok().unwrap().limit;
        assert_eq!([limit(None), limit(Some(0)), limit(Some(u32::MAX))], [LIMIT_DEFAULT, 1, LIMIT_MAX]);
        let kinds = |count: usize| {
            let kinds = (0..count).map(|n| format!("x-{n}")).collect::<Vec<_>>().join(", ");
            Asked { kinds, ..asked("") }.by_words(None)
        };
        assert!(kinds(KINDS_MAX).is_ok() && kinds(KINDS_MAX + 1).is_err());
    }
}
