//! `/mandates/{id}/card`: the carrier's request card (図21: only what is feasible, within its burden).

use super::dossier;
use crate::answer::{Answer, Fields};
use crate::fault::Fault;
use crate::office::{Deed, Dossier};
use crate::pages::form::Choice;
use crate::pages::{Frame, confirm};
use crate::show::count;
use crate::state::{Shared, State};
use crate::visitor::Visit;
use crate::words::key;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_casework::Said;
use noroshi_casework::mandate::Command;
use noroshi_leaf::{Answer as Says, Digest, Salt};
use noroshi_model::time::DAY;
use noroshi_model::{MandateId, Role};

#[derive(Template)]
#[template(path = "carrier.html")]
struct Page {
    f: Frame,
    id: MandateId,
    title: String,
    facts: Vec<(&'static str, String)>,
    open: bool,
    answers: Vec<Choice>,
    cap: String,
    reason: String,
    fault: Option<String>,
}

const ANSWERS: [Says; 3] = [Says::Feasible, Says::Partly, Says::NotFeasible];

/// The page.
pub(crate) fn render(
    f: Frame,
    dossier: &Dossier,
    fields: &Fields,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let mandate = &dossier.mandate;
    let pending = mandate.pending.as_ref();
    let terms =
        pending.map(|pending| &pending.request.terms).or_else(|| mandate.granted().map(|granted| &granted.terms));
    let mut facts = Vec::new();
    if let Some(terms) = terms {
        let row = |field: &str| {
            let all = super::terms::rows(&f, &dossier.names, terms, None);
            all.into_iter()
                .find(|term| term.label == f.language.field(field))
                .map(|term| term.value)
                .unwrap_or_default()
        };
        let days = (terms.until.0 - terms.from.0).div_euclid(DAY);
        facts = vec![
            (f.m.card_basis, row("legal_basis")),
            (f.m.card_volume, format!("{} {}", count(terms.records_max), f.m.records)),
            (f.m.card_ports, format!("{} · {}", row("ports"), row("protocols"))),
            (f.m.card_directions, row("directions")),
            (f.m.card_prefixes, row("domestic")),
            (f.m.card_days, format!("{days} {} ({} – {})", f.m.days, f.time(terms.from), f.time(terms.until))),
            (f.m.card_format, f.m.card_format_text.to_owned()),
            (f.m.card_dns, row("dns_names")),
        ];
    }
    let answer = pending.and_then(|pending| pending.answer.as_ref()).map(|answer| answer.answer);
    let chosen =
        |says: &Says| fields.get("answer") == key(says) || (fields.get("answer").is_empty() && answer == Some(*says));
    let answers = ANSWERS.iter().map(|says| Choice::new(key(says), f.language.answer(*says), chosen(says))).collect();
    Page {
        id: mandate.id,
        title: mandate.title.clone(),
        facts,
        open: pending.is_some(),
        answers,
        cap: fields.get("cap").to_owned(),
        reason: fields.get("reason").to_owned(),
        fault,
        f,
    }
    .render()
}

fn view(hub: &Shared, visit: &Visit, dossier: &Dossier, fields: &Fields, fault: Option<String>) -> Answer {
    let me = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    let mine = me.person.acts_as(Role::CarrierLiaison) && dossier.mandate.carrier() == Some(me.person.org);
    if !mine {
        return Err(Fault::not_found());
    }
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(hub, visit, visit.language.messages().carrier_card);
    Ok((status, Html(render(frame, dossier, fields, fault)?)).into_response())
}

/// `GET /mandates/{id}/card`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    view(&hub, &visit, &dossier, &Fields::default(), None)
}

/// `POST /mandates/{id}/answer`
pub(crate) async fn answer(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>, fields: Fields) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let m = visit.language.messages();
    let says = ANSWERS.into_iter().find(|says| key(says) == fields.get("answer"));
    let digits: String = fields.get("cap").chars().filter(|c| *c != ',').collect();
    let cap = if digits.is_empty() { Some(None) } else { digits.parse::<u64>().ok().map(Some) };
    let reason = Said::new(fields.get("reason"), Salt(Digest(hub.random())));
    let (Some(answer), Some(cap), true) = (says, cap, reason.is_given()) else {
        return view(&hub, &visit, &dossier, &fields, Some(m.carrier_fault.to_owned()));
    };
    if answer == Says::Partly && cap.is_none() {
        return view(&hub, &visit, &dossier, &fields, Some(m.carrier_fault_cap.to_owned()));
    }
    let command = Command::Answer { answer, load_cap_records_per_second: cap, reason };
    let path = format!("/mandates/{id}");
    confirm::ask(&hub, &visit, Deed::Mandate { id, command: Box::new(command) }, (path.clone(), &path), None).await
}

/// `POST /mandates/{id}/object`
pub(crate) async fn object(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>, fields: Fields) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let reason = Said::new(fields.get("reason"), Salt(Digest(hub.random())));
    if !reason.is_given() {
        let fault = visit.language.messages().carrier_fault.to_owned();
        return view(&hub, &visit, &dossier, &Fields::default(), Some(fault));
    }
    let path = format!("/mandates/{id}");
    let deed = Deed::Mandate { id, command: Box::new(Command::Object(reason)) };
    confirm::ask(&hub, &visit, deed, (path.clone(), &path), None).await
}
