//! What happens to every request before and after its operation.
//!
//! A number, a place among those handled at once, who is visiting, whether a change was sent from our own pages;
//! then the operation; then faults become pages or problems, and every answer gets its headers.

use crate::fault::Fault;
use crate::language::Language;
use crate::limits::HEADER_BYTES_MAX;
use crate::pages;
use crate::state::{Shared, State};
use crate::visitor::{self, VerifiedCertificate, Visit, Visitor};
use axum::extract::{Request, State as Part};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// No script, style, picture or form target but our own; no frame around us; no plug-in, no base.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The outermost layer.
pub(crate) async fn serve(Part(hub): Part<State>, mut request: Request, next: Next) -> Response {
    let number = hub.id().to_string();
    let headers = request.headers();
    let language = Language::choose(visitor::cookie(headers, "lang"), text(headers, header::ACCEPT_LANGUAGE));
    let path = request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
    let wants_json =
        text(headers, header::ACCEPT).is_some_and(|accept| accept.contains("json") && !accept.contains("text/html"));
    let json = wants_json || path.starts_with("/api/");
    let mut visit = Visit { visitor: Visitor::Nobody, language, at: hub.now(), path, json };
    let answer = match admit(&hub, &mut visit, &mut request).await {
        Ok(_place) => {
            request.extensions_mut().insert(visit.clone());
            next.run(request).await
        }
        Err(fault) => fault.into_response(),
    };
    finish(&hub, &visit, &number, answer)
}

/// A place, and who it is; a change must come from our own pages.
async fn admit<'a>(
    hub: &'a Shared,
    visit: &mut Visit,
    request: &mut Request,
) -> Result<tokio::sync::SemaphorePermit<'a>, Fault> {
    let place = hub.requests.try_acquire().map_err(|_| Fault::too_many())?;
    let headers = request.headers();
    if headers.values().any(|value| value.len() > HEADER_BYTES_MAX) {
        return Err(Fault::malformed());
    }
    let certificate = request.extensions().get::<VerifiedCertificate>().copied();
    visit.visitor = visitor::recognise(hub, headers, certificate, visit.at).await?;
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let by_cookie = !matches!(visit.visitor, Visitor::Machine(_)) && !headers.contains_key(header::AUTHORIZATION);
    if changes && by_cookie && !is_from_our_pages(hub, headers) {
        return Err(Fault::elsewhere());
    }
    Ok(place)
}

/// Browsers say where a form was sent from; one that says nothing is not believed.
fn is_from_our_pages(hub: &Shared, headers: &HeaderMap) -> bool {
    let origin = hub.parts.config.origin.origin().ascii_serialization();
    match (text(headers, header::ORIGIN), headers.get("sec-fetch-site").and_then(|value| value.to_str().ok())) {
        (Some(from), _) => from == origin,
        (None, Some(site)) => site == "same-origin",
        (None, None) => false,
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn finish(hub: &Shared, visit: &Visit, number: &str, mut answer: Response) -> Response {
    if let Some(fault) = answer.extensions_mut().remove::<Fault>() {
        answer = fault_answer(hub, visit, number, &fault);
    }
    let headers = answer.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("content-security-policy", POLICY);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "same-origin");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=()");
    set("x-request-id", number);
    if hub.secure {
        set("strict-transport-security", "max-age=63072000; includeSubDomains");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::VARY) {
        headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-language, accept"));
    }
    answer
}

fn fault_answer(hub: &Shared, visit: &Visit, number: &str, fault: &Fault) -> Response {
    if crate::taxii::is_at(&visit.path) {
        return crate::taxii::fault(fault, visit.language, number);
    }
    if visit.json {
        return fault.problem(visit.language, number);
    }
    if fault.kind == "sign-in-first" {
        return crate::answer::see_other(&pages::sign_in::path(&visit.path));
    }
    match pages::fault::page(hub, visit, fault, number) {
        Ok(page) => (fault.status, page).into_response(),
        Err(_) => fault.problem(visit.language, number),
    }
}
