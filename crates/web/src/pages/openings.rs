//! `/mandates/{id}/openings/new` and `/openings/{id}`: a pseudonym is opened by one person, approved by another.

use super::Frame;
use super::confirm;
use super::form::Choice;
use super::hunts::askable;
use super::mandates::dossier;
use super::mandates::one::opening_stands;
use crate::answer::{Answer, Fields};
use crate::fault::Fault;
use crate::office::{Deed, Dossier};
use crate::show::short;
use crate::state::{Shared, State};
use crate::visitor::Visit;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_casework::Said;
use noroshi_casework::opening::{Command, Opening, OpeningStanding};
use noroshi_casework::party::Person;
use noroshi_leaf::{Digest, Salt};
use noroshi_model::{IntentId, MandateId, OpeningId, Role};

#[derive(Template)]
#[template(path = "opening_form.html")]
struct FormPage {
    f: Frame,
    id: MandateId,
    opening: String,
    title: String,
    pseudonym: String,
    batches: Vec<Choice>,
    reason: String,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "opening.html")]
struct Page {
    f: Frame,
    id: OpeningId,
    mandate: MandateId,
    title: String,
    facts: Vec<(&'static str, String)>,
    may_decide: bool,
    may_open: bool,
    fault: Option<String>,
}

/// The form.
pub(crate) fn render_form(
    f: Frame,
    dossier: &Dossier,
    opening: OpeningId,
    fields: &Fields,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    FormPage {
        id: dossier.mandate.id,
        opening: opening.to_string(),
        title: dossier.mandate.title.clone(),
        pseudonym: fields.get("pseudonym").to_owned(),
        batches: askable(&f, dossier, |id| fields.get("batch") == id),
        reason: fields.get("reason").to_owned(),
        fault,
        f,
    }
    .render()
}

/// One request.
pub(crate) fn render(
    f: Frame,
    dossier: &Dossier,
    (id, opening): (OpeningId, &Opening),
    person: &Person,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let mut facts = vec![
        (f.m.standing, opening_stands(&f, &opening.standing).to_owned()),
        (f.m.pseudonym, opening.pseudonym.to_string()),
        (f.m.batch, short(opening.batch)),
        (f.m.who, dossier.names.person(opening.by)),
        (f.m.when, f.time(opening.at)),
        (f.m.reason, opening.reason.text.clone()),
    ];
    match &opening.standing {
        OpeningStanding::Approved { at, by, reason } | OpeningStanding::Denied { at, by, reason } => {
            facts.push((f.m.decided_by, format!("{} · {}", dossier.names.person(*by), f.time(*at))));
            facts.push((f.m.decided_reason, reason.text.clone()));
        }
        OpeningStanding::Opened { approved_by, at, .. } => {
            facts.push((f.m.decided_by, dossier.names.person(*approved_by)));
            facts.push((f.m.opened_at, f.time(*at)));
        }
        OpeningStanding::Asked => {}
    }
    let asked = opening.standing == OpeningStanding::Asked;
    let approved = matches!(&opening.standing, OpeningStanding::Approved { by, .. } if *by != person.id);
    Page {
        id,
        mandate: dossier.mandate.id,
        title: dossier.mandate.title.clone(),
        facts,
        may_decide: asked && person.acts_as(Role::LegalOfficer) && opening.by != person.id,
        may_open: approved && person.acts_as(Role::Analyst),
        fault,
        f,
    }
    .render()
}

fn person(visit: &Visit) -> Result<&Person, Fault> {
    Ok(&visit.signed_in().ok_or_else(Fault::sign_in_first)?.person)
}

fn form(hub: &Shared, visit: &Visit, dossier: &Dossier, fields: &Fields, fault: Option<String>) -> Answer {
    if !person(visit)?.acts_as(Role::Analyst) {
        return Err(Fault::not_found());
    }
    let opening = fields.get("id").parse().unwrap_or(OpeningId(hub.id()));
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(hub, visit, visit.language.messages().opening_ask);
    Ok((status, Html(render_form(frame, dossier, opening, fields, fault)?)).into_response())
}

/// `GET /mandates/{id}/openings/new`
pub(crate) async fn new_form(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    form(&hub, &visit, &dossier, &Fields::default(), None)
}

/// `POST /mandates/{id}/openings`
pub(crate) async fn ask(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>, fields: Fields) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let reason = Said::new(fields.get("reason"), Salt(Digest(hub.random())));
    let (Ok(batch), Ok(pseudonym), true) =
        (fields.get("batch").parse(), fields.get("pseudonym").parse(), reason.is_given())
    else {
        let fault = visit.language.messages().opening_fault.to_owned();
        return form(&hub, &visit, &dossier, &fields, Some(fault));
    };
    let opening: OpeningId = fields.get("id").parse().map_err(|_| Fault::malformed())?;
    let deed = Deed::Opening { id: opening, mandate: id, command: Command::Ask { batch, pseudonym, reason } };
    let back = format!("/mandates/{id}");
    confirm::ask(&hub, &visit, deed, (format!("/openings/{opening}"), &back), None).await
}

async fn read(hub: &Shared, visit: &Visit, id: OpeningId) -> Result<(Dossier, Opening), Fault> {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let mandate = hub.parts.office.opening(&asker, id).await?;
    let (_, dossier) = dossier(hub, visit, mandate).await?;
    let found = dossier.openings.iter().find(|(other, _)| *other == id).map(|(_, opening)| opening.clone());
    Ok((dossier, found.ok_or_else(Fault::not_found)?))
}

fn view(hub: &Shared, visit: &Visit, dossier: &Dossier, of: (OpeningId, &Opening), fault: Option<String>) -> Answer {
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(hub, visit, visit.language.messages().opening);
    Ok((status, Html(render(frame, dossier, of, person(visit)?, fault)?)).into_response())
}

/// `GET /openings/{id}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<OpeningId>) -> Answer {
    let (dossier, opening) = read(&hub, &visit, id).await?;
    view(&hub, &visit, &dossier, (id, &opening), None)
}

/// `POST /openings/{id}/decide`
pub(crate) async fn decide(Part(hub): Part<State>, visit: Visit, Path(id): Path<OpeningId>, fields: Fields) -> Answer {
    let (dossier, opening) = read(&hub, &visit, id).await?;
    let reason = Said::new(fields.get("reason"), Salt(Digest(hub.random())));
    if !reason.is_given() {
        let fault = visit.language.messages().reason_fault.to_owned();
        return view(&hub, &visit, &dossier, (id, &opening), Some(fault));
    }
    let command = match fields.get("choice") {
        "approve" => Command::Approve(reason),
        "deny" => Command::Deny(reason),
        _ => return Err(Fault::malformed()),
    };
    let path = format!("/openings/{id}");
    let deed = Deed::Opening { id, mandate: dossier.mandate.id, command };
    confirm::ask(&hub, &visit, deed, (path.clone(), &path), None).await
}

/// `POST /openings/{id}/open`
pub(crate) async fn open(Part(hub): Part<State>, visit: Visit, Path(id): Path<OpeningId>, _fields: Fields) -> Answer {
    let (dossier, _) = read(&hub, &visit, id).await?;
    let path = format!("/openings/{id}");
    let command = Command::Open(IntentId(hub.id()));
    let deed = Deed::Opening { id, mandate: dossier.mandate.id, command };
    confirm::ask(&hub, &visit, deed, (path.clone(), &path), None).await
}
