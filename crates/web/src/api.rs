//! `/api/v1`: the same office in JSON, for programs with a token or a client certificate.
//!
//! What asks for a fresh signature of a person is not here: a program has no passkey. The commission's decision
//! carries its own signatures.

use crate::answer::Answer;
use crate::fault::Fault;
use crate::office::{Asker, Deed, LineQuery, Written};
use crate::pages::ledger::KINDS;
use crate::pages::mandates::decision::request_json;
use crate::state::{Shared, State};
use crate::visitor::{Visit, Visitor};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State as Part};
use axum::response::IntoResponse;
use noroshi_casework::Said;
use noroshi_casework::mandate::{Command, Decision};
use noroshi_leaf::{Answer as Says, Digest, Salt};
use noroshi_model::MandateId;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

/// The description of the API (OpenAPI 3.1).
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Noroshi",
        description = "Mandates, findings, shared intelligence and the ledger, for programs.",
        license(name = "Apache-2.0")
    ),
    paths(
        me,
        mandates,
        mandate,
        request,
        decide,
        answer,
        findings,
        crate::intelligence::search,
        crate::intelligence::matching,
        crate::intelligence::object,
        crate::intelligence::graph,
        lines,
        line
    ),
    components(schemas(CarrierAnswer, Problem))
)]
pub(crate) struct Description;

/// What a program is told when it is not answered as asked (RFC 9457).
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what `Fault::problem` writes")]
pub(crate) struct Problem {
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    rule: Option<String>,
    instance: String,
}

pub(crate) fn asker(visit: &Visit) -> Result<Asker, Fault> {
    visit.asker().ok_or_else(Fault::sign_in_first)
}

pub(crate) fn json(value: impl serde::Serialize) -> Answer {
    Ok(Json(value).into_response())
}

/// `GET /api/v1/openapi.json`
pub(crate) async fn openapi() -> Answer {
    json(Description::openapi())
}

/// Who this program is taken for.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, description = "Who asks", body = Object), (status = 401, body = Problem)))]
pub(crate) async fn me(visit: Visit) -> Answer {
    match &visit.visitor {
        Visitor::Nobody => Err(Fault::sign_in_first()),
        Visitor::Person(signed_in) => json(json!({
            "kind": "person", "organisation": signed_in.organisation.id,
            "person": signed_in.person.id, "roles": signed_in.person.roles,
        })),
        Visitor::Machine(machine) => json(json!({ "kind": "machine", "organisation": machine.0.id })),
    }
}

/// Mandates open to the asker.
#[utoipa::path(get, path = "/api/v1/mandates", responses((status = 200, description = "Mandates, newest first", body = Object), (status = 403, body = Problem)))]
pub(crate) async fn mandates(Part(hub): Part<State>, visit: Visit) -> Answer {
    let summaries = hub.parts.office.mandates(&asker(&visit)?).await?;
    let item = |summary: &crate::office::Summary| {
        json!({
            "findings": summary.findings, "hunts": summary.hunts, "id": summary.mandate.id,
            "requester": summary.mandate.requester, "stands": crate::words::key(&summary.mandate.standing),
            "title": summary.mandate.title, "version": summary.mandate.version,
        })
    };
    json(json!({ "mandates": summaries.iter().map(item).collect::<Vec<_>>() }))
}

/// One mandate with its batches and the numbers of its board.
#[utoipa::path(get, path = "/api/v1/mandates/{id}", params(("id" = String, Path)), responses((status = 200, description = "The mandate", body = Object), (status = 404, body = Problem)))]
pub(crate) async fn mandate(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let dossier = hub.parts.office.dossier(&asker(&visit)?, id).await?;
    let tally = crate::board::of(&dossier, visit.at).tally;
    let lines: Vec<_> = dossier.lines.iter().filter_map(|line| line.index).collect();
    json(json!({
        "board": {
            "aggregated": tally.aggregated, "disposed_batches": tally.disposed, "dropped": tally.out,
            "findings": tally.findings, "hunts": tally.hunts, "kept": tally.kept, "opened": tally.opened,
            "received": tally.received, "rows": tally.rows, "shared": tally.shared, "adds_up": tally.adds_up(),
        },
        "ledger": lines,
        "mandate": public_part(&dossier.mandate),
    }))
}

/// A mandate without the salts of its sealed texts.
fn public_part(mandate: &noroshi_casework::mandate::Mandate) -> Value {
    let granted = mandate.granted().map(|granted| json!({ "terms": granted.terms, "version": granted.version }));
    let pending = mandate.pending.as_ref().map(|pending| {
        json!({
            "answer": pending.answer.as_ref().map(|answer| answer.answer), "objected": pending.objection.is_some(),
            "terms": pending.request.terms, "version": pending.version,
        })
    });
    json!({
        "granted": granted, "id": mandate.id, "pending": pending, "requester": mandate.requester,
        "stands": crate::words::key(&mandate.standing), "title": mandate.title,
    })
}

/// What waits for the commission's decision, for its own program.
#[utoipa::path(get, path = "/api/v1/mandates/{id}/request", params(("id" = String, Path)), responses((status = 200, description = "The request as it is voted on", body = Object), (status = 409, body = Problem)))]
pub(crate) async fn request(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let dossier = hub.parts.office.dossier(&asker(&visit)?, id).await?;
    json(request_json(&dossier).ok_or_else(Fault::conflict)?)
}

fn body<T>(read: Result<Json<T>, JsonRejection>) -> Result<T, Fault> {
    match read {
        Ok(Json(value)) => Ok(value),
        Err(JsonRejection::BytesRejection(_)) => Err(Fault::too_large()),
        Err(error) => {
            let text = error.body_text();
            let fault = Fault::refused("malformed", text.clone(), text);
            Err(Fault { status: axum::http::StatusCode::UNPROCESSABLE_ENTITY, kind: "malformed", rule: None, ..fault })
        }
    }
}

async fn act(hub: &Shared, visit: &Visit, deed: Deed) -> Answer {
    let Written { index, .. } = hub.parts.office.act(&asker(visit)?, deed, None).await?;
    json(json!({ "index": index }))
}

/// The commission's decision, signed by its members.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/decision", params(("id" = String, Path)), request_body = Object, responses((status = 200, description = "Written down; its index in the ledger once it has one", body = Object), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn decide(
    Part(hub): Part<State>,
    visit: Visit,
    Path(id): Path<MandateId>,
    read: Result<Json<Decision>, JsonRejection>,
) -> Answer {
    // Who may not know of it is told so before their body is looked at.
    hub.parts.office.dossier(&asker(&visit)?, id).await?;
    let command = Command::Decide(body(read)?);
    act(&hub, &visit, Deed::Mandate { id, command: Box::new(command) }).await
}

/// A carrier's answer to a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarrierAnswer {
    /// `feasible`, `partly` or `not_feasible`.
    #[schema(value_type = String)]
    answer: Says,
    /// Records a second at most; needed for `partly`.
    load_cap_records_per_second: Option<u64>,
    /// Why.
    reason: String,
}

/// The carrier says what it can do.
#[utoipa::path(post, path = "/api/v1/mandates/{id}/answer", params(("id" = String, Path)), request_body = CarrierAnswer, responses((status = 200, description = "Written down", body = Object), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn answer(
    Part(hub): Part<State>,
    visit: Visit,
    Path(id): Path<MandateId>,
    read: Result<Json<CarrierAnswer>, JsonRejection>,
) -> Answer {
    hub.parts.office.dossier(&asker(&visit)?, id).await?;
    let said = body(read)?;
    let command = Command::Answer {
        answer: said.answer,
        load_cap_records_per_second: said.load_cap_records_per_second,
        reason: Said::new(said.reason, Salt(Digest(hub.random()))),
    };
    act(&hub, &visit, Deed::Mandate { id, command: Box::new(command) }).await
}

/// Findings open to the asker, worst first.
#[utoipa::path(get, path = "/api/v1/findings", responses((status = 200, description = "Findings", body = Object), (status = 403, body = Problem)))]
pub(crate) async fn findings(Part(hub): Part<State>, visit: Visit) -> Answer {
    let found = hub.parts.office.findings(&asker(&visit)?).await?;
    let item = |found: &crate::office::Found| json!({ "finding": found.finding, "mandate": found.mandate });
    json(json!({ "findings": found.iter().map(item).collect::<Vec<_>>() }))
}

/// Which lines of the ledger.
#[derive(Deserialize)]
pub(crate) struct Lines {
    before: Option<u64>,
    mandate: Option<MandateId>,
    kind: Option<String>,
}

/// Lines of the ledger, newest first.
#[utoipa::path(get, path = "/api/v1/ledger", params(("before" = Option<u64>, Query), ("mandate" = Option<String>, Query), ("kind" = Option<String>, Query)), responses((status = 200, description = "Lines", body = Object), (status = 403, body = Problem)))]
pub(crate) async fn lines(Part(hub): Part<State>, visit: Visit, Query(asked): Query<Lines>) -> Answer {
    let kind = asked.kind.filter(|kind| KINDS.contains(&kind.as_str()));
    let query = LineQuery { before: asked.before, mandate: asked.mandate, kind };
    let lines = hub.parts.office.lines(&asker(&visit)?, &query).await?;
    let item = |line: &crate::office::Line| json!({ "index": line.index, "leaf": line.leaf });
    json(json!({ "lines": lines.iter().map(item).collect::<Vec<_>>() }))
}

/// One line of the ledger.
#[utoipa::path(get, path = "/api/v1/ledger/{index}", params(("index" = u64, Path)), responses((status = 200, description = "The line", body = Object), (status = 404, body = Problem)))]
pub(crate) async fn line(Part(hub): Part<State>, visit: Visit, Path(index): Path<u64>) -> Answer {
    let line = hub.parts.office.line(&asker(&visit)?, index).await?;
    json(json!({ "index": line.index, "leaf": line.leaf }))
}
