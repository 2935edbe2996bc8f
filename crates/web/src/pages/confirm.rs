//! `/confirm`: the exact object, and a passkey's signature over it. Then what became of it.

use super::Frame;
use crate::answer::{Answer, Fields, page};
use crate::ceremony::Ceremony;
use crate::fault::Fault;
use crate::office::Deed;
use crate::state::{Shared, State};
use crate::step_up::{self, Outcome, Shown};
use crate::visitor::Visit;
use askama::Template;
use axum::extract::State as Part;

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    f: Frame,
    what: String,
    widens: Option<String>,
    object: String,
    digest: String,
    options: String,
    ceremony: String,
    back: String,
}

#[derive(Template)]
#[template(path = "done.html")]
struct Done {
    f: Frame,
    what: String,
    index: Option<u64>,
    opened: Option<String>,
    link: Option<String>,
    next: String,
}

/// What the page shows of an object.
pub(crate) struct ToSign {
    pub(crate) what: String,
    pub(crate) widens: Option<String>,
    pub(crate) object: String,
    pub(crate) digest: String,
    pub(crate) options: String,
    pub(crate) ceremony: String,
    pub(crate) back: String,
}

/// The page before.
pub(crate) fn render(f: Frame, sign: ToSign) -> Result<String, askama::Error> {
    let ToSign { what, widens, object, digest, options, ceremony, back } = sign;
    Confirm { f: f.with_passkey(), what, widens, object, digest, options, ceremony, back }.render()
}

/// The page after.
pub(crate) fn render_done(f: Frame, what: &str, outcome: Outcome, next: &str) -> Result<String, askama::Error> {
    let Outcome { written, link } = outcome;
    let opened = written.opened.map(|address| address.to_string());
    Done { f, what: what.to_owned(), index: written.index, opened, link, next: next.to_owned() }.render()
}

/// Has a deed done: at once, or after a signature where it is grave.
pub(crate) async fn ask(
    hub: &Shared,
    visit: &Visit,
    deed: Deed,
    (next, back): (String, &str),
    widens: Option<String>,
) -> Answer {
    let what = visit.language.act(deed.caption());
    if !deed.is_grave() {
        let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
        let written = hub.parts.office.act(&asker, deed, None).await?;
        let frame = Frame::new(hub, visit, visit.language.messages().done_title);
        return page(render_done(frame, &what, written.into(), &next)?);
    }
    let Shown { options, object, digest, waits } = step_up::prepare(hub, visit, deed, what.clone(), next).await?;
    let key = hex::encode(hub.random());
    hub.waiting.put(key.clone(), Ceremony::StepUp(Box::new(waits)), visit.at);
    let frame = Frame::new(hub, visit, visit.language.messages().confirm_title);
    let sign = ToSign { what, widens, object, digest, options, ceremony: key, back: back.to_owned() };
    page(render(frame, sign)?)
}

/// `POST /confirm`
pub(crate) async fn finish(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let Some(Ceremony::StepUp(waits)) = hub.waiting.take(fields.get("ceremony"), visit.at) else {
        return Err(Fault::ceremony_over());
    };
    let outcome = step_up::sign_and_do(&hub, &visit, &waits, fields.get("answer")).await?;
    let frame = Frame::new(&hub, &visit, visit.language.messages().done_title);
    page(render_done(frame, &waits.what, outcome, &waits.next)?)
}
