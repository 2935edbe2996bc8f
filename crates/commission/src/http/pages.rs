//! The pages of the board, as types: each with what its template shows, in one language.

use super::App;
use super::board::terms::Term;
use crate::messages::{EN, JA, Words};
use crate::problem::Problem;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// What every page has.
pub(super) struct Frame {
    pub(super) w: &'static Words,
    pub(super) demo: bool,
    pub(super) number: Option<u8>,
    pub(super) form: String,
    pub(super) year: i32,
}

/// A cookie of a request.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split("; ")).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The language asked for: by cookie, else by the browser, else Japanese.
pub(super) fn words(headers: &HeaderMap) -> &'static Words {
    let browser = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("ja");
    match cookie(headers, "lang").unwrap_or(browser).get(..2) {
        Some("en") => &EN,
        _ => &JA,
    }
}

/// A page, or what kept it from being one.
pub(super) fn page(template: &impl Template) -> Result<Response, Problem> {
    template.render().map(|html| Html(html).into_response()).map_err(|error| Problem::own(&error))
}

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../templates/style.css")).into_response()
}

pub(super) async fn not_found(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let w = words(&headers);
    let frame = Frame { w, demo: app.demo, number: None, form: String::new(), year: 0 };
    let problem = ProblemPage { f: frame, detail: w.not_found.to_owned(), code: "page.unknown" };
    Ok((StatusCode::NOT_FOUND, page(&problem)?).into_response())
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage {
    pub(super) f: Frame,
    pub(super) why: Option<&'static str>,
}

pub(super) struct WaitingRow {
    pub(super) mandate: String,
    pub(super) version: u32,
    pub(super) title: String,
    pub(super) votes: usize,
}

pub(super) struct MandateRow {
    pub(super) mandate: String,
    pub(super) version: u32,
    pub(super) standing: &'static str,
    pub(super) matters: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "requests.html")]
pub(super) struct RequestsPage {
    pub(super) f: Frame,
    pub(super) waiting: Vec<WaitingRow>,
    pub(super) missing: Vec<(String, u32)>,
    pub(super) mandates: Vec<MandateRow>,
}

#[derive(Template)]
#[template(path = "vote.html")]
pub(super) struct VotePage {
    pub(super) f: Frame,
    pub(super) title: String,
    pub(super) matter: &'static str,
    pub(super) mandate: String,
    pub(super) version: u32,
    pub(super) necessity: Option<String>,
    pub(super) terms: Vec<Term>,
    pub(super) silent: bool,
    pub(super) selectors: Vec<String>,
    pub(super) answer: Option<String>,
    pub(super) objection: Option<String>,
    pub(super) cast: Vec<(String, &'static str, String)>,
    pub(super) conditions: String,
    pub(super) decided: bool,
}

#[derive(Template)]
#[template(path = "mirror.html")]
pub(super) struct MirrorPage {
    pub(super) f: Frame,
    pub(super) stopped: Option<String>,
    pub(super) rows: Vec<(&'static str, String)>,
    pub(super) violations: Vec<(u64, &'static str, String)>,
    pub(super) count: u64,
}

pub(super) struct FindingRow {
    pub(super) number: u64,
    pub(super) step: &'static str,
    pub(super) text: String,
    pub(super) due: String,
    pub(super) answer: String,
}

#[derive(Template)]
#[template(path = "findings.html")]
pub(super) struct FindingsPage {
    pub(super) f: Frame,
    pub(super) rows: Vec<FindingRow>,
}

#[derive(Template)]
#[template(path = "samples.html")]
pub(super) struct SamplesPage {
    pub(super) f: Frame,
    pub(super) samples: Vec<(u64, u64, String, String)>,
    pub(super) canaries: Vec<(String, String, String)>,
}

pub(super) struct RerunRow {
    pub(super) number: u64,
    pub(super) at: String,
    pub(super) batch: String,
    pub(super) drawn: String,
    pub(super) outcome: String,
    pub(super) hours: String,
    pub(super) found: Vec<String>,
}

#[derive(Template)]
#[template(path = "reruns.html")]
pub(super) struct RerunsPage {
    pub(super) f: Frame,
    pub(super) rows: Vec<RerunRow>,
    pub(super) kept: Vec<(String, String, String, u64)>,
}

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct ReportPage {
    pub(super) f: Frame,
    pub(super) year: i32,
    pub(super) origin: String,
    pub(super) counted_from: u64,
    pub(super) rows: Vec<(String, String)>,
    pub(super) violations: Vec<(String, String, u64)>,
}

#[derive(Template)]
#[template(path = "problem.html")]
pub(super) struct ProblemPage {
    pub(super) f: Frame,
    pub(super) detail: String,
    pub(super) code: &'static str,
}
