//! `/mandates/{id}/hunts/new` and `/hunts/{id}`: a question with its coded and written reason, and its rows.

use super::Frame;
use super::confirm;
use super::form::Choice;
use super::mandates::dossier;
use super::mandates::typed::server;
use crate::answer::{Answer, Fields, page};
use crate::fault::Fault;
use crate::messages::{fill, look_up};
use crate::office::{Deed, Dossier, Table};
use crate::show::{count, list, short};
use crate::state::{Shared, State};
use crate::visitor::Visit;
use crate::words::key;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_casework::Said;
use noroshi_casework::batch::{Batch, BatchStanding};
use noroshi_casework::hunt::{Hunt, HuntStanding, Question, ReasonCode};
use noroshi_leaf::{Digest, Salt};
use noroshi_model::{BatchId, Direction, HuntId, MandateId, Micros, Role};

#[derive(Template)]
#[template(path = "hunt_form.html")]
struct FormPage {
    f: Frame,
    id: MandateId,
    hunt: String,
    title: String,
    budget: String,
    codes: Vec<Choice>,
    reason: String,
    batches: Vec<Choice>,
    directions: Vec<Choice>,
    servers: String,
    rows_max: String,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "hunt.html")]
struct Page {
    f: Frame,
    mandate: MandateId,
    title: String,
    open: bool,
    facts: Vec<(&'static str, String)>,
    table: Option<Table>,
    may_open: bool,
}

/// A batch as one can choose it.
pub(crate) fn batch_label(f: &Frame, batch: &Batch) -> String {
    let kept = match &batch.standing {
        BatchStanding::Sealed(sealed) => {
            format!("{} – {} · {} {}", f.time(sealed.from), f.time(sealed.until), f.m.kept, count(sealed.selected))
        }
        BatchStanding::Open => f.m.batch_open.to_owned(),
        BatchStanding::Disposed { at, .. } => format!("{} {}", f.m.batch_disposed, f.time(*at)),
    };
    format!("{} {} · {kept}", batch.opened.source, batch.opened.number)
}

/// Batches that can be asked: complete, and their key not destroyed.
pub(crate) fn askable(f: &Frame, dossier: &Dossier, chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    let batches = dossier.batches.iter().filter(|batch| matches!(batch.standing, BatchStanding::Sealed(_)));
    let choice = |batch: &Batch| {
        let id = batch.opened.batch.to_string();
        Choice { on: chosen(&id), word: id, label: batch_label(f, batch) }
    };
    batches.map(choice).collect()
}

/// The form.
pub(crate) fn render_form(
    f: Frame,
    dossier: &Dossier,
    hunt: HuntId,
    fields: &Fields,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let terms = dossier.mandate.granted().map(|granted| &granted.terms);
    let (hunts_max, rows_max) = terms.map_or((0, 0), |terms| (u64::from(terms.hunts_max), terms.rows_max));
    let used = dossier.hunts.len() as u64;
    let values = [
        ("used", count(used)),
        ("max", count(hunts_max)),
        ("left", count(hunts_max.saturating_sub(used))),
        ("rows", count(rows_max)),
    ];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let untouched = fields.get("id").is_empty();
    let has = |name: &'static str, word: &str| fields.all(name).any(|value| value == word);
    let codes = ReasonCode::ALL
        .map(|code| Choice::new(key(&code), f.language.reason_code(code), has("reason_code", &key(&code))));
    let covered = terms.into_iter().flat_map(|terms| &terms.directions);
    let direction =
        |d: &Direction| Choice::new(d.word(), f.language.direction(*d), untouched || has("direction", d.word()));
    FormPage {
        id: dossier.mandate.id,
        hunt: hunt.to_string(),
        title: dossier.mandate.title.clone(),
        budget: fill(f.m.hunt_budget, &values),
        codes: codes.to_vec(),
        reason: fields.get("reason").to_owned(),
        batches: askable(&f, dossier, |id| untouched || has("batch", id)),
        directions: covered.map(direction).collect(),
        servers: fields.get("servers").to_owned(),
        rows_max: if untouched { rows_max.min(100).to_string() } else { fields.get("rows_max").to_owned() },
        fault,
        f,
    }
    .render()
}

/// One hunt.
pub(crate) fn render(
    f: Frame,
    dossier: &Dossier,
    hunt: &Hunt,
    table: Option<Table>,
    may_open: bool,
) -> Result<String, askama::Error> {
    let question = &hunt.question;
    let servers: Vec<_> = question
        .servers
        .iter()
        .map(|server| {
            server.port.map_or_else(|| server.address.to_string(), |port| format!("{}:{port}", server.address))
        })
        .collect();
    let directions: Vec<_> = question.directions.iter().map(|d| f.language.direction(*d)).collect();
    let batches: Vec<_> = question.batches.iter().map(short).collect();
    let mut facts = vec![
        (f.m.standing, f.language.hunt_standing(&hunt.standing).to_owned()),
        (f.m.who, dossier.names.person(hunt.by)),
        (f.m.when, f.time(hunt.at)),
        (f.m.reason_code, f.language.reason_code(question.reason_code)),
        (f.m.reason, question.reason.text.clone()),
        (f.m.directions, list(f.language, &directions)),
        (
            f.m.hunt_servers,
            if servers.is_empty() { f.m.hunt_servers_all.to_owned() } else { list(f.language, &servers) },
        ),
        (f.m.batches, list(f.language, &batches)),
        (f.m.rows_max, count(question.rows_max)),
    ];
    if let HuntStanding::Done { digest, rows, .. } = &hunt.standing {
        facts.push((f.m.rows_given, count(*rows)));
        facts.push((f.m.rows_digest, digest.to_string()));
    }
    let open = hunt.standing == HuntStanding::Asked;
    let (mandate, title) = (dossier.mandate.id, dossier.mandate.title.clone());
    let table = table.map(|table| shown(&f, table));
    Page { mandate, title, open, facts, table, may_open, f: f.live() }.render()
}

/// The engine's rows in the reader's words, times and figures.
fn shown(f: &Frame, table: Table) -> Table {
    let cell = |(column, cell): (&String, String)| match column.as_str() {
        "first" | "last" => Micros::parse(&cell).map_or(cell, |at| f.time(at)),
        "flows" | "bytes-out" | "bytes-in" => cell.parse().map_or(cell, count),
        "direction" => {
            let known = Direction::ALL.into_iter().find(|direction| direction.word() == cell);
            known.map_or(cell, |direction| f.language.direction(direction).to_owned())
        }
        "batch" => short(&cell),
        _ => cell,
    };
    let rows = table.rows.into_iter().map(|row| table.columns.iter().zip(row).map(cell).collect()).collect();
    Table { columns: table.columns.iter().map(|name| look_up(f.m.column_of, name).to_owned()).collect(), rows }
}

/// `GET /mandates/{id}/hunts/new`
pub(crate) async fn new_form(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    form(&hub, &visit, &dossier, &Fields::default(), None)
}

fn form(hub: &Shared, visit: &Visit, dossier: &Dossier, fields: &Fields, fault: Option<String>) -> Answer {
    let me = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    if !me.person.acts_as(Role::Analyst) {
        return Err(Fault::not_found());
    }
    let hunt = fields.get("id").parse().unwrap_or(HuntId(hub.id()));
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(hub, visit, visit.language.messages().hunt_ask);
    Ok((status, Html(render_form(frame, dossier, hunt, fields, fault)?)).into_response())
}

/// `POST /mandates/{id}/hunts`
pub(crate) async fn ask(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>, fields: Fields) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let m = visit.language.messages();
    let bad = |fault: &str| form(&hub, &visit, &dossier, &fields, Some(fault.to_owned()));
    let Some(question) = question(&hub, &fields) else { return bad(m.hunt_fault) };
    if !question.reason.is_given() {
        return bad(m.reason_fault);
    }
    let hunt: HuntId = fields.get("id").parse().map_err(|_| Fault::malformed())?;
    let back = format!("/mandates/{id}");
    let deed = Deed::Hunt { id: hunt, mandate: id, question };
    confirm::ask(&hub, &visit, deed, (format!("/hunts/{hunt}"), &back), None).await
}

fn question(hub: &Shared, fields: &Fields) -> Option<Question> {
    let words = fields.get("servers").split([',', '、', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty());
    let rows: String = fields.get("rows_max").chars().filter(|c| *c != ',').collect();
    Some(Question {
        batches: fields.all("batch").map(|id| id.parse::<BatchId>().ok()).collect::<Option<_>>()?,
        directions: Direction::ALL
            .into_iter()
            .filter(|d| fields.all("direction").any(|word| word == d.word()))
            .collect(),
        reason_code: ReasonCode::ALL.into_iter().find(|code| key(code) == fields.get("reason_code"))?,
        reason: Said::new(fields.get("reason"), Salt(Digest(hub.random()))),
        rows_max: rows.parse().ok()?,
        servers: words.map(server).collect::<Option<_>>()?,
    })
}

/// `GET /hunts/{id}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<HuntId>) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let (mandate, table) = hub.parts.office.hunt(&asker, id).await?;
    let (_, dossier) = dossier(&hub, &visit, mandate).await?;
    let hunt = dossier.hunts.iter().find(|(other, _)| *other == id).ok_or_else(Fault::not_found)?;
    let may_open = visit.signed_in().is_some_and(|who| who.person.acts_as(Role::Analyst));
    let frame = Frame::new(&hub, &visit, visit.language.messages().hunt);
    page(render(frame, &dossier, &hunt.1, table, may_open)?)
}
