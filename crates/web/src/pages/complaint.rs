//! `/complaint`: how to complain. What is written goes to the commission; nothing else about the writer is kept.

use super::Frame;
use crate::answer::{Answer, Fields, page};
use crate::limits::COMPLAINT_CHARS_MAX;
use crate::office::Complaint;
use crate::state::State;
use crate::visitor::Visit;
use askama::Template;
use axum::extract::State as Part;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};

#[derive(Template)]
#[template(path = "complaint.html")]
struct Page {
    f: Frame,
    text: String,
    contact: String,
    fault: bool,
    sent: bool,
}

/// The page.
pub(crate) fn render(f: Frame, text: &str, contact: &str, fault: bool, sent: bool) -> Result<String, askama::Error> {
    Page { f, text: text.to_owned(), contact: contact.to_owned(), fault, sent }.render()
}

/// `GET /complaint`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit) -> Answer {
    page(render(Frame::new(&hub, &visit, visit.language.messages().complaint_title), "", "", false, false)?)
}

/// `POST /complaint`
pub(crate) async fn send(Part(hub): Part<State>, visit: Visit, fields: Fields) -> Answer {
    let frame = Frame::new(&hub, &visit, visit.language.messages().complaint_title);
    let (text, contact) = (fields.get("text"), fields.get("contact"));
    if text.is_empty() || text.chars().count() > COMPLAINT_CHARS_MAX || contact.chars().count() > 200 {
        let again = render(frame, text, contact, true, false)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(again)).into_response());
    }
    let contact = (!contact.is_empty()).then(|| contact.to_owned());
    hub.parts.office.complain(Complaint { text: text.to_owned(), contact }, visit.at).await?;
    page(render(frame, "", "", false, true)?)
}
