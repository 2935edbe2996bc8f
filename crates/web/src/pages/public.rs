//! `/`: what is collected, what is dropped, counts, how to complain, the latest checkpoint (図16, 図26).

use super::Frame;
use crate::answer::{Answer, own_path, page, see_other};
use crate::assets::Asset;
use crate::fault::Fault;
use crate::language::Language;
use crate::log::is_tile_path;
use crate::office::PublicNumbers;
use crate::show::count;
use crate::state::State;
use crate::visitor::{Visit, Visitor};
use askama::Template;
use axum::extract::{Path, Query, State as Part};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use noroshi_authz::{ActKind, Circumstances, act, resource::Hub};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "public.html")]
struct Page {
    f: Frame,
    numbers: Vec<(&'static str, String)>,
    checkpoint: Option<String>,
    verifier_key: String,
    origin: String,
}

/// The page.
pub(crate) fn render(
    f: Frame,
    numbers: &PublicNumbers,
    checkpoint: Option<String>,
    verifier_key: String,
    origin: String,
) -> Result<String, askama::Error> {
    let m = f.m;
    let numbers = [
        (m.number_requested, numbers.requested),
        (m.number_granted, numbers.granted),
        (m.number_refused, numbers.refused),
        (m.number_live, numbers.live),
        (m.number_received, numbers.received),
        (m.number_dropped, numbers.dropped),
        (m.number_aggregated, numbers.aggregated),
        (m.number_selected, numbers.selected),
        (m.number_content, 0),
        (m.number_hunts, numbers.hunts),
        (m.number_opened, numbers.opened),
        (m.number_shared, numbers.shared),
        (m.number_kept, numbers.batches_kept),
        (m.number_disposed, numbers.batches_disposed),
        (m.number_refusals, numbers.refusals),
    ]
    .map(|(label, number)| (label, count(number)))
    .to_vec();
    Page { f, numbers, checkpoint, verifier_key, origin }.render()
}

/// `GET /`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit) -> Answer {
    let numbers = hub.parts.office.numbers().await?;
    let checkpoint = hub.parts.log.checkpoint()?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let frame = Frame::new(&hub, &visit, visit.language.messages().public_title);
    let origin = hub.parts.config.origin.origin().ascii_serialization();
    page(render(frame, &numbers, checkpoint, hub.parts.log.verifier_key(), origin)?)
}

/// `GET /checkpoint`: the signed note, as it is.
pub(crate) async fn checkpoint(Part(hub): Part<State>) -> Answer {
    let note = hub.parts.log.checkpoint()?.ok_or_else(Fault::not_found)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response())
}

/// `GET /tile/…`: tiles of hashes for everybody, bundles of entries for who may read the ledger.
pub(crate) async fn tile(Part(hub): Part<State>, visit: Visit, Path(path): Path<String>) -> Answer {
    let path = format!("tile/{path}");
    if !is_tile_path(&path) {
        return Err(Fault::not_found());
    }
    let entries = path.starts_with("tile/entries/");
    if entries {
        let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
        debug_assert_eq!(ActKind::ReadLedger.word(), "readLedger");
        let _permit =
            hub.parts.authz.authorise::<act::ReadLedger>(&asker.principal, &Hub, &Circumstances::at(asker.at))?;
    }
    let bytes = hub.parts.log.tile(&path)?.ok_or_else(Fault::not_found)?;
    // A full tile never changes; a partial one is superseded but stays what it was.
    let keep = if entries { "no-store" } else { "public, max-age=31536000, immutable" };
    Ok(([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, keep)], bytes).into_response())
}

/// `GET /assets/{name}`
pub(crate) async fn asset(Path(name): Path<String>) -> Answer {
    let asset = Asset::by_name(&name).ok_or_else(Fault::not_found)?;
    let keep = "public, max-age=31536000, immutable";
    Ok((
        [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, keep), (header::VARY, "accept-encoding")],
        asset.bytes,
    )
        .into_response())
}

/// `GET /healthz`: it answers.
pub(crate) async fn health() -> Answer {
    Ok((StatusCode::OK, "ok\n").into_response())
}

#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

/// `GET /language/{code}`: keeps the choice in a cookie and goes back.
pub(crate) async fn language(
    Part(hub): Part<State>,
    visit: Visit,
    Path(code): Path<String>,
    Query(next): Query<Next>,
) -> Answer {
    let chosen = Language::parse(&code).ok_or_else(Fault::not_found)?;
    let nobody = matches!(visit.visitor, Visitor::Nobody);
    let back = next.next.as_deref().map_or(if nobody { "/" } else { "/home" }, |next| own_path(Some(next)));
    let secure = if hub.secure { "; Secure" } else { "" };
    let mut answer = see_other(back);
    let cookie = format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}", chosen.code());
    if let Ok(value) = cookie.parse() {
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(answer)
}
