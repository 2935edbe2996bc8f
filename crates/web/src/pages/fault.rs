//! A fault, as a page for people.

use super::Frame;
use crate::fault::Fault;
use crate::state::Shared;
use crate::visitor::Visit;
use askama::Template;
use axum::response::Html;

#[derive(Template)]
#[template(path = "fault.html")]
struct Page {
    f: Frame,
    sentence: String,
    rule: Option<String>,
    number: String,
    back: &'static str,
}

/// The page.
pub(crate) fn render(f: Frame, fault: &Fault, number: &str, back: &'static str) -> Result<String, askama::Error> {
    let sentence = fault.sentence(f.language).to_owned();
    Page { f, sentence, rule: fault.rule.clone(), number: number.to_owned(), back }.render()
}

pub(crate) fn page(hub: &Shared, visit: &Visit, fault: &Fault, number: &str) -> Result<Html<String>, askama::Error> {
    let m = visit.language.messages();
    let title = if fault.kind == "refused" { m.fault_title_refused } else { m.fault_title };
    let back = if visit.signed_in().is_some() { "/home" } else { "/" };
    render(Frame::new(hub, visit, title), fault, number, back).map(Html)
}
