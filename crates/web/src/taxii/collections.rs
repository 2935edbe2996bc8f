//! Collections (sections 5.1 and 5.2). One that is open to the asker for nothing is not there.

use super::answer::resource;
use super::{STIX_TYPE, negotiate};
use crate::answer::Answer;
use crate::exchange::Shelved;
use crate::fault::Fault;
use crate::state::State;
use crate::visitor::Visit;
use axum::extract::{Path, State as Part};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// `GET /taxii2/api/collections/`
pub(crate) async fn list(Part(hub): Part<State>, visit: Visit, headers: HeaderMap) -> Answer {
    if let Err(answer) = negotiate::accepts(&headers) {
        return Ok(*answer);
    }
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let open = hub.parts.exchange.collections(&asker).await?;
    let open: Vec<Value> = open.iter().map(written).collect();
    // An empty list is left out (section 5.1.1).
    Ok(resource(StatusCode::OK, &if open.is_empty() { json!({}) } else { json!({ "collections": open }) }))
}

/// `GET /taxii2/api/collections/{id}/`
pub(crate) async fn one(Part(hub): Part<State>, visit: Visit, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    if let Err(answer) = negotiate::accepts(&headers) {
        return Ok(*answer);
    }
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let id = id.parse().map_err(|_| Fault::not_found())?;
    let shelved = hub.parts.exchange.collection(&asker, id).await?;
    Ok(resource(StatusCode::OK, &written(&shelved)))
}

fn written(shelved: &Shelved) -> Value {
    let card = &shelved.collection.card;
    json!({
        "id": shelved.id, "title": card.title_en, "description": format!("{}\n{}", card.title_ja, card.description).trim(),
        "can_read": shelved.reads, "can_write": shelved.gives, "media_types": [STIX_TYPE],
    })
}
