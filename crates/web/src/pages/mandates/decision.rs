//! `/mandates/{id}/decision`: the commission decides with its own program and keys; the hub only writes it down.

use super::dossier;
use crate::answer::{Answer, Fields, download};
use crate::canonical;
use crate::fault::Fault;
use crate::office::{Deed, Dossier};
use crate::pages::{Frame, confirm};
use crate::state::{Shared, State};
use crate::visitor::Visit;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_casework::mandate::{Command, Decision};
use noroshi_model::MandateId;
use serde_json::{Value, json};

#[derive(Template)]
#[template(path = "decision.html")]
struct Page {
    f: Frame,
    id: MandateId,
    title: String,
    facts: Vec<(&'static str, String)>,
    text: String,
    fault: Option<String>,
}

/// The page.
pub(crate) fn render(f: Frame, dossier: &Dossier, text: &str, fault: Option<String>) -> Result<String, askama::Error> {
    let mandate = &dossier.mandate;
    let mut facts = vec![(f.m.mandate, mandate.id.to_string())];
    if let Some(pending) = &mandate.pending {
        facts.push((f.m.version, pending.version.to_string()));
        facts.push((f.m.terms_digest, pending.request.terms.digest().to_string()));
    }
    Page { id: mandate.id, title: mandate.title.clone(), facts, text: text.to_owned(), fault, f }.render()
}

fn view(hub: &Shared, visit: &Visit, dossier: &Dossier, text: &str, fault: Option<String>) -> Answer {
    if dossier.mandate.pending.is_none() {
        return Err(Fault::conflict());
    }
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(hub, visit, visit.language.messages().decision_title);
    Ok((status, Html(render(frame, dossier, text, fault)?)).into_response())
}

/// `GET /mandates/{id}/decision`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    view(&hub, &visit, &dossier, "", None)
}

/// What is put to the vote, for the commission's own program.
pub(crate) fn request_json(dossier: &Dossier) -> Option<Value> {
    let pending = dossier.mandate.pending.as_ref()?;
    let answer = pending.answer.as_ref().map(|answer| {
        json!({
            "answer": answer.answer, "load_cap_records_per_second": answer.load_cap_records_per_second,
            "reason": answer.reason,
        })
    });
    Some(json!({
        "answer": answer,
        "before": dossier.mandate.granted().map(|granted| &granted.terms),
        "mandate": dossier.mandate.id,
        "necessity": pending.request.necessity,
        "objection": pending.objection,
        "selectors": pending.request.selectors,
        "terms": pending.request.terms,
        "terms_digest": pending.request.terms.digest(),
        "title": pending.request.title,
        "version": pending.version,
    }))
}

/// `GET /mandates/{id}/request.json`
pub(crate) async fn request(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let value = request_json(&dossier).ok_or_else(Fault::conflict)?;
    Ok(download(&format!("mandate-{id}.json"), "application/json", canonical::bytes(&value)))
}

/// `POST /mandates/{id}/decision`: by file or by paste.
pub(crate) async fn record(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>, fields: Fields) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let text = if fields.get("file").is_empty() { fields.get("decision") } else { fields.get("file") };
    let decision: Decision = match serde_json::from_str(text) {
        Ok(decision) => decision,
        Err(error) => {
            let m = visit.language.messages();
            let fault = crate::messages::fill(m.decision_fault, &[("error", &error.to_string())]);
            return view(&hub, &visit, &dossier, text, Some(fault));
        }
    };
    let path = format!("/mandates/{id}");
    let deed = Deed::Mandate { id, command: Box::new(Command::Decide(decision)) };
    confirm::ask(&hub, &visit, deed, (path.clone(), &path), None).await
}
