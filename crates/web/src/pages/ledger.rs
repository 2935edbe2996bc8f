//! `/ledger`: the lines, by index, by mandate, by kind, each with its receipt.

use super::Frame;
use super::form::Choice;
use super::mandates::one::{LineRow, line as line_row};
use crate::answer::{Answer, download, page, see_other};
use crate::fault::Fault;
use crate::limits::LINES_PER_PAGE;
use crate::messages::look_up;
use crate::office::{Line, LineQuery, Names};
use crate::state::State;
use crate::visitor::Visit;
use askama::Template;
use axum::extract::{Path, Query, State as Part};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "ledger.html")]
struct ListPage {
    f: Frame,
    kinds: Vec<Choice>,
    mandate: String,
    lines: Vec<LineRow>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "line.html")]
struct Page {
    f: Frame,
    index: u64,
    facts: Vec<(&'static str, String)>,
    json: String,
    before: Option<String>,
    after: String,
}

/// The kinds of line, as [`noroshi_leaf::Body`] names them.
pub(crate) const KINDS: [&str; 18] = [
    "genesis",
    "heartbeat",
    "mandate",
    "intent",
    "done",
    "abort",
    "refused",
    "batch_opened",
    "batch_sealed",
    "disposed",
    "opening",
    "collection",
    "intelligence",
    "organisation",
    "person",
    "credential",
    "roster",
    "inspection",
];

/// The list.
pub(crate) fn render_list(f: Frame, lines: &[Line], query: &LineQuery) -> Result<String, askama::Error> {
    let names = Names::default();
    let chosen = query.kind.as_deref();
    let kinds = KINDS.map(|kind| Choice::new(kind, look_up(f.m.line_kind, kind), chosen == Some(kind))).to_vec();
    let mandate = query.mandate.map(|mandate| mandate.to_string()).unwrap_or_default();
    let last = lines.iter().filter_map(|line| line.index).min();
    let older = last.filter(|last| *last > 0 && lines.len() >= LINES_PER_PAGE).map(|last| {
        let mut link = url::form_urlencoded::Serializer::new(String::new());
        link.append_pair("before", &last.to_string());
        if let Some(kind) = chosen {
            link.append_pair("kind", kind);
        }
        if !mandate.is_empty() {
            link.append_pair("mandate", &mandate);
        }
        format!("/ledger?{}", link.finish())
    });
    let lines = lines.iter().map(|line| line_row(&f, line, &names)).collect();
    ListPage { kinds, mandate, lines, older, f }.render()
}

/// One line.
pub(crate) fn render(f: Frame, index: u64, line: &Line) -> Result<String, askama::Error> {
    let shown = line_row(&f, line, &Names::default());
    let hash = line.leaf.to_bytes().map(|bytes| noroshi_leaf::Digest::of(&[&[0][..], &bytes].concat()).to_string());
    let facts = vec![
        (f.m.kind, shown.kind),
        (f.m.what, shown.what),
        (f.m.who, shown.who),
        (f.m.when, shown.at.shown),
        (f.m.id, line.leaf.id.to_string()),
        (f.m.leaf_hash, hash.unwrap_or_default()),
    ];
    let json = serde_json::to_string_pretty(&line.leaf).unwrap_or_default();
    let before = index.checked_sub(1).map(|before| format!("/ledger/{before}"));
    Page { index, facts, json, before, after: format!("/ledger/{}", index.saturating_add(1)), f }.render()
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    index: Option<String>,
    before: Option<u64>,
    mandate: Option<String>,
    kind: Option<String>,
}

/// `GET /ledger`
pub(crate) async fn list(Part(hub): Part<State>, visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some(index) = given(asked.index) {
        let index: u64 = index.parse().map_err(|_| Fault::malformed())?;
        return Ok(see_other(&format!("/ledger/{index}")));
    }
    let mandate = given(asked.mandate).map(|text| text.parse()).transpose().map_err(|_| Fault::malformed())?;
    let kind = given(asked.kind).filter(|kind| KINDS.contains(&kind.as_str()));
    let query = LineQuery { before: asked.before, mandate, kind };
    let lines = hub.parts.office.lines(&asker, &query).await?;
    page(render_list(Frame::new(&hub, &visit, visit.language.messages().ledger_title), &lines, &query)?)
}

/// `GET /ledger/{index}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(index): Path<u64>) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let line = hub.parts.office.line(&asker, index).await?;
    let frame = Frame::new(&hub, &visit, format!("{} {index}", visit.language.messages().line));
    page(render(frame, index, &line)?)
}

/// `GET /ledger/{index}/leaf`: the canonical bytes.
pub(crate) async fn leaf(Part(hub): Part<State>, visit: Visit, Path(index): Path<u64>) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let line = hub.parts.office.line(&asker, index).await?;
    let bytes = line.leaf.to_bytes().map_err(|error| Fault::failed(&error))?;
    Ok(download(&format!("leaf-{index}.json"), "application/json", bytes))
}

/// `GET /ledger/{index}/receipt`: hashes and a checkpoint, no word of the entry; open to everybody who is signed in.
pub(crate) async fn receipt(Part(hub): Part<State>, visit: Visit, Path(index): Path<u64>) -> Answer {
    visit.asker().ok_or_else(Fault::sign_in_first)?;
    let text = hub.parts.log.receipt(index)?.ok_or_else(Fault::not_found)?;
    Ok(download(&format!("entry-{index}.tlog-proof"), "text/plain; charset=utf-8", text.into_bytes()))
}
