//! `/intelligence`: a box to search shared intelligence, and a page for each object with what is around it.

use super::{Frame, organisations};
use crate::answer::{Answer, page};
use crate::exchange::Sought;
use crate::fault::Fault;
use crate::intelligence::Asked;
use crate::state::{Shared, State};
use crate::visitor::Visit;
use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Part};
use noroshi_casework::party::Organisation;
use noroshi_casework::share::limits::reading;
use noroshi_stix::{Id, Received, Tlp};
use noroshi_store::intel::{Found, Graph, Hit};
use std::collections::{BTreeMap, BTreeSet};

/// Texts of one object on its page; the rest is in what is sent to programs.
const TEXTS_MAX: usize = 200;

/// One object in a list.
struct Row {
    address: String,
    kind: String,
    name: String,
    giver: String,
    markings: Vec<String>,
    added: String,
    revoked: bool,
}

#[derive(Template)]
#[template(path = "intelligence.html")]
struct ListPage {
    f: Frame,
    q: String,
    kinds: String,
    fault: Option<String>,
    /// Indicators that ask for what was written, where that is a value.
    matching: Vec<Row>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// One end of a line, as far as it is known.
struct End {
    kind: &'static str,
    name: String,
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "intelligence_one.html")]
struct OnePage {
    f: Frame,
    row: Row,
    id: String,
    version: String,
    texts: Vec<String>,
    /// By relationship or property: from it, and to it.
    around: Vec<(String, Vec<End>)>,
    more: bool,
}

fn address(id: &str) -> String {
    let written: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/intelligence/{}", written.replace('+', "%20"))
}

/// TLP by its name, other markings by their id.
fn marking(id: &str) -> String {
    let tlp = Id::parse(id).ok().and_then(|id| Tlp::with_id(&id));
    tlp.map_or_else(|| id.to_owned(), |tlp| tlp.name().to_owned())
}

fn row(f: &Frame, hit: &Hit, organisations: &[Organisation]) -> Row {
    let giver = organisations.iter().find(|org| org.id == hit.producer);
    let giver = giver.map_or("–", |org| f.language.pick(&org.name_ja, &org.name_en));
    Row {
        address: address(&hit.stix_id),
        kind: hit.kind.clone(),
        name: if hit.name.is_empty() { hit.stix_id.clone() } else { hit.name.clone() },
        giver: giver.to_owned(),
        markings: hit.markings.iter().map(|id| marking(id)).collect(),
        added: f.time(hit.added),
        revoked: hit.revoked,
    }
}

/// What the list shows.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) asked: Asked,
    pub(crate) fault: Option<String>,
    pub(crate) matching: Found,
    pub(crate) found: Found,
    pub(crate) organisations: Vec<Organisation>,
}

/// The list.
pub(crate) fn render_list(f: Frame, shown: &Shown) -> Result<String, askama::Error> {
    let rows = |found: &Found| found.hits.iter().map(|hit| row(&f, hit, &shown.organisations)).collect::<Vec<_>>();
    let on = |next: String| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &shown.asked.q).append_pair("type", &shown.asked.kinds).append_pair("next", &next);
        format!("/intelligence?{}", query.finish())
    };
    ListPage {
        q: shown.asked.q.clone(),
        kinds: shown.asked.kinds.clone(),
        fault: shown.fault.clone(),
        matching: rows(&shown.matching),
        rows: rows(&shown.found),
        next: shown.asked.next(&shown.found).map(on),
        f,
    }
    .render()
}

/// One object.
pub(crate) fn render(
    f: Frame,
    hit: &Hit,
    graph: &Graph,
    organisations: &[Organisation],
) -> Result<String, askama::Error> {
    let read = Received::read(&hit.body, &reading());
    let texts = read.map(|read| read.texts().take(TEXTS_MAX).map(std::borrow::Cow::into_owned).collect());
    OnePage {
        row: row(&f, hit, organisations),
        id: hit.stix_id.clone(),
        version: hit.version.clone(),
        texts: texts.unwrap_or_default(),
        around: around(&f, hit, graph),
        more: graph.more,
        f,
    }
    .render()
}

/// Lines by what they say, with the other end of each.
fn around(f: &Frame, hit: &Hit, graph: &Graph) -> Vec<(String, Vec<End>)> {
    let mut groups: BTreeMap<(String, bool), BTreeSet<&String>> = BTreeMap::new();
    for line in &graph.lines {
        let (other, out) = if line.from == hit.stix_id { (&line.to, true) } else { (&line.from, false) };
        groups.entry((line.kind.clone(), out)).or_default().insert(other);
    }
    let end = |id: &String| match graph.around.get(id) {
        Some(hit) => End {
            kind: "",
            name: format!("{} · {}", hit.kind, if hit.name.is_empty() { id } else { &hit.name }),
            address: Some(address(id)),
        },
        None => End { kind: f.m.intelligence_elsewhere, name: id.clone(), address: None },
    };
    let titled = |((kind, out), ends): ((String, bool), BTreeSet<&String>)| {
        let title = if out { format!("{kind} →") } else { format!("← {kind}") };
        (title, ends.into_iter().map(end).collect())
    };
    groups.into_iter().map(titled).collect()
}

async fn find(hub: &Shared, visit: &Visit, sought: Result<Sought, Fault>) -> Result<Found, Fault> {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    Ok(hub.parts.exchange.find(&asker, sought?).await?)
}

/// `GET /intelligence`
pub(crate) async fn list(Part(hub): Part<State>, visit: Visit, asked: Result<Query<Asked>, QueryRejection>) -> Answer {
    let Query(asked) = asked.map_err(|_| Fault::malformed())?;
    let mut shown = Shown { organisations: organisations::readable(&hub, &visit).await?, ..Shown::default() };
    match find(&hub, &visit, asked.by_words(None)).await {
        Ok(found) => shown.found = found,
        Err(fault) if fault.kind == "malformed" => shown.fault = Some(fault.sentence(visit.language).to_owned()),
        Err(other) => return Err(other),
    }
    let value = Asked { value: asked.q.clone(), ..Asked::default() }.by_value(None);
    if value.is_ok() && asked.next.is_empty() {
        shown.matching = find(&hub, &visit, value).await?;
    }
    shown.asked = asked;
    page(render_list(Frame::new(&hub, &visit, visit.language.messages().intelligence_title), &shown)?)
}

/// `GET /intelligence/{id}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<String>) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let hit = hub.parts.exchange.object(&asker, id.clone(), None).await?;
    let graph = hub.parts.exchange.graph(&asker, id, None, 1).await?;
    let organisations = organisations::readable(&hub, &visit).await?;
    let title = if hit.name.is_empty() { hit.stix_id.clone() } else { hit.name.clone() };
    page(render(Frame::new(&hub, &visit, title), &hit, &graph, &organisations)?)
}
