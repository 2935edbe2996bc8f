//! Every route in one table: who may come to it at all is said here, beside the path, so that none is forgotten and
//! a test can call each as nobody, as the wrong organisation and under an expired mandate.

use crate::api;
use crate::fault::Fault;
use crate::intelligence as found;
use crate::limits::BODY_BYTES_MAX;
use crate::oidc;
use crate::pages::{
    account, collections, complaint, confirm, enrol, findings, home, hunts, intelligence, ledger, mandates, openings,
    organisations, people, public, sign_in,
};
use crate::serve::serve;
use crate::state::State;
use crate::taxii;
use crate::visitor::{Visit, Visitor};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};

/// Who may come to a route at all. What they may do there the policies decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Public,
    /// A person in a session.
    Person,
    /// A person, by session or token, or a machine.
    Known,
    /// One-click roles: there only in a demonstration.
    Demo,
}

/// One route.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "for the reader, and for the test that calls every route"))]
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) handler: MethodRouter<State>,
}

fn route(method: &'static str, path: &'static str, access: Access, handler: MethodRouter<State>) -> Route {
    Route { method, path, access, handler }
}

/// The table.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Route> {
    use Access::{Demo, Known, Person, Public};
    vec![
        route("GET", "/", Public, get(public::show)),
        route("GET", "/healthz", Public, get(public::health)),
        route("GET", "/assets/{name}", Public, get(public::asset)),
        route("GET", "/language/{code}", Public, get(public::language)),
        route("GET", "/checkpoint", Public, get(public::checkpoint)),
        route("GET", "/tile/{*path}", Public, get(public::tile)),
        route("GET", "/complaint", Public, get(complaint::show)),
        route("POST", "/complaint", Public, post(complaint::send)),
        route("GET", "/sign-in", Public, get(sign_in::show)),
        route("POST", "/sign-in/passkey", Public, post(sign_in::passkey)),
        route("POST", "/sign-in/demo", Demo, post(sign_in::demo)),
        route("POST", "/sign-in/with/{issuer}", Public, post(oidc::leave)),
        route("GET", "/sign-in/back/{issuer}", Public, get(oidc::back)),
        route("GET", "/enrol/{secret}", Public, get(enrol::show)),
        route("POST", "/enrol", Public, post(enrol::finish)),
        route("POST", "/sign-out", Person, post(sign_in::out)),
        route("GET", "/home", Person, get(home::show)),
        route("GET", "/account", Person, get(account::show)),
        route("GET", "/account/passkeys/new", Person, get(enrol::another)),
        route("POST", "/account/passkeys", Person, post(enrol::finish)),
        route("POST", "/account/passkeys/remove", Person, post(account::remove_passkey)),
        route("POST", "/account/sessions/end", Person, post(account::end_session)),
        route("POST", "/account/tokens", Person, post(account::issue_token)),
        route("POST", "/account/tokens/revoke", Person, post(account::revoke_token)),
        route("POST", "/account/link/{issuer}", Person, post(oidc::link)),
        route("POST", "/confirm", Person, post(confirm::finish)),
        route("GET", "/organisations", Person, get(organisations::list)),
        route("GET", "/organisations/new", Person, get(organisations::new_form)),
        route("POST", "/organisations/new", Person, post(organisations::register)),
        route("GET", "/organisations/{id}", Person, get(organisations::show)),
        route("POST", "/organisations/{id}/invite", Person, post(organisations::invite)),
        route("GET", "/organisations/{id}/change", Person, get(organisations::change::show)),
        route("POST", "/organisations/{id}/change", Person, post(organisations::change::send)),
        route("GET", "/organisations/{id}/machines", Person, get(organisations::machines::show)),
        route("POST", "/organisations/{id}/machines", Person, post(organisations::machines::register)),
        route("POST", "/organisations/{id}/machines/revoke", Person, post(organisations::machines::revoke)),
        route("GET", "/people/{id}", Person, get(people::show)),
        route("POST", "/people/{id}/change", Person, post(people::change)),
        route("GET", "/mandates", Person, get(mandates::list::show)),
        route("GET", "/mandates/new", Person, get(mandates::request::new_form)),
        route("POST", "/mandates/new", Person, post(mandates::request::request)),
        route("GET", "/mandates/{id}", Person, get(mandates::one::show)),
        route("GET", "/mandates/{id}/live", Person, get(mandates::live::stream)),
        route("GET", "/mandates/{id}/version", Person, get(mandates::request::version_form)),
        route("POST", "/mandates/{id}/version", Person, post(mandates::request::version)),
        route("GET", "/mandates/{id}/narrow", Person, get(mandates::request::narrow_form)),
        route("POST", "/mandates/{id}/narrow", Person, post(mandates::request::narrow)),
        route("GET", "/mandates/{id}/card", Person, get(mandates::card::show)),
        route("POST", "/mandates/{id}/answer", Person, post(mandates::card::answer)),
        route("POST", "/mandates/{id}/object", Person, post(mandates::card::object)),
        route("GET", "/mandates/{id}/decision", Person, get(mandates::decision::show)),
        route("POST", "/mandates/{id}/decision", Person, post(mandates::decision::record)),
        route("GET", "/mandates/{id}/request.json", Person, get(mandates::decision::request)),
        route("GET", "/mandates/{id}/hunts/new", Person, get(hunts::new_form)),
        route("POST", "/mandates/{id}/hunts", Person, post(hunts::ask)),
        route("GET", "/mandates/{id}/openings/new", Person, get(openings::new_form)),
        route("POST", "/mandates/{id}/openings", Person, post(openings::ask)),
        route("GET", "/mandates/{id}/stop/{word}", Person, get(mandates::stop::show)),
        route("POST", "/mandates/{id}/stop/{word}", Person, post(mandates::stop::send)),
        route("GET", "/hunts/{id}", Person, get(hunts::show)),
        route("GET", "/openings/{id}", Person, get(openings::show)),
        route("POST", "/openings/{id}/decide", Person, post(openings::decide)),
        route("POST", "/openings/{id}/open", Person, post(openings::open)),
        route("GET", "/findings", Person, get(findings::list)),
        route("GET", "/findings/{id}", Person, get(findings::show)),
        route("GET", "/collections", Person, get(collections::list)),
        route("POST", "/collections", Person, post(collections::open)),
        route("POST", "/collections/{id}/close", Person, post(collections::close)),
        route("GET", "/intelligence", Person, get(intelligence::list)),
        route("GET", "/intelligence/{id}", Person, get(intelligence::show)),
        route("GET", "/ledger", Person, get(ledger::list)),
        route("GET", "/ledger/{index}", Person, get(ledger::show)),
        route("GET", "/ledger/{index}/leaf", Person, get(ledger::leaf)),
        route("GET", "/ledger/{index}/receipt", Person, get(ledger::receipt)),
        route("GET", "/taxii2/", Known, get(taxii::discovery)),
        route("GET", "/taxii2/api/", Known, get(taxii::api_root)),
        route("GET", "/taxii2/api/status/{id}/", Known, get(taxii::status)),
        route("GET", "/taxii2/api/collections/", Known, get(taxii::list)),
        route("GET", "/taxii2/api/collections/{id}/", Known, get(taxii::one)),
        route("GET", "/taxii2/api/collections/{id}/manifest/", Known, get(taxii::manifest)),
        route("GET", "/taxii2/api/collections/{id}/objects/", Known, get(taxii::objects)),
        route("POST", "/taxii2/api/collections/{id}/objects/", Known, post(taxii::add)),
        route("GET", "/taxii2/api/collections/{id}/objects/{object}/", Known, get(taxii::object)),
        route("DELETE", "/taxii2/api/collections/{id}/objects/{object}/", Known, delete(taxii::withdraw)),
        route("GET", "/taxii2/api/collections/{id}/objects/{object}/versions/", Known, get(taxii::versions)),
        route("GET", "/api/v1/openapi.json", Public, get(api::openapi)),
        route("GET", "/api/v1/me", Known, get(api::me)),
        route("GET", "/api/v1/mandates", Known, get(api::mandates)),
        route("GET", "/api/v1/mandates/{id}", Known, get(api::mandate)),
        route("GET", "/api/v1/mandates/{id}/request", Known, get(api::request)),
        route("POST", "/api/v1/mandates/{id}/decision", Known, post(api::decide)),
        route("POST", "/api/v1/mandates/{id}/answer", Known, post(api::answer)),
        route("GET", "/api/v1/findings", Known, get(api::findings)),
        route("GET", "/api/v1/intelligence", Known, get(found::search)),
        route("GET", "/api/v1/intelligence/match", Known, get(found::matching)),
        route("GET", "/api/v1/intelligence/{id}", Known, get(found::object)),
        route("GET", "/api/v1/intelligence/{id}/graph", Known, get(found::graph)),
        route("GET", "/api/v1/ledger", Known, get(api::lines)),
        route("GET", "/api/v1/ledger/{index}", Known, get(api::line)),
    ]
}

/// Pages, API and the public half of the ledger for these parts.
pub fn router(state: State) -> Router {
    let mut router = Router::new();
    for Route { method: _, path, access, handler } in table() {
        if access == Access::Demo && state.parts.demo.is_none() {
            continue;
        }
        let guarded = handler.layer(from_fn(move |request: Request, next: Next| admit(access, request, next)));
        router = router.route(path, guarded);
    }
    router
        .fallback(|| async { Fault::not_found().into_response() })
        .method_not_allowed_fallback(|| async { Fault::method().into_response() })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(state.clone(), serve))
        .with_state(state)
}

/// A request does not reach its body before this.
async fn admit(access: Access, request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Visit>();
    let let_in = match access {
        Access::Public | Access::Demo => true,
        Access::Known => visit.is_some_and(|visit| !matches!(visit.visitor, Visitor::Nobody)),
        Access::Person => visit.is_some_and(|visit| !visit.form_token().is_empty()),
    };
    if let_in { next.run(request).await } else { Fault::sign_in_first().into_response() }
}

#[cfg(test)]
mod tests;
