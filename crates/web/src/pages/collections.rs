//! `/collections`: the collections of shared intelligence that are open to one, and for those who keep them a form.

use super::Frame;
use super::form::Choice;
use crate::answer::{Answer, Fields, page, see_other};
use crate::exchange::Shelved;
use crate::fault::Fault;
use crate::office::OfficeError;
use crate::show;
use crate::state::{Shared, State};
use crate::visitor::{SignedIn, Visit};
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_casework::party::Organisation;
use noroshi_casework::share::Readers;
use noroshi_casework::share::collection::{Card, Command};
use noroshi_model::{CollectionId, OrgId, OrgKind, Role};

/// The word of the form for every organisation.
const EVERYONE: &str = "everyone";

struct Row {
    id: CollectionId,
    title: String,
    description: String,
    address: String,
    readers: String,
    givers: String,
    yours: String,
    open: bool,
    closes: bool,
}

#[derive(Template)]
#[template(path = "collections.html")]
struct Page {
    f: Frame,
    rows: Vec<Row>,
    keeps: bool,
    title_ja: String,
    title_en: String,
    description: String,
    orgs: Vec<Choice>,
    fault: Option<String>,
}

/// What the page shows.
pub(crate) struct Shown<'a> {
    pub(crate) origin: &'a str,
    pub(crate) shelves: &'a [Shelved],
    pub(crate) organisations: &'a [Organisation],
    /// The organisation that the visitor keeps collections for; `None` where they keep none.
    pub(crate) keeper: Option<OrgId>,
}

/// The page, with what was typed.
pub(crate) fn render(
    f: Frame,
    shown: &Shown<'_>,
    typed: &Fields,
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let name = |org: &Organisation| f.language.pick(&org.name_ja, &org.name_en).to_owned();
    let rows = shown.shelves.iter().map(|shelf| row(&f, shown, shelf)).collect();
    let orgs = shown.organisations.iter();
    let orgs = orgs.map(|org| Choice::new(org.id.to_string(), name(org), Some(org.id) == shown.keeper)).collect();
    let text = |name| typed.get(name).to_owned();
    Page {
        rows,
        keeps: shown.keeper.is_some(),
        title_ja: text("title_ja"),
        title_en: text("title_en"),
        description: text("description"),
        orgs,
        fault,
        f,
    }
    .render()
}

fn row(f: &Frame, shown: &Shown<'_>, shelf: &Shelved) -> Row {
    let card = &shelf.collection.card;
    let yours = match (shelf.reads, shelf.gives) {
        (true, true) => f.m.collection_both,
        (true, false) => f.m.collection_reads,
        _ => f.m.collection_gives,
    };
    Row {
        id: shelf.id,
        title: f.language.pick(&card.title_ja, &card.title_en).to_owned(),
        description: card.description.clone(),
        address: format!("{}{}collections/{}/", shown.origin.trim_end_matches('/'), crate::taxii::ROOT, shelf.id),
        readers: names(f, shown, &card.readers),
        givers: names(f, shown, &card.givers),
        yours: yours.to_owned(),
        open: shelf.collection.open,
        closes: shelf.collection.open && shown.keeper == Some(shelf.collection.keeper),
    }
}

/// Organisations by name. One whose card is not open to the visitor is counted, not named.
fn names(f: &Frame, shown: &Shown<'_>, readers: &Readers) -> String {
    let Readers::These(orgs) = readers else { return f.m.collection_everyone.to_owned() };
    let known = shown.organisations.iter().filter(|org| orgs.contains(&org.id));
    let mut named: Vec<String> = known.map(|org| f.language.pick(&org.name_ja, &org.name_en).to_owned()).collect();
    if named.len() < orgs.len() {
        named.push(format!("+{}", orgs.len() - named.len()));
    }
    let words: Vec<&str> = named.iter().map(String::as_str).collect();
    if words.is_empty() { "–".to_owned() } else { show::list(f.language, &words) }
}

/// Whose collections somebody keeps; the policies decide again when they do.
fn keeper(me: &SignedIn) -> Option<OrgId> {
    let editor = me.person.acts_as(Role::DutyEditor);
    let isac = me.organisation.kind == OrgKind::Isac && me.person.acts_as(Role::OrgAdministrator);
    (editor || isac).then_some(me.person.org)
}

async fn shown(hub: &Shared, visit: &Visit, typed: &Fields, fault: Option<String>) -> Result<String, Fault> {
    let me = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let shelves = hub.parts.exchange.collections(&asker).await?;
    let organisations = super::organisations::readable(hub, visit).await?;
    let shown = Shown {
        origin: hub.parts.config.origin.as_str(),
        shelves: &shelves,
        organisations: &organisations,
        keeper: keeper(me),
    };
    let frame = Frame::new(hub, visit, visit.language.messages().collections_title);
    Ok(render(frame, &shown, typed, fault)?)
}

/// `GET /collections`
pub(crate) async fn list(Part(hub): Part<State>, visit: Visit) -> Answer {
    page(shown(&hub, &visit, &Fields::default(), None).await?)
}

/// `POST /collections`
pub(crate) async fn open(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let card = Card {
        title_ja: fields.get("title_ja").to_owned(),
        title_en: fields.get("title_en").to_owned(),
        description: fields.get("description").to_owned(),
        readers: chosen(&fields, "reader")?,
        givers: chosen(&fields, "giver")?,
    };
    match hub.parts.exchange.keep(&asker, CollectionId(hub.id()), Command::Open(card)).await {
        Ok(()) => Ok(see_other("/collections")),
        Err(OfficeError::Refused { rule, ja, en }) if rule.starts_with("collection.") => {
            let said = visit.language.pick(&ja, &en).to_owned();
            let html = shown(&hub, &visit, &fields, Some(said)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn chosen(fields: &Fields, name: &str) -> Result<Readers, Fault> {
    if fields.all(name).any(|word| word == EVERYONE) {
        return Ok(Readers::Everyone);
    }
    let orgs = fields.all(name).map(|word| word.parse::<OrgId>().map_err(|_| Fault::malformed()));
    Ok(Readers::These(orgs.collect::<Result<_, _>>()?))
}

/// `POST /collections/{id}/close`
pub(crate) async fn close(Part(hub): Part<State>, visit: Visit, Path(id): Path<CollectionId>, _: Fields) -> Answer {
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    // One that is not open to them is not there.
    hub.parts.exchange.collection(&asker, id).await?;
    hub.parts.exchange.keep(&asker, id, Command::Close).await?;
    Ok(see_other("/collections"))
}
