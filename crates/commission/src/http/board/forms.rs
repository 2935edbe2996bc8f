//! What a form does.

use super::{COOKIE, Commissioner, DEMO_PASSPHRASE};
use crate::http::App;
use crate::http::machine::matter;
use crate::http::pages::{Frame, SignInPage, cookie, page, words};
use crate::keyring::{COMMISSIONERS, open_commissioner};
use crate::problem::Problem;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use noroshi_leaf::body::InspectionStep;
use noroshi_leaf::{Choice, Commitment, Digest};
use noroshi_model::time::{DAY, HOUR};
use noroshi_model::{MandateId, Micros};
use serde::Deserialize;
use std::sync::PoisonError;
use zeroize::Zeroizing;

#[derive(Deserialize)]
pub(in crate::http) struct SignIn {
    number: u8,
    #[serde(default)]
    passphrase: Zeroizing<String>,
}

pub(in crate::http) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Result<Response, Problem> {
    let now = app.now();
    let w = words(&headers);
    let again = |status, why| -> Result<Response, Problem> {
        let f = Frame { w, demo: app.demo, number: None, form: String::new(), year: 0 };
        Ok((status, page(&SignInPage { f, why: Some(why) })?).into_response())
    };
    let number = form.number;
    if app.sessions.lock().unwrap_or_else(PoisonError::into_inner).must_wait(number, now) {
        return again(StatusCode::TOO_MANY_REQUESTS, w.sign_in_wait);
    }
    let passphrase = if app.demo { Zeroizing::new(DEMO_PASSPHRASE.to_owned()) } else { form.passphrase };
    let keys = app.keys.clone();
    let opened = tokio::task::spawn_blocking(move || {
        (1..=COMMISSIONERS).contains(&number).then(|| open_commissioner(&keys, number, &passphrase).ok()).flatten()
    });
    let opened = opened.await.map_err(|error| Problem::own(&error))?;
    let mut sessions = app.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(signer) = opened else {
        sessions.failed(number, now);
        drop(sessions);
        return again(StatusCode::FORBIDDEN, w.sign_in_failed);
    };
    let token = sessions.open(number, signer, now);
    drop(sessions);
    let secure = if app.secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/board")).into_response())
}

#[derive(Deserialize)]
pub(in crate::http) struct Token {
    form: String,
}

pub(in crate::http) async fn sign_out(
    State(app): State<App>,
    who: Commissioner,
    Form(form): Form<Token>,
) -> Result<Response, Problem> {
    who.own_form(&form.form)?;
    let token = cookie(&who.headers, COOKIE).unwrap_or_default();
    app.sessions.lock().unwrap_or_else(PoisonError::into_inner).close(token);
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0");
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/board/sign-in")).into_response())
}

#[derive(Deserialize)]
pub(in crate::http) struct VoteForm {
    choice: String,
    #[serde(default)]
    conditions: String,
    form: String,
    reasons: String,
}

pub(in crate::http) async fn vote(
    State(app): State<App>,
    Path((mandate, version, word)): Path<(MandateId, u32, String)>,
    who: Commissioner,
    Form(form): Form<VoteForm>,
) -> Result<Response, Problem> {
    who.own_form(&form.form)?;
    let choice = match form.choice.as_str() {
        "for" => Choice::For,
        "against" => Choice::Against,
        _ => return Err(Problem::new(400, "vote.choice", "vote for or against")),
    };
    let Some(matter) = matter(&word) else {
        return who.refused(Problem::new(404, "vote.unknown", "there is nothing to vote on"));
    };
    let conditions: Vec<_> =
        form.conditions.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let signer = std::sync::Arc::clone(&who.signer);
    let cast = app.with(move |office, now| {
        office.vote(&signer, (mandate, version, matter), choice, conditions, &form.reasons, now)
    });
    match cast.await {
        Ok(()) => Ok(Redirect::to(&format!("/board/vote/{mandate}/{version}/{word}")).into_response()),
        Err(problem) => who.refused(problem),
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct FindForm {
    days: u16,
    form: String,
    step: String,
    text: String,
}

pub(in crate::http) async fn find(
    State(app): State<App>,
    who: Commissioner,
    Form(form): Form<FindForm>,
) -> Result<Response, Problem> {
    who.own_form(&form.form)?;
    let step = if form.step == "finding" { InspectionStep::Finding } else { InspectionStep::Recommendation };
    let days = i64::from(form.days.min(365));
    let written = app.with(move |office, now| {
        let due = (days > 0).then(|| Micros(now.0 + days * DAY));
        office.find(step, &form.text, due, None, now)
    });
    match written.await {
        Ok(_) => Ok(Redirect::to("/board/findings").into_response()),
        Err(problem) => who.refused(problem),
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct AnnounceForm {
    count: u64,
    form: String,
}

pub(in crate::http) async fn announce(
    State(app): State<App>,
    who: Commissioner,
    Form(form): Form<AnnounceForm>,
) -> Result<Response, Problem> {
    who.own_form(&form.form)?;
    match app.with(move |office, now| office.announce(form.count, now)).await {
        Ok(_) => Ok(Redirect::to("/board/samples").into_response()),
        Err(problem) => who.refused(problem),
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct PlantForm {
    form: String,
    hours: u16,
    note: String,
    scope: String,
}

pub(in crate::http) async fn plant(
    State(app): State<App>,
    who: Commissioner,
    Form(form): Form<PlantForm>,
) -> Result<Response, Problem> {
    who.own_form(&form.form)?;
    let scope: Digest = match form.scope.parse() {
        Ok(scope) => scope,
        Err(_) => return who.refused(Problem::new(422, "canary.scope", "a commitment has 64 hexadecimal digits")),
    };
    let hours = i64::from(form.hours.min(720));
    let planted =
        app.with(move |office, now| office.plant(Commitment(scope), form.note, Micros(now.0 + hours * HOUR), now));
    match planted.await {
        Ok(()) => Ok(Redirect::to("/board/samples").into_response()),
        Err(problem) => who.refused(problem),
    }
}
