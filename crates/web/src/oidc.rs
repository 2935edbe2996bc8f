//! Sign-in by an organisation's own account: OpenID Connect, authorisation code with PKCE, state and nonce.
//!
//! Who a person is there is an issuer and a subject, never an e-mail address, and the link is made by a person who
//! is signed in here already: no claim of a token makes an account or gives a role.

use crate::answer::{Answer, Fields, own_path, see_other};
use crate::ceremony::Ceremony;
use crate::fault::Fault;
use crate::pages::Frame;
use crate::pages::sign_in::begin_session;
use crate::record;
use crate::state::{Issuer, Shared, State};
use crate::visitor::{Visit, cookie};
use askama::Template;
use axum::extract::{Path, Query, State as Part};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse};
use noroshi_casework::party::Person;
use noroshi_leaf::body::CredentialKind;
use noroshi_store::account::oidc::OidcLink;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse, reqwest,
};
use serde::Deserialize;
use std::fmt::Display;
use std::time::Duration;

/// How long a provider may take to answer.
const ANSWER_SECONDS_MAX: u64 = 10;

/// Somebody who is at an identity provider.
pub(crate) struct Away {
    issuer: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    next: String,
    /// Who links the account, where it is not a sign-in.
    links: Option<Person>,
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

#[derive(Template)]
#[template(path = "leave.html")]
struct Page {
    f: Frame,
    url: String,
}

fn bad(error: impl Display) -> Fault {
    tracing::info!(%error, "an identity provider's answer was refused");
    Fault::oidc()
}

fn issuer<'a>(hub: &'a Shared, slug: &str) -> Result<&'a Issuer, Fault> {
    hub.parts.config.issuers.iter().find(|issuer| issuer.slug == slug).ok_or_else(Fault::not_found)
}

fn http() -> Result<reqwest::Client, Fault> {
    // A provider that redirects its token endpoint is not followed: that is how secrets leak.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(ANSWER_SECONDS_MAX)).build().map_err(|error| Fault::failed(&error))
}

async fn client(hub: &Shared, issuer: &Issuer, http: &reqwest::Client) -> Result<Client, Fault> {
    let url = IssuerUrl::new(issuer.issuer.as_str().trim_end_matches('/').to_owned()).map_err(bad)?;
    let metadata = CoreProviderMetadata::discover_async(url, http).await.map_err(bad)?;
    let secret = issuer.client_secret.clone().map(ClientSecret::new);
    let back = format!("{}/sign-in/back/{}", hub.parts.config.origin.origin().ascii_serialization(), issuer.slug);
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(issuer.client_id.clone()), secret);
    Ok(client.set_redirect_uri(RedirectUrl::new(back).map_err(bad)?))
}

/// `POST /sign-in/with/{issuer}`
pub(crate) async fn leave(Part(hub): Part<State>, visit: Visit, Path(slug): Path<String>, fields: Fields) -> Answer {
    depart(&hub, &visit, &slug, own_path(Some(fields.get("next"))).to_owned(), None).await
}

/// `POST /account/link/{issuer}`
pub(crate) async fn link(Part(hub): Part<State>, visit: Visit, Path(slug): Path<String>, _fields: Fields) -> Answer {
    let person = visit.signed_in().ok_or_else(Fault::sign_in_first)?.person.clone();
    depart(&hub, &visit, &slug, "/account".to_owned(), Some(person)).await
}

async fn depart(hub: &Shared, visit: &Visit, slug: &str, next: String, links: Option<Person>) -> Answer {
    let issuer = issuer(hub, slug)?;
    let client = client(hub, issuer, &http()?).await?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let state = hex::encode(hub.random());
    let nonce = Nonce::new(hex::encode(hub.random()));
    let (csrf, same) = (CsrfToken::new(state.clone()), nonce.clone());
    let authorise = client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || csrf, move || same);
    let (url, _, _) = authorise.set_pkce_challenge(challenge).url();
    let away = Away { issuer: slug.to_owned(), nonce, verifier, next, links };
    hub.waiting.put(state.clone(), Ceremony::Oidc(Box::new(away)), visit.at);
    let page = Page { f: Frame::new(hub, visit, visit.language.messages().leave_title), url: url.to_string() };
    // Not a redirection: a strict `form-action` stops a form from being led to another origin.
    let mut answer = Html(page.render()?).into_response();
    let secure = if hub.secure { "; Secure" } else { "" };
    let ours = format!("away={state}; Path=/sign-in/back; Max-Age=600; SameSite=Lax; HttpOnly{secure}");
    for (name, value) in [(header::SET_COOKIE, ours), (header::REFRESH, format!("0; url={url}"))] {
        answer.headers_mut().append(name, HeaderValue::from_str(&value).map_err(bad)?);
    }
    Ok(answer)
}

/// What a provider sends back.
#[derive(Deserialize)]
pub(crate) struct Back {
    code: Option<String>,
    state: Option<String>,
}

/// `GET /sign-in/back/{issuer}`
pub(crate) async fn back(
    Part(hub): Part<State>,
    visit: Visit,
    Path(slug): Path<String>,
    Query(back): Query<Back>,
    headers: HeaderMap,
) -> Answer {
    let state = back.state.ok_or_else(Fault::oidc)?;
    // The browser that comes back must be the one that left.
    if cookie(&headers, "away") != Some(state.as_str()) {
        return Err(Fault::ceremony_over());
    }
    let Some(Ceremony::Oidc(away)) = hub.waiting.take(&state, visit.at) else { return Err(Fault::ceremony_over()) };
    if away.issuer != slug {
        return Err(Fault::oidc());
    }
    let Away { nonce, verifier, next, links, .. } = *away;
    let link = identify(&hub, issuer(&hub, &slug)?, back.code.ok_or_else(Fault::oidc)?, verifier, &nonce).await?;
    match links {
        Some(person) => {
            let same = visit.signed_in().is_some_and(|signed_in| signed_in.person.id == person.id);
            if !same {
                return Err(Fault::ceremony_over());
            }
            let said = record::credential(&person, CredentialKind::OpenId, true, record::open_id(&link).as_bytes());
            let leaf = record::entry(&hub, record::actor_of(&person), visit.at, said)?;
            hub.parts.store.link_oidc(person.id, &link, visit.at, &leaf).await?;
            Ok(see_other("/account"))
        }
        None => {
            let person = hub.parts.store.person_by_oidc(&link).await?.ok_or_else(Fault::oidc_unknown)?;
            let person = hub.parts.store.person(person).await?.ok_or_else(Fault::oidc_unknown)?;
            begin_session(&hub, &person.value, visit.at, &next).await
        }
    }
}

/// Who somebody is at the provider: issuer and subject of a verified ID token.
async fn identify(
    hub: &Shared,
    issuer: &Issuer,
    code: String,
    verifier: PkceCodeVerifier,
    nonce: &Nonce,
) -> Result<OidcLink, Fault> {
    let http = http()?;
    let client = client(hub, issuer, &http).await?;
    let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(bad)?;
    let tokens = exchange.set_pkce_verifier(verifier).request_async(&http).await.map_err(bad)?;
    let token = tokens.id_token().ok_or_else(Fault::oidc)?;
    let claims = token.claims(&client.id_token_verifier(), nonce).map_err(bad)?;
    Ok(OidcLink { issuer: claims.issuer().as_str().to_owned(), subject: claims.subject().as_str().to_owned() })
}
