//! `/organisations/{id}/machines`: the client certificates by which an organisation's machines are let in.
//!
//! Its own administrator registers one, signed afresh; they and the centre's administrator revoke one at once. What a
//! machine may be given to do follows from the kind of its organisation.

use super::me;
use crate::answer::{Answer, Fields, see_other};
use crate::fault::Fault;
use crate::limits::TOKEN_DAYS_MAX;
use crate::machine_key::{BadKey, fingerprint};
use crate::office::Deed;
use crate::pages::form::Choice;
use crate::pages::{Frame, confirm};
use crate::record;
use crate::show;
use crate::state::{Shared, State};
use crate::visitor::{Visit, acts};
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_authz::{ActKind, ActWords, Circumstances, act, resource};
use noroshi_casework::party::Organisation;
use noroshi_model::time::DAY;
use noroshi_model::{Micros, OrgId, Role, TokenId};
use noroshi_store::account::certificate::{Certificate, NewCertificate};
use std::collections::BTreeSet;

struct Row {
    fingerprint: String,
    label: String,
    scopes: String,
    registered: String,
    expires: String,
    /// Where it stands, once it is over.
    over: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "machines.html")]
struct Page {
    f: Frame,
    id: OrgId,
    name: String,
    rows: Vec<Row>,
    may_register: bool,
    scopes: Vec<Choice>,
    label: String,
    key: String,
    days: String,
    fault: Option<String>,
}

/// What the page shows.
pub(crate) struct Machines<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) certificates: &'a [Certificate],
    pub(crate) may_register: bool,
    /// Acts with their words.
    pub(crate) words: &'a dyn Fn(ActKind) -> String,
    pub(crate) now: Micros,
}

/// The page, with what was typed before.
pub(crate) fn render(
    f: Frame,
    machines: &Machines<'_>,
    fields: &Fields,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let Machines { organisation, certificates, may_register, words, now } = machines;
    let rows = certificates.iter().map(|kept| row(&f, kept, words, *now)).collect();
    let chosen = |act: ActKind| fields.all("scope").any(|word| word == act.word());
    let open = ActKind::ALL.iter().filter(|act| act.open_to_machines_of(organisation.kind));
    let days = fields.get("days");
    Page {
        id: organisation.id,
        name: f.language.pick(&organisation.name_ja, &organisation.name_en).to_owned(),
        rows,
        may_register: *may_register,
        scopes: open.map(|act| Choice::new(act.word(), words(*act), chosen(*act))).collect(),
        label: fields.get("label").to_owned(),
        key: fields.get("key").to_owned(),
        days: if days.is_empty() { TOKEN_DAYS_MAX.to_string() } else { days.to_owned() },
        fault,
        f,
    }
    .render()
}

fn row(f: &Frame, kept: &Certificate, words: &dyn Fn(ActKind) -> String, now: Micros) -> Row {
    let certificate = &kept.certificate;
    let scopes: Vec<_> = acts(&certificate.scopes).into_iter().map(words).collect();
    Row {
        fingerprint: hex::encode(certificate.fingerprint),
        label: certificate.label.clone(),
        scopes: show::list(f.language, &scopes),
        registered: f.time(kept.created_at),
        expires: f.time(certificate.expires_at),
        over: match kept.revoked_at {
            Some(_) => Some(f.m.machine_revoked),
            None if certificate.expires_at <= now => Some(f.m.machine_ended),
            None => None,
        },
    }
}

/// The organisation, to its administrator and the centre's; to others there is no such page.
async fn open(hub: &Shared, visit: &Visit, id: OrgId) -> Result<(Organisation, bool), Fault> {
    let person = &me(visit)?.person;
    let keeps = person.acts_as(Role::OrgAdministrator) && person.org == id;
    if !keeps && !person.acts_as(Role::Administrator) {
        return Err(Fault::not_found());
    }
    let kept = hub.parts.store.organisation(id).await?.ok_or_else(Fault::not_found)?;
    Ok((kept.value, keeps))
}

async fn view(hub: &Shared, visit: &Visit, id: OrgId, fields: &Fields, fault: Option<String>) -> Answer {
    let (organisation, may_register) = open(hub, visit, id).await?;
    let certificates = hub.parts.store.certificates(id).await?;
    let words = |act: ActKind| {
        let words = |words: &ActWords| visit.language.pick(&words.ja, &words.en).to_owned();
        hub.parts.authz.act_words(act).map_or_else(|| act.word().to_owned(), words)
    };
    let shown = Machines {
        organisation: &organisation,
        certificates: &certificates,
        may_register,
        words: &words,
        now: visit.at,
    };
    let frame = Frame::new(hub, visit, visit.language.messages().machines);
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let html = render(frame, &shown, fields, fault)?;
    Ok((status, Html(html)).into_response())
}

/// `GET /organisations/{id}/machines`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<OrgId>) -> Answer {
    view(&hub, &visit, id, &Fields::default(), None).await
}

/// `POST /organisations/{id}/machines`: read, shown, and signed before it is registered.
pub(crate) async fn register(Part(hub): Part<State>, visit: Visit, Path(id): Path<OrgId>, fields: Fields) -> Answer {
    let (organisation, _) = open(&hub, &visit, id).await?;
    let m = visit.language.messages();
    let fingerprint = match fingerprint(fields.get("key"), visit.at) {
        Ok(fingerprint) => fingerprint,
        // What must stay secret is not sent back.
        Err(BadKey::Private) => {
            let fault = m.machine_fault_private.to_owned();
            return view(&hub, &visit, id, &fields.without("key"), Some(fault)).await;
        }
        Err(bad) => {
            let fault = if bad == BadKey::Expired { m.machine_fault_expired } else { m.machine_fault_key };
            return view(&hub, &visit, id, &fields, Some(fault.to_owned())).await;
        }
    };
    let fits =
        |word: &&str| ActKind::ALL.iter().any(|act| act.word() == *word && act.open_to_machines_of(organisation.kind));
    let scopes: BTreeSet<String> = fields.all("scope").filter(fits).map(str::to_owned).collect();
    let days = fields.get("days").parse().ok().filter(|days| (1..=TOKEN_DAYS_MAX).contains(days));
    let label: String = fields.get("label").chars().take(100).collect();
    let Some(days) = days.filter(|_| !scopes.is_empty() && !label.is_empty()) else {
        return view(&hub, &visit, id, &fields, Some(m.machine_fault.to_owned())).await;
    };
    let expires_at = Micros(visit.at.0 + days * DAY);
    let deed = Deed::Machine(NewCertificate { fingerprint, org: id, label, scopes, expires_at });
    let back = format!("/organisations/{id}/machines");
    confirm::ask(&hub, &visit, deed, (back.clone(), &back), None).await
}

/// Authorises a signed registration, and has the store do it.
pub(crate) async fn carry_out(hub: &Shared, visit: &Visit, certificate: &NewCertificate) -> Result<(), Fault> {
    let (organisation, _) = open(hub, visit, certificate.org).await?;
    let actor = visit.actor().ok_or_else(Fault::sign_in_first)?;
    let token = token(&organisation, certificate, visit.at);
    record::permitted::<act::IssueToken>(hub, visit, &token, &Circumstances::at(visit.at).stepped_up()).await?;
    let said = record::certificate(certificate.org, true, &certificate.fingerprint);
    let leaf = record::entry(hub, actor, visit.at, said)?;
    Ok(hub.parts.store.add_certificate(certificate, visit.at, &leaf).await?)
}

/// `POST /organisations/{id}/machines/revoke`
pub(crate) async fn revoke(Part(hub): Part<State>, visit: Visit, Path(id): Path<OrgId>, fields: Fields) -> Answer {
    let (organisation, _) = open(&hub, &visit, id).await?;
    let actor = visit.actor().ok_or_else(Fault::sign_in_first)?;
    let named = hex::decode(fields.get("fingerprint")).map_err(|_| Fault::malformed())?;
    let kept = hub.parts.store.certificates(id).await?;
    let kept = kept.into_iter().find(|kept| kept.certificate.fingerprint[..] == named[..]);
    let certificate = kept.ok_or_else(Fault::not_valid)?.certificate;
    let token = token(&organisation, &certificate, visit.at);
    record::permitted::<act::RevokeToken>(&hub, &visit, &token, &Circumstances::at(visit.at)).await?;
    let said = record::certificate(id, false, &certificate.fingerprint);
    let leaf = record::entry(&hub, actor, visit.at, said)?;
    hub.parts.store.revoke_certificate(id, &certificate.fingerprint, visit.at, &leaf).await?;
    Ok(see_other(&format!("/organisations/{id}/machines")))
}

/// A certificate as the policies see it: by the first half of its hash, as the machine itself is known.
fn token(organisation: &Organisation, certificate: &NewCertificate, now: Micros) -> resource::Token {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&certificate.fingerprint[..16]);
    resource::Token {
        id: TokenId(uuid::Builder::from_custom_bytes(bytes).into_uuid()),
        org: organisation.id,
        org_kind: organisation.kind,
        scopes: acts(&certificate.scopes),
        not_before: now,
        not_after: certificate.expires_at,
    }
}
