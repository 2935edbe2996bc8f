//! The board's pages: who is signed in, what is shown, what a form does.

mod forms;
mod reruns;
pub(in crate::http) mod terms;
mod views;

pub(super) use forms::{announce, find, plant, sign_in, sign_out, vote};
pub(super) use reruns::{ask_again, reruns};
pub(super) use views::{findings, mirror, report, report_markdown, requests, samples, sign_in_page, vote_page};

use super::App;
use super::pages::{Frame, ProblemPage, cookie, page, words};
use super::session::Session;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use noroshi_leaf::Signer;
use noroshi_model::Micros;
use std::sync::{Arc, PoisonError};

/// The name of the session's cookie.
const COOKIE: &str = "commission";
/// The demonstration's passphrase: known to everybody, as the page says.
pub const DEMO_PASSPHRASE: &str = "demonstration only";

/// A commissioner who is signed in.
pub(super) struct Commissioner {
    number: u8,
    signer: Arc<Signer>,
    form: String,
    headers: HeaderMap,
    demo: bool,
    now: Micros,
}

impl FromRequestParts<App> for Commissioner {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Redirect> {
        let now = app.now();
        let token = cookie(&parts.headers, COOKIE).unwrap_or_default();
        let session = app.sessions.lock().unwrap_or_else(PoisonError::into_inner).of(token, now);
        let Some(Session { number, signer, form, .. }) = session else {
            return Err(Redirect::to("/board/sign-in"));
        };
        Ok(Self { number, signer, form, headers: parts.headers.clone(), demo: app.demo, now })
    }
}

/// The year of a moment, by UTC.
fn year(at: Micros) -> i32 {
    at.to_string().get(..4).and_then(|year| year.parse().ok()).unwrap_or(1970)
}

impl Commissioner {
    fn frame(&self) -> Frame {
        Frame {
            w: words(&self.headers),
            demo: self.demo,
            number: Some(self.number),
            form: self.form.clone(),
            year: year(self.now),
        }
    }

    /// A page that says why something was not done.
    fn refused(&self, problem: Problem) -> Result<Response, Problem> {
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let shown = ProblemPage { f: self.frame(), detail: problem.detail, code: problem.code };
        Ok((status, page(&shown)?).into_response())
    }

    /// Whether a form came from one of our own pages.
    fn own_form(&self, form: &str) -> Result<(), Problem> {
        use subtle::ConstantTimeEq as _;
        if bool::from(self.form.as_bytes().ct_eq(form.as_bytes())) {
            Ok(())
        } else {
            Err(Problem::new(403, "form.token", "the form is not of this session; open the page again"))
        }
    }
}

pub(super) async fn language(Path(lang): Path<String>) -> Response {
    let lang = if lang == "en" { "en" } else { "ja" };
    let cookie = format!("lang={lang}; Path=/; SameSite=Lax; Max-Age=31536000");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/board")).into_response()
}
