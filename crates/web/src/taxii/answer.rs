//! Answers and errors in TAXII's own words (section 3.6.1).

use super::MEDIA_TYPE;
use crate::fault::Fault;
use crate::language::Language;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A resource.
pub(super) fn resource(status: StatusCode, body: &Value) -> Response {
    bytes(status, body.to_string().into_bytes())
}

/// A resource that is written already.
pub(super) fn bytes(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
}

/// What was wrong with a request.
pub(super) fn error(status: StatusCode, title: &str, description: &str) -> Response {
    let body = json!({
        "title": title, "description": description, "http_status": status.as_u16().to_string(),
    });
    resource(status, &body)
}

/// A query or body that is not as it must be: 400.
pub(super) fn bad(description: &str) -> Response {
    error(StatusCode::BAD_REQUEST, "The request is not as TAXII 2.1 says", description)
}

/// A fault of the house as an error of TAXII. Who is not known is told how to say who they are.
pub(crate) fn fault(fault: &Fault, language: Language, request: &str) -> Response {
    let body = json!({
        "title": fault.status.canonical_reason(), "description": fault.sentence(language), "error_id": request,
        "error_code": fault.rule.as_deref().unwrap_or(fault.kind), "http_status": fault.status.as_u16().to_string(),
    });
    let mut answer = resource(fault.status, &body);
    if fault.status == StatusCode::UNAUTHORIZED {
        for scheme in ["Basic realm=\"noroshi\", charset=\"UTF-8\"", "Bearer"] {
            answer.headers_mut().append(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
    }
    answer
}
