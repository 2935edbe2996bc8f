//! The single-file HTML report: pictures, words and style in one file that needs no network and no JavaScript.
//!
//! [`view`] gathers what the page says, `templates/report.html` says it. Every text goes through the template's
//! escaping except drawings, which escape their own; a content security policy forbids the page to load or send
//! anything, should an escape ever be missed.

mod finding_view;
mod frame_view;
mod view;

use crate::context::RunContext;
use crate::language::Language;
use crate::messages::{Messages, fill};
use askama::Template;
use noroshi_model::Finding;
use view::ReportView;

pub(crate) use finding_view::false_positives;

/// The style sheet.
static STYLE: &str = include_str!("../templates/style.css");
/// The little JavaScript there is: filters, and opening everything before printing.
static SCRIPT: &str = include_str!("../templates/script.js");
/// SHA-256 of [`SCRIPT`] in base64: the only script the page may run. A test compares.
const SCRIPT_HASH: &str = "cJeI5qU+HRWcBncMQAglvadzuXDzc11yOcbWD1NASX8=";

/// The page could not be rendered.
#[derive(Debug, thiserror::Error)]
#[error("cannot render the HTML report: {0}")]
pub struct CannotRender(#[from] askama::Error);

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    m: &'static Messages,
    style: &'static str,
    script: &'static str,
    script_hash: &'static str,
    view: ReportView,
}

/// The whole report as one HTML page.
///
/// # Errors
/// [`CannotRender`] if the template fails, which no input makes it do.
pub fn html(findings: &[Finding], context: &RunContext, language: Language) -> Result<String, CannotRender> {
    let view = ReportView::of(findings, context, language);
    let page = Page { m: language.messages(), style: STYLE, script: SCRIPT, script_hash: SCRIPT_HASH, view };
    Ok(page.render()?)
}

/// A message with values, for templates.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    fill(template, values)
}

#[cfg(test)]
mod tests;
