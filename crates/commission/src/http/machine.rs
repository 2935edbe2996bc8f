//! Routes for machines: JSON in and out, as `docs/commission.md` has them.

use super::App;
use crate::ballot::{Outcome, Request};
use crate::office::Opened;
use crate::problem::Problem;
use crate::text::Text;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use noroshi_leaf::{Digest, Matter};
use noroshi_ledger::disk::{Files as _, Folder};
use noroshi_ledger::witness::{Answer, origin_hash};
use noroshi_model::{BatchId, MandateId};
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeSet;
use subtle::ConstantTimeEq as _;

/// A machine that showed its token, or that is on this machine where none is asked for.
pub(super) struct Machine;

impl FromRequestParts<App> for Machine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if app.machine_tokens.is_empty() {
            return Ok(Self);
        }
        let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let digest = Digest::of(token.as_bytes());
        let known = app.machine_tokens.iter().fold(false, |known, token| known | bool::from(token.0.ct_eq(&digest.0)));
        if known {
            Ok(Self)
        } else {
            Err(Problem::new(401, "machine.token", "show a token: `Authorization: Bearer …`"))
        }
    }
}

/// A JSON body; what is not one is a problem with a code.
pub(super) struct Body<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| Problem::new(error.status().as_u16(), "body.length", error.body_text()))?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::new(400, "body.malformed", format!("the body is not what is expected: {error}")))
    }
}

fn raw(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
}

pub(super) async fn mirror_checkpoint(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    app.with(move |office, _| Ok(office.watch.add_checkpoint(&body))).await.map(raw)
}

pub(super) async fn mirror_entries(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    app.with(move |office, now| office.mirror_entries(&body, now)).await.map(raw)
}

pub(super) async fn witness_checkpoint(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    app.with(move |office, now| Ok(office.witness_checkpoint(&body, now))).await.map(raw)
}

/// What of a log's folder is for everybody: the checkpoint and the tiles, nothing else and nothing above.
fn is_public(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part != ".."
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.')
    };
    path == "checkpoint" || (path.starts_with("tile/") && path.len() < 100 && path.split('/').all(plain))
}

async fn file(app: App, folder: &'static str, path: String) -> Result<Response, Problem> {
    let missing = || Problem::new(404, "file.unknown", "there is no such file");
    if !is_public(&path) {
        return Err(missing());
    }
    let root = app.folder.join(folder);
    let kind = if path == "checkpoint" { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    let read = tokio::task::spawn_blocking(move || Folder::new(root).and_then(|folder| folder.read(&path)));
    let bytes = read.await.map_err(|error| Problem::own(&error))?.map_err(|error| Problem::own(&error))?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes.ok_or_else(missing)?).into_response())
}

pub(super) async fn mirrored_file(
    State(app): State<App>,
    Path((origin, path)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let own = app.with(|office, _| Ok(origin_hash(office.watch.origin()))).await?;
    if own != origin {
        return Err(Problem::new(404, "file.origin", "this log is not mirrored here"));
    }
    file(app, "mirror", path).await
}

pub(super) async fn own_file(State(app): State<App>, Path(path): Path<String>) -> Result<Response, Problem> {
    file(app, "log", path).await
}

pub(super) async fn keys(State(app): State<App>) -> Result<Response, Problem> {
    app.with(|office, _| Ok(office.public_keys())).await.map(|keys| Json(keys).into_response())
}

fn base64(text: &str, field: &str) -> Result<Vec<u8>, Problem> {
    BASE64_STANDARD.decode(text).map_err(|_| Problem::new(400, "body.malformed", format!("`{field}` is not base64")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deposit {
    batch: BatchId,
    share: String,
}

pub(super) async fn deposit(
    State(app): State<App>,
    _: Machine,
    Body(deposit): Body<Deposit>,
) -> Result<Response, Problem> {
    let sealed = base64(&deposit.share, "share")?;
    app.with(move |office, now| office.deposit(deposit.batch, &sealed, now)).await?;
    Ok(Json(serde_json::json!({"batch": deposit.batch, "kept": true})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    leaf: String,
    public_key: Digest,
    receipt: String,
}

pub(super) async fn release(
    State(app): State<App>,
    _: Machine,
    Body(asked): Body<Release>,
) -> Result<Response, Problem> {
    let release = app.with(move |office, now| {
        office.release(asked.receipt.as_bytes(), asked.leaf.as_bytes(), &asked.public_key.0, now)
    });
    Ok(Json(release.await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Destroy {
    batches: BTreeSet<BatchId>,
    mandate: MandateId,
}

pub(super) async fn destroy(
    State(app): State<App>,
    _: Machine,
    Body(asked): Body<Destroy>,
) -> Result<Response, Problem> {
    let certificate = app.with(move |office, now| office.destroy(asked.mandate, &asked.batches, now)).await?;
    Ok(Json(certificate).into_response())
}

pub(super) async fn request(
    State(app): State<App>,
    _: Machine,
    Body(request): Body<Request>,
) -> Result<Response, Problem> {
    let (mandate, version) = (request.mandate, request.version);
    app.with(move |office, _| office.request(request)).await?;
    Ok(Json(serde_json::json!({"mandate": mandate, "version": version})).into_response())
}

/// The word of a matter in a path.
pub(super) fn matter(word: &str) -> Option<Matter> {
    Some(match word {
        "grant" => Matter::Grant,
        "suspend" => Matter::Suspend,
        "resume" => Matter::Resume,
        "revoke" => Matter::Revoke,
        _ => return None,
    })
}

pub(super) async fn granted(
    State(app): State<App>,
    Path((mandate, version)): Path<(MandateId, u32)>,
) -> Result<Response, Problem> {
    outcome(app, (mandate, version, Matter::Grant)).await
}

pub(super) async fn decided(
    State(app): State<App>,
    Path((mandate, version, word)): Path<(MandateId, u32, String)>,
) -> Result<Response, Problem> {
    let matter = matter(&word).ok_or_else(|| Problem::new(404, "decision.unknown", "there is no such matter"))?;
    outcome(app, (mandate, version, matter)).await
}

async fn outcome(app: App, question: crate::ballot::Question) -> Result<Response, Problem> {
    match app.with(move |office, _| Ok(office.outcome(&question))).await? {
        Outcome::Unknown => Err(Problem::new(404, "decision.unknown", "nobody has voted on this")),
        Outcome::Open(votes) => Ok((StatusCode::ACCEPTED, Json(serde_json::json!({"votes": votes}))).into_response()),
        Outcome::Decided(decision) => Ok(Json(decision).into_response()),
    }
}

pub(super) async fn inspections(State(app): State<App>) -> Result<Response, Problem> {
    let items = app.with(|office, _| Ok(office.inspections.items().to_vec())).await?;
    Ok(Json(items).into_response())
}

pub(super) async fn answered(
    State(app): State<App>,
    Path(number): Path<u64>,
    _: Machine,
    Body(text): Body<Text>,
) -> Result<Response, Problem> {
    app.with(move |office, now| office.answered(number, text, now)).await?;
    Ok(Json(serde_json::json!({"number": number})).into_response())
}

pub(super) async fn sample(State(app): State<App>, Path(number): Path<u64>) -> Result<Response, Problem> {
    let samples = app.with(|office, _| Ok(office.inspections.samples())).await?;
    let sample = samples.into_iter().find(|sample| sample.number == number);
    sample
        .map(|sample| Json(sample).into_response())
        .ok_or_else(|| Problem::new(404, "sample.unknown", "there is no such sample"))
}

pub(super) async fn shown(
    State(app): State<App>,
    Path(number): Path<u64>,
    _: Machine,
    Body(opened): Body<Vec<Opened>>,
) -> Result<Response, Problem> {
    app.with(move |office, _| office.shown(number, &opened)).await.map(|not| Json(not).into_response())
}

pub(super) async fn asked_again(State(app): State<App>, _: Machine) -> Result<Response, Problem> {
    let asked = app.with(|office, now| Ok(office.asked_again(now))).await?;
    let each = asked.into_iter().map(|(number, batch)| serde_json::json!({"batch": batch, "number": number}));
    Ok(Json(each.collect::<Vec<_>>()).into_response())
}

pub(super) async fn run_again(
    State(app): State<App>,
    Path(number): Path<u64>,
    _: Machine,
    headers: HeaderMap,
    ciphertext: Bytes,
) -> Result<Response, Problem> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let intent = header("noroshi-intent").parse();
    let intent =
        intent.map_err(|_| Problem::new(400, "body.malformed", "`noroshi-intent` is not the id of an intent"))?;
    let key = base64(header("noroshi-key"), "noroshi-key")?;
    let outcome = app.with(move |office, now| office.run_again(number, intent, &key, &ciphertext, now)).await?;
    Ok(Json(serde_json::json!({"equal": outcome.equal(), "number": number})).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_checkpoint_and_tiles_are_served() {
        for path in ["checkpoint", "tile/0/000", "tile/entries/x001/234.p/17"] {
            assert!(is_public(path), "{path}");
        }
        for path in [".state/checkpoint", "tile/../.state/checkpoint", "tile//0", "/etc/passwd", "tile/.x", "keys"] {
            assert!(!is_public(path), "{path}");
        }
    }
}
