//! `/account`: one's own passkeys, sessions and API tokens.

use super::Frame;
use crate::answer::{Answer, Fields, page, see_other};
use crate::fault::Fault;
use crate::limits::TOKEN_DAYS_MAX;
use crate::messages::fill;
use crate::record;
use crate::show;
use crate::state::{Shared, State};
use crate::visitor::{SignedIn, Via, Visit};
use askama::Template;
use axum::extract::State as Part;
use noroshi_authz::ActKind;
use noroshi_leaf::body::CredentialKind;
use noroshi_model::Micros;
use noroshi_model::time::DAY;
use noroshi_store::account::passkey::Passkey;
use noroshi_store::account::secret::{Secret, SecretHash};
use noroshi_store::account::session::Session;
use noroshi_store::account::token::{NewToken, Token};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

struct Key {
    id: String,
    label: String,
    created: String,
    used: String,
}

struct TokenRow {
    id: Uuid,
    label: String,
    scopes: String,
    expires: String,
    used: String,
    live: bool,
}

struct SessionRow {
    /// Names the session without telling what its cookie is stored by.
    handle: String,
    began: String,
    seen: String,
    signed: String,
    ends: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    f: Frame,
    facts: Vec<(&'static str, String)>,
    passkeys: Vec<Key>,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    scopes: Vec<(&'static str, String)>,
    links: Vec<(String, String)>,
    new_token: Option<String>,
}

/// What a person's own program may be given: reading, a carrier's answer, and sharing. Everything grave needs the person.
pub(crate) const SCOPES: [ActKind; 9] = [
    ActKind::ReadMandate,
    ActKind::ReadFinding,
    ActKind::ReadBoard,
    ActKind::ReadLedger,
    ActKind::AnswerRequest,
    ActKind::ReadCollection,
    ActKind::ReadIntelligence,
    ActKind::GiveIntelligence,
    ActKind::WithdrawIntelligence,
];

/// What the page offers to make.
pub(crate) struct Offers {
    /// Acts a token may name, with their words.
    pub(crate) scopes: Vec<(&'static str, String)>,
    /// Providers an account may be linked to.
    pub(crate) links: Vec<(String, String)>,
}

/// The page.
pub(crate) fn render(
    f: Frame,
    facts: Vec<(&'static str, String)>,
    passkeys: &[Passkey],
    (sessions, here): (&[(SecretHash, Session)], Option<SecretHash>),
    tokens: &[Token],
    Offers { scopes, links }: Offers,
    (new_token, now): (Option<String>, Micros),
) -> Result<String, askama::Error> {
    let used = |at: Option<Micros>| at.map_or_else(|| "–".to_owned(), |at| f.time(at));
    let passkeys = passkeys.iter().map(|kept| Key {
        id: hex::encode(&kept.key.credential_id),
        label: kept.key.label.clone(),
        created: f.time(kept.created_at),
        used: used(kept.used_at),
    });
    let sessions = sessions.iter().map(|(hash, session)| SessionRow {
        handle: handle(*hash),
        began: f.time(session.created_at),
        seen: f.time(session.seen_at),
        signed: used(session.step_up_at),
        ends: f.time(session.expires_at),
        here: here == Some(*hash),
    });
    let word =
        |scope: &String| scopes.iter().find(|(known, _)| known == scope).map_or(scope.clone(), |row| row.1.clone());
    let tokens = tokens.iter().map(|token| TokenRow {
        id: token.id,
        label: token.label.clone(),
        scopes: show::list(f.language, &token.scopes.iter().map(word).collect::<Vec<_>>()),
        expires: f.time(token.expires_at),
        used: used(token.used_at),
        live: token.revoked_at.is_none() && now < token.expires_at,
    });
    let (passkeys, sessions, tokens) = (passkeys.collect(), sessions.collect(), tokens.collect());
    Page { passkeys, sessions, tokens, facts, scopes, links, new_token, f }.render()
}

/// What a form calls a session by.
fn handle(hash: SecretHash) -> String {
    hex::encode(Sha256::new().chain_update("noroshi/session/v1\n").chain_update(hash.0).finalize())
}

/// The session this visit is in.
fn here(visit: &Visit) -> Option<SecretHash> {
    match visit.signed_in().map(|signed_in| &signed_in.via) {
        Some(Via::Session { hash, .. }) => Some(*hash),
        _ => None,
    }
}

fn me(visit: &Visit) -> Result<&SignedIn, Fault> {
    let signed_in = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    match signed_in.via {
        Via::Session { .. } => Ok(signed_in),
        // A token that could make tokens would never end.
        Via::Token(_) => Err(Fault::not_valid()),
    }
}

async fn view(hub: &Shared, visit: &Visit, new_token: Option<String>) -> Answer {
    let me = me(visit)?;
    let f = Frame::new(hub, visit, visit.language.messages().account_title);
    let clearance = me.person.clearance.as_ref().map_or_else(
        || visit.language.clearance(noroshi_model::Clearance::None),
        |held| format!("{} ({} {})", visit.language.clearance(held.level), f.m.until, f.time(held.until)),
    );
    let facts = vec![
        (f.m.person_name, me.person.display_name.clone()),
        (f.m.organisation, visit.language.pick(&me.organisation.name_ja, &me.organisation.name_en).to_owned()),
        (f.m.roles, visit.language.roles(&me.person.roles)),
        (f.m.clearance, clearance),
    ];
    let words = |act: ActKind| {
        let words = hub.parts.authz.act_words(act);
        words.map_or_else(|| act.word().to_owned(), |words| visit.language.pick(&words.ja, &words.en).to_owned())
    };
    let scopes = SCOPES.iter().map(|act| (act.word(), words(*act))).collect();
    let passkeys = hub.parts.store.passkeys(me.person.id).await?;
    let tokens = hub.parts.store.tokens(me.person.id).await?;
    let sessions = hub.parts.store.sessions(me.person.id, visit.at).await?;
    let link = |one: &crate::state::Issuer| (one.slug.clone(), fill(f.m.account_link, &[("issuer", &one.name)]));
    let links = hub.parts.config.issuers.iter().map(link).collect();
    let sessions = (sessions.as_slice(), here(visit));
    page(render(f, facts, &passkeys, sessions, &tokens, Offers { scopes, links }, (new_token, visit.at))?)
}

/// `GET /account`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit) -> Answer {
    view(&hub, &visit, None).await
}

/// `POST /account/passkeys/remove`
pub(crate) async fn remove_passkey(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let person = &me(&visit)?.person;
    let id = hex::decode(fields.get("key")).map_err(|_| Fault::malformed())?;
    if hub.parts.store.passkeys(person.id).await?.len() < 2 {
        return Err(Fault::not_valid());
    }
    let said = record::credential(person, CredentialKind::Passkey, false, &id);
    let leaf = record::entry(&hub, record::actor_of(person), visit.at, said)?;
    hub.parts.store.remove_passkey(person.id, &id, visit.at, &leaf).await?;
    Ok(see_other("/account"))
}

/// `POST /account/sessions/end`: signs out somewhere else. Here, one signs out at the top of every page.
pub(crate) async fn end_session(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let person = &me(&visit)?.person;
    let live = hub.parts.store.sessions(person.id, visit.at).await?;
    let elsewhere = live.into_iter().map(|(hash, _)| hash).filter(|hash| here(&visit) != Some(*hash));
    let mut named = elsewhere.filter(|hash| handle(*hash) == fields.get("session"));
    // One that has ended meanwhile is as one that never was: the page shows what is left.
    if let Some(hash) = named.next() {
        let said = record::credential(person, CredentialKind::Token, false, &hash.0);
        let leaf = record::entry(&hub, record::actor_of(person), visit.at, said)?;
        hub.parts.store.end_session_of(person.id, hash, visit.at, &leaf).await?;
    }
    Ok(see_other("/account"))
}

/// `POST /account/tokens`: shown once, on the page that answers.
pub(crate) async fn issue_token(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let person = &me(&visit)?.person;
    let days: i64 = fields.get("days").parse().map_err(|_| Fault::malformed())?;
    let known = |scope: &&str| SCOPES.iter().any(|act| act.word() == *scope);
    let scopes: BTreeSet<String> = fields.all("scope").filter(known).map(str::to_owned).collect();
    if !(1..=TOKEN_DAYS_MAX).contains(&days) || scopes.is_empty() || fields.get("label").is_empty() {
        return Err(Fault::malformed());
    }
    let secret = Secret::from_random(hub.random());
    let new = NewToken {
        id: hub.id(),
        hash: secret.hash(),
        person: person.id,
        label: fields.get("label").chars().take(100).collect(),
        scopes,
        expires_at: Micros(visit.at.0 + days * DAY),
    };
    let said = record::credential(person, CredentialKind::Token, true, new.id.as_bytes());
    let leaf = record::entry(&hub, record::actor_of(person), visit.at, said)?;
    hub.parts.store.issue_token(&new, visit.at, &leaf).await?;
    view(&hub, &visit, Some(secret.reveal())).await
}

/// `POST /account/tokens/revoke`
pub(crate) async fn revoke_token(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let person = &me(&visit)?.person;
    let id: Uuid = fields.get("token").parse().map_err(|_| Fault::malformed())?;
    let said = record::credential(person, CredentialKind::Token, false, id.as_bytes());
    let leaf = record::entry(&hub, record::actor_of(person), visit.at, said)?;
    hub.parts.store.revoke_token(person.id, id, visit.at, &leaf).await?;
    Ok(see_other("/account"))
}
