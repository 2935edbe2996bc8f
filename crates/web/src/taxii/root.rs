//! Discovery, the API root, and what became of a request to add (section 4).

use super::answer::{bytes, resource};
use super::{MEDIA_TYPE, ROOT, negotiate};
use crate::answer::Answer;
use crate::fault::Fault;
use crate::limits::BODY_BYTES_MAX;
use crate::state::State;
use crate::visitor::Visit;
use axum::extract::{Path, State as Part};
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;
use uuid::Uuid;

/// `GET /taxii2/`
pub(crate) async fn discovery(Part(hub): Part<State>, headers: HeaderMap) -> Answer {
    if let Err(answer) = negotiate::accepts(&headers) {
        return Ok(*answer);
    }
    let config = &hub.parts.config;
    let root = config.origin.join(ROOT).map_err(|error| Fault::failed(&error))?;
    Ok(resource(
        StatusCode::OK,
        &json!({
            "title": config.name_en, "description": config.name_ja, "default": root, "api_roots": [root],
        }),
    ))
}

/// `GET /taxii2/api/`
pub(crate) async fn api_root(Part(hub): Part<State>, headers: HeaderMap) -> Answer {
    if let Err(answer) = negotiate::accepts(&headers) {
        return Ok(*answer);
    }
    let config = &hub.parts.config;
    Ok(resource(
        StatusCode::OK,
        &json!({
            "title": config.name_en, "description": config.name_ja, "versions": [MEDIA_TYPE],
            "max_content_length": BODY_BYTES_MAX,
        }),
    ))
}

/// `GET /taxii2/api/status/{id}/`
pub(crate) async fn status(Part(hub): Part<State>, visit: Visit, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    if let Err(answer) = negotiate::accepts(&headers) {
        return Ok(*answer);
    }
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let id: Uuid = id.parse().map_err(|_| Fault::not_found())?;
    Ok(bytes(StatusCode::OK, hub.parts.exchange.status(&asker, id).await?))
}
