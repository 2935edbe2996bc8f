//! Objects, their versions and the manifest (sections 5.3 to 5.8).

use super::answer::{bad, bytes, error, resource};
use super::filter::{self, Knows, Query};
use super::{STIX_TYPE, negotiate};
use crate::answer::Answer;
use crate::exchange::{Outcome, PageAsked};
use crate::fault::Fault;
use crate::limits::BODY_BYTES_MAX;
use crate::state::State;
use crate::visitor::Visit;
use axum::extract::{Path, RawQuery, Request, State as Part};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use noroshi_casework::share::limits::reading;
use noroshi_model::{CollectionId, Purpose};
use noroshi_stix::envelope::{self, EnvelopeFault};
use noroshi_store::intel::{Page, Versions};
use serde_json::{Value, json};

/// What a page becomes.
type Write = fn(&Page, Option<String>) -> Vec<u8>;

/// `GET …/objects/`
pub(crate) async fn objects(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = Asked { knows: Knows::Everything, bodies: true, object: None, write: envelope_of };
    pages(&hub, &visit, &headers, (&id, query), asked).await
}

/// `GET …/objects/{object}/`
pub(crate) async fn object(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    Path((id, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = Asked { knows: Knows::OneObject, bodies: true, object: Some(object), write: envelope_of };
    pages(&hub, &visit, &headers, (&id, query), asked).await
}

/// `GET …/objects/{object}/versions/`
pub(crate) async fn versions(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    Path((id, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = Asked { knows: Knows::VersionsOfOne, bodies: false, object: Some(object), write: versions_of };
    pages(&hub, &visit, &headers, (&id, query), asked).await
}

/// `GET …/manifest/`
pub(crate) async fn manifest(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = Asked { knows: Knows::Everything, bodies: false, object: None, write: manifest_of };
    pages(&hub, &visit, &headers, (&id, query), asked).await
}

/// What one of the four asks for.
struct Asked {
    knows: Knows,
    bodies: bool,
    object: Option<String>,
    write: Write,
}

async fn pages(
    hub: &State,
    visit: &Visit,
    headers: &HeaderMap,
    (id, query): (&str, Option<String>),
    asked: Asked,
) -> Answer {
    if let Err(answer) = negotiate::accepts(headers) {
        return Ok(*answer);
    }
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let collection: CollectionId = id.parse().map_err(|_| Fault::not_found())?;
    let mut query = match filter::read(query.as_deref().unwrap_or_default(), collection, asked.knows) {
        Ok(query) => query,
        Err(why) => return Ok(bad(&why)),
    };
    let purpose = match purpose(headers) {
        Ok(purpose) => purpose,
        Err(answer) => return Ok(*answer),
    };
    let one = asked.object.is_some();
    query.cut.ids.extend(asked.object);
    if asked.knows == Knows::VersionsOfOne {
        query.cut.versions.all = true;
    }
    let wanted = PageAsked { collection, purpose, cut: query.cut.clone(), bodies: asked.bodies, limit: query.limit };
    let page = hub.parts.exchange.page(&asker, wanted).await?;
    // One object of which nothing is open is not there; a page of it that has ended is.
    if one && page.rows.is_empty() && query.cut.after.is_none() {
        return Err(Fault::not_found());
    }
    Ok(dated(&page, bytes(StatusCode::OK, (asked.write)(&page, next(&page, &query)))))
}

/// The purpose a reader names for objects that are marked for some: a header of ours.
fn purpose(headers: &HeaderMap) -> Result<Option<Purpose>, Box<Response>> {
    crate::intelligence::purpose(headers).map_err(|words| Box::new(bad(words)))
}

fn next(page: &Page, query: &Query) -> Option<String> {
    page.rows.last().filter(|_| page.more).map(|last| query.next(last.added))
}

/// With the first and last moment at which something on it was added (section 3.6).
fn dated(page: &Page, mut answer: Response) -> Response {
    let ends = [("x-taxii-date-added-first", page.rows.first()), ("x-taxii-date-added-last", page.rows.last())];
    for (name, row) in ends {
        if let Some(value) = row.and_then(|row| HeaderValue::from_str(&row.added.to_string()).ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// The objects byte for byte, put together without being read again.
fn envelope_of(page: &Page, next: Option<String>) -> Vec<u8> {
    let size: usize = page.rows.iter().map(|row| row.body.len() + 1).sum();
    let mut out = Vec::with_capacity(size + 96);
    out.extend_from_slice(format!("{{\"more\":{}", page.more).as_bytes());
    if let Some(next) = next {
        out.extend_from_slice(format!(",\"next\":\"{next}\"").as_bytes());
    }
    for (at, row) in page.rows.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b",\"objects\":[" } else { b"," });
        out.extend_from_slice(&row.body);
    }
    out.extend_from_slice(if page.rows.is_empty() { b"}" } else { b"]}" });
    out
}

fn listed(page: &Page, next: Option<String>, name: &str, items: Vec<Value>) -> Vec<u8> {
    let mut body = json!({ "more": page.more });
    if let Some(next) = next {
        body["next"] = next.into();
    }
    if !items.is_empty() {
        body[name] = items.into();
    }
    body.to_string().into_bytes()
}

fn versions_of(page: &Page, next: Option<String>) -> Vec<u8> {
    listed(page, next, "versions", page.rows.iter().map(|row| row.version.as_str().into()).collect())
}

fn manifest_of(page: &Page, next: Option<String>) -> Vec<u8> {
    let item = |row: &noroshi_store::intel::Row| {
        let media_type = STIX_TYPE.replace("2.1", &row.spec_version);
        json!({ "id": row.stix_id, "date_added": row.added.to_string(), "version": row.version, "media_type": media_type })
    };
    listed(page, next, "objects", page.rows.iter().map(item).collect())
}

/// `POST …/objects/`
pub(crate) async fn add(Part(hub): Part<State>, visit: Visit, Path(id): Path<String>, request: Request) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let id: CollectionId = id.parse().map_err(|_| Fault::not_found())?;
    // Whether it is there for them at all, before anything is said of how to send, and before the body is read.
    hub.parts.exchange.collection(&asker, id).await?;
    let checked = negotiate::accepts(request.headers()).and_then(|()| negotiate::sends(request.headers()));
    if let Err(answer) = checked {
        return Ok(*answer);
    }
    let Ok(body) = axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX).await else {
        let text = format!("an envelope has at most {BODY_BYTES_MAX} bytes; send it in parts");
        return Ok(error(StatusCode::PAYLOAD_TOO_LARGE, "Too large", &text));
    };
    let texts = match envelope::split(&body, &reading()) {
        Ok(items) => items.into_iter().map(|item| item.bytes.to_vec()).collect(),
        Err(wrong) => return Ok(not_an_envelope(&wrong)),
    };
    let outcomes = hub.parts.exchange.give(&asker, id, texts).await?;
    let number = hub.id();
    let body = status(number, &visit.at.to_string(), &outcomes).to_string().into_bytes();
    hub.parts.exchange.keep_status(&asker, number, body.clone()).await?;
    Ok(bytes(StatusCode::ACCEPTED, body))
}

fn not_an_envelope(wrong: &EnvelopeFault) -> Response {
    let (status, title) = match wrong {
        EnvelopeFault::NotJson { .. } => (StatusCode::BAD_REQUEST, "Not JSON"),
        EnvelopeFault::Wrong { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "Not an envelope"),
        EnvelopeFault::TooLong { .. } | EnvelopeFault::TooMany { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
    };
    error(status, title, &wrong.to_string())
}

/// The status resource (section 4.3): counts that add up, and why what failed failed.
fn status(id: uuid::Uuid, at: &str, outcomes: &[Outcome]) -> Value {
    let one = |outcome: &Outcome| {
        let mut item = json!({ "id": outcome.id, "version": outcome.version });
        if let Some(why) = &outcome.failed {
            item["message"] = why.as_str().into();
        }
        item
    };
    let (failed, taken): (Vec<&Outcome>, Vec<&Outcome>) = outcomes.iter().partition(|outcome| outcome.failed.is_some());
    let mut body = json!({
        "id": id, "status": "complete", "request_timestamp": at, "total_count": outcomes.len(),
        "success_count": taken.len(), "failure_count": failed.len(), "pending_count": 0,
    });
    for (name, list) in [("successes", taken), ("failures", failed)] {
        if !list.is_empty() {
            body[name] = list.into_iter().map(one).collect();
        }
    }
    body
}

/// `DELETE …/objects/{object}/`
pub(crate) async fn withdraw(
    Part(hub): Part<State>,
    visit: Visit,
    headers: HeaderMap,
    Path((id, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    if let Err(answer) = negotiate::accepts(&headers) {
        return Ok(*answer);
    }
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let collection: CollectionId = id.parse().map_err(|_| Fault::not_found())?;
    let query = match filter::read(query.as_deref().unwrap_or_default(), collection, Knows::Deletion) {
        Ok(query) => query,
        Err(why) => return Ok(bad(&why)),
    };
    if !query.cut.spec_versions.is_empty() {
        return Ok(bad("`match[spec_version]` does not narrow a deletion here; name versions with `match[version]`"));
    }
    let versions: Versions = query.cut.versions;
    hub.parts.exchange.withdraw(&asker, collection, object, versions).await?;
    Ok(resource(StatusCode::OK, &json!({})).into_response())
}
