//! The page of hours run again: what was asked for, what came of it, what can be asked for.

use super::Commissioner;
use crate::http::App;
use crate::http::pages::{RerunRow, RerunsPage, page};
use crate::messages::Words;
use crate::problem::Problem;
use crate::rerun::{Found, Reproduction};
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use noroshi_model::{BatchId, Micros};
use noroshi_select::{Difference, Rules, Selector};
use serde::Deserialize;

/// Batches offered on the page, the newest first.
const OFFERED_MAX: usize = 50;

pub(in crate::http) async fn reruns(State(app): State<App>, who: Commissioner) -> Result<Response, Problem> {
    let f = who.frame();
    let view = app
        .with(move |office, now| {
            let rows = office.inspections.reproductions().into_iter().rev().map(|one| rerun_row(&one, f.w)).collect();
            let (size, _) = office.watch.mirrored();
            let kept = office.watch.sealed_below(size).into_iter().rev().filter_map(|(_, batch)| {
                let kept = office.watch.replay().batch(batch).filter(|kept| kept.is_kept_at(now))?;
                let sealed = office.watch.sealed(batch)?;
                let span = format!("{} – {}", sealed.from, sealed.until);
                Some((batch.to_string(), kept.opened.source.clone(), span, sealed.selected))
            });
            Ok(RerunsPage { f, rows, kept: kept.take(OFFERED_MAX).collect() })
        })
        .await?;
    page(&view)
}

fn rerun_row(one: &Reproduction, w: &'static Words) -> RerunRow {
    let outcome = match &one.run {
        Some((_, outcome)) if outcome.equal() => w.equal.to_owned(),
        Some(_) => w.different.to_owned(),
        None if one.empty => w.rerun_nothing.to_owned(),
        None if one.batch.is_none() => w.sample_waiting.to_owned(),
        None => w.rerun_waiting.to_owned(),
    };
    let run = one.run.as_ref();
    RerunRow {
        number: one.number,
        at: one.at.to_string(),
        batch: one.batch.map_or_else(String::new, |batch| batch.to_string()),
        drawn: one.seed.map_or_else(String::new, |(seed, size)| format!("{seed} ({size})")),
        outcome,
        hours: run.map_or_else(String::new, |(_, outcome)| format!("{} / {}", outcome.hours, outcome.servers)),
        found: run
            .map(|(_, outcome)| outcome.found.iter().map(|found| found_words(found, w)).collect())
            .unwrap_or_default(),
    }
}

/// What a run found, in words.
fn found_words(found: &Found, w: &'static Words) -> String {
    let server = |selector: &Selector| {
        let port = selector.port.map_or_else(|| "*".to_owned(), |port| port.to_string());
        let protocol = selector.protocol.map_or_else(|| "*".to_owned(), |protocol| protocol.to_string());
        format!("{} {port}/{protocol} ({})", selector.server, selector.rule)
    };
    match found {
        Found::OtherInput => w.found_input.to_owned(),
        Found::Unreadable(why) => format!("{}: {why}", w.found_unreadable),
        Found::OtherBatch => w.found_batch.to_owned(),
        Found::OtherSelection => w.found_selection.to_owned(),
        Found::NotReproduced => w.found_not_reproduced.to_owned(),
        Found::OtherNames => w.found_names.to_owned(),
        Found::OtherBefore => w.found_before.to_owned(),
        Found::Selection(Difference::Rules { said, own }) => {
            let rules = |rules: &Rules| format!("{} {} {}", rules.weights, rules.look_from, rules.candidates_max);
            format!("{}: {} ≠ {}", w.found_rules, rules(said), rules(own))
        }
        Found::Selection(Difference::Hour { number, until_us }) => {
            format!("{} {} ({})", w.found_hour, number + 1, Micros(*until_us))
        }
        Found::Selection(Difference::LeftOut { number }) => format!("{} {}", w.found_left_out, number + 1),
        Found::Selection(Difference::Added(one)) => format!("{}: {}", w.found_added, server(one)),
        Found::Selection(Difference::Dropped(one)) => format!("{}: {}", w.found_dropped, server(one)),
        Found::Selection(Difference::OtherRule { said, again }) => {
            format!("{}: {} ≠ {}", w.found_rule, server(said), server(again))
        }
        Found::Selection(Difference::Version { said, again }) => format!("{}: {said} ≠ {again}", w.found_version),
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct AgainForm {
    form: String,
    /// Which batch; empty to have one drawn.
    #[serde(default)]
    batch: String,
}

pub(in crate::http) async fn ask_again(
    State(app): State<App>,
    who: Commissioner,
    Form(form): Form<AgainForm>,
) -> Result<Response, Problem> {
    who.own_form(&form.form)?;
    let batch = match form.batch.as_str() {
        "" => None,
        text => match text.parse::<BatchId>() {
            Ok(batch) => Some(batch),
            Err(_) => return who.refused(Problem::new(404, "reproduction.unknown", "there is no batch of that id")),
        },
    };
    let asked = app.with(move |office, now| match batch {
        Some(batch) => office.ask_again(batch, now),
        None => office.announce_again(now),
    });
    match asked.await {
        Ok(_) => Ok(Redirect::to("/board/reruns").into_response()),
        Err(problem) => who.refused(problem),
    }
}
