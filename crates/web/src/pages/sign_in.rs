//! `/sign-in`: by passkey, by identity provider, and in a demonstration on loopback with one click.

use super::Frame;
use crate::answer::{Answer, Fields, own_path, page, see_other};
use crate::ceremony::Ceremony;
use crate::fault::Fault;
use crate::limits::{SESSION_IDLE_SECONDS, SESSION_SECONDS_MAX};
use crate::passkey::{Passkeys, SigningIn};
use crate::record;
use crate::state::{Shared, State};
use crate::visitor::{Via, Visit};
use askama::Template;
use axum::extract::{Query, State as Part};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use noroshi_casework::party::Person;
use noroshi_leaf::body::CredentialKind;
use noroshi_model::Micros;
use noroshi_model::time::SECOND;
use noroshi_store::account::secret::Secret;
use noroshi_store::account::session::NewSession;
use serde::Deserialize;

/// A one-click role.
pub(crate) struct Role {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) what: String,
    /// The link was for this one.
    pub(crate) meant: bool,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    f: Frame,
    options: String,
    ceremony: String,
    next: String,
    issuers: Vec<(String, String)>,
    roles: Vec<Role>,
}

/// The page.
pub(crate) fn render(
    f: Frame,
    (options, ceremony): (String, String),
    next: &str,
    issuers: Vec<(String, String)>,
    roles: Vec<Role>,
) -> Result<String, askama::Error> {
    Page { f: f.with_passkey(), options, ceremony, next: next.to_owned(), issuers, roles }.render()
}

/// Where to sign in first and come back to.
pub(crate) fn path(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("/sign-in?{query}")
}

#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
    role: Option<String>,
}

/// `GET /sign-in`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Query(query): Query<Next>) -> Answer {
    let next = own_path(query.next.as_deref());
    if visit.signed_in().is_some() {
        return Ok(see_other(next));
    }
    let (options, state) = hub.passkeys.sign_in()?;
    let key = hex::encode(hub.random());
    let waits = SigningIn { state, next: next.to_owned() };
    hub.waiting.put(key.clone(), Ceremony::SignIn(Box::new(waits)), visit.at);
    let issuers = hub.parts.config.issuers.iter().map(|one| (one.slug.clone(), one.name.clone())).collect();
    let roles = demo_roles(&hub, &visit, query.role.as_deref()).await?;
    let frame = Frame::new(&hub, &visit, visit.language.messages().sign_in);
    page(render(frame, (options.to_string(), key), next, issuers, roles)?)
}

/// One-click roles, the one a link was for first.
async fn demo_roles(hub: &Shared, visit: &Visit, meant: Option<&str>) -> Result<Vec<Role>, Fault> {
    let mut roles = Vec::new();
    for role in hub.parts.demo.iter().flat_map(|demo| demo.roles()) {
        if let Some(person) = hub.parts.store.person(role.person).await? {
            let what = visit.language.roles(&person.value.roles);
            let meant = meant == Some(role.slug.as_str());
            roles.push(Role { slug: role.slug.clone(), name: person.value.display_name, what, meant });
        }
    }
    roles.sort_by_key(|role| !role.meant);
    Ok(roles)
}

/// `POST /sign-in/passkey`
pub(crate) async fn passkey(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let Some(Ceremony::SignIn(waits)) = hub.waiting.take(fields.get("ceremony"), visit.at) else {
        return Err(Fault::ceremony_over());
    };
    let (answer, credential_id) = Passkeys::claimed(fields.get("answer"))?;
    let kept = hub.parts.store.passkey(&credential_id).await?.ok_or_else(Fault::not_valid)?;
    let SigningIn { state, next } = *waits;
    let used = hub.passkeys.signed_in(&answer, state, &kept)?;
    hub.parts.store.use_passkey(&used.credential_id, &used.body, used.sign_count, visit.at).await?;
    let person = hub.parts.store.person(kept.person).await?.ok_or_else(Fault::not_valid)?;
    begin_session(&hub, &person.value, visit.at, &next).await
}

/// `POST /sign-in/demo`. The route exists only where [`crate::DemoAccess`] was given.
pub(crate) async fn demo(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let mut roles = hub.parts.demo.iter().flat_map(|demo| demo.roles());
    let role = roles.find(|role| role.slug == fields.get("role")).ok_or_else(Fault::not_found)?;
    let person = hub.parts.store.person(role.person).await?.ok_or_else(Fault::not_found)?;
    begin_session(&hub, &person.value, visit.at, "/home").await
}

/// A session for somebody who has proved who they are, and the way on.
pub(crate) async fn begin_session(hub: &Shared, person: &Person, at: Micros, next: &str) -> Answer {
    let secret = Secret::from_random(hub.random());
    let session = NewSession {
        hash: secret.hash(),
        person: person.id,
        idle_micros: SESSION_IDLE_SECONDS * SECOND,
        expires_at: Micros(at.0 + SESSION_SECONDS_MAX * SECOND),
    };
    // A session is a token with a short life; the ledger has no other word for it.
    let said = record::credential(person, CredentialKind::Token, true, &secret.hash().0);
    let leaf = record::entry(hub, record::actor_of(person), at, said)?;
    hub.parts.store.begin_session(&session, at, &leaf).await?;
    let mut answer = see_other(own_path(Some(next)));
    set_cookie(hub, &mut answer, &secret.reveal(), SESSION_SECONDS_MAX);
    Ok(answer)
}

fn set_cookie(hub: &Shared, answer: &mut Response, value: &str, seconds: i64) {
    let secure = if hub.secure { "; Secure" } else { "" };
    let name = hub.cookie_name();
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// `POST /sign-out`
pub(crate) async fn out(Part(hub): Part<State>, visit: Visit, _fields: Fields) -> Answer {
    if let Some(Via::Session { hash, .. }) = visit.signed_in().map(|signed_in| &signed_in.via) {
        hub.parts.store.end_session(*hash).await?;
    }
    let mut answer = see_other("/");
    set_cookie(&hub, &mut answer, "", 0);
    Ok(answer)
}
