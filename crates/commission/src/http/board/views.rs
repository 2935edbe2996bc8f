//! What the pages show.

use super::{Commissioner, terms};
use crate::ballot::{Outcome, Question, Request};
use crate::http::App;
use crate::http::machine::matter;
use crate::http::pages::{
    FindingRow, FindingsPage, Frame, MandateRow, MirrorPage, ReportPage, RequestsPage, SamplesPage, SignInPage,
    VotePage, WaitingRow, page, words,
};
use crate::inspect::Item;
use crate::messages::Words;
use crate::office::Office;
use crate::problem::Problem;
use crate::report::Report;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use noroshi_leaf::body::InspectionStep;
use noroshi_leaf::{Choice, Matter};
use noroshi_model::{MandateId, Micros};
use noroshi_verify::replay::Standing;

/// Violations listed on one page; the latest.
const LISTED_MAX: usize = 200;

pub(in crate::http) async fn sign_in_page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let f = Frame { w: words(&headers), demo: app.demo, number: None, form: String::new(), year: 0 };
    page(&SignInPage { f, why: None })
}

pub(in crate::http) async fn requests(State(app): State<App>, who: Commissioner) -> Result<Response, Problem> {
    let f = who.frame();
    let w = f.w;
    let (waiting, missing, mandates) = app
        .with(move |office, _| {
            let all = office.watch.replay().waiting();
            let row = |&(mandate, version): &(MandateId, u32)| {
                let request = office.ballots.request(mandate, version)?;
                let votes = office.ballot(&(mandate, version, Matter::Grant)).map_or(0, |b| b.cast.len());
                let title = request.title.clone();
                Some(WaitingRow { mandate: mandate.to_string(), version, title, votes })
            };
            let waiting: Vec<_> = all.iter().filter_map(row).collect();
            let absent = |(mandate, version): &&(MandateId, u32)| office.ballots.request(*mandate, *version).is_none();
            let missing: Vec<_> = all.iter().filter(absent).map(|(m, v)| (m.to_string(), *v)).collect();
            Ok((waiting, missing, mandate_rows(office, w)))
        })
        .await?;
    page(&RequestsPage { f, waiting, missing, mandates })
}

fn mandate_rows(office: &Office, w: &'static Words) -> Vec<MandateRow> {
    let replay = office.watch.replay();
    let row = |(mandate, standing): (MandateId, Standing)| {
        let (word, matters) = match standing {
            Standing::Proposed => (w.standing_proposed, vec![]),
            Standing::Granted => (w.standing_granted, vec![("suspend", w.matter_suspend), ("revoke", w.matter_revoke)]),
            Standing::Suspended => {
                (w.standing_suspended, vec![("resume", w.matter_resume), ("revoke", w.matter_revoke)])
            }
            Standing::Over => (w.standing_over, vec![]),
            Standing::Disposed => (w.standing_disposed, vec![]),
        };
        let version = replay.granted(mandate).map_or(0, |granted| granted.version);
        MandateRow { mandate: mandate.to_string(), version, standing: word, matters }
    };
    replay.mandates().into_iter().map(row).collect()
}

const fn matter_word(matter: Matter, w: &'static Words) -> &'static str {
    match matter {
        Matter::Grant => w.matter_grant,
        Matter::Suspend => w.matter_suspend,
        Matter::Resume => w.matter_resume,
        Matter::Revoke => w.matter_revoke,
        Matter::Replace => w.matter_replace,
    }
}

pub(in crate::http) async fn vote_page(
    State(app): State<App>,
    Path((mandate, version, word)): Path<(MandateId, u32, String)>,
    who: Commissioner,
) -> Result<Response, Problem> {
    let f = who.frame();
    let unknown = || Problem::new(404, "vote.unknown", f.w.nothing_to_vote);
    let Some(matter) = matter(&word) else { return who.refused(unknown()) };
    let question = (mandate, version, matter);
    let frame = who.frame();
    match app.with(move |office, _| Ok(vote_view(office, frame, question))).await? {
        Some(view) => page(&view),
        None => who.refused(unknown()),
    }
}

fn vote_view(office: &Office, f: Frame, question: Question) -> Option<VotePage> {
    let (mandate, version, matter) = question;
    let replay = office.watch.replay();
    let request = office.ballots.request(mandate, version).filter(|_| matter == Matter::Grant);
    let agreed = match (request, matter) {
        (Some(request), _) => &request.terms,
        (None, Matter::Grant) => return None,
        (None, _) => replay.granted(mandate).filter(|granted| granted.version == version)?.terms,
    };
    let ballot = office.ballot(&question);
    let cast = ballot.map(|ballot| &ballot.cast[..]).unwrap_or_default().iter().map(|cast| {
        let choice = match cast.vote.statement.choice {
            Choice::For => f.w.choice_for,
            Choice::Against => f.w.choice_against,
        };
        (cast.vote.by.key.to_string(), choice, cast.reasons.text.clone())
    });
    let cast: Vec<_> = cast.collect();
    let selectors = request.map(|request| &request.selectors[..]).unwrap_or_default().iter();
    let decided =
        matches!(office.outcome(&question), Outcome::Decided(_)) || office.terms_in_question(&question).is_none();
    Some(VotePage {
        title: request.map_or_else(|| matter_word(matter, f.w).to_owned(), |request| request.title.clone()),
        matter: matter_word(matter, f.w),
        mandate: mandate.to_string(),
        version,
        necessity: request.map(|request| request.necessity.text.clone()),
        terms: terms::rows(agreed, f.w.lang),
        selectors: selectors
            .map(|s| s.port.map_or(s.address.to_string(), |port| format!("{} port {port}", s.address)))
            .collect(),
        answer: request.and_then(|request| request.answer.as_ref()).map(|answer| {
            let cap = answer.load_cap_records_per_second.map_or(String::new(), |cap| format!(" ({cap}/s)"));
            format!("{:?}{cap}\n{}", answer.answer, answer.reason.text)
        }),
        objection: request.and_then(|request| request.objection.as_ref()).map(|text| text.text.clone()),
        conditions: ballot.map(|ballot| ballot.conditions.join("\n")).unwrap_or_default(),
        cast,
        decided,
        silent: matter == Matter::Grant && !request.is_some_and(Request::carrier_spoke),
        f,
    })
}

pub(in crate::http) async fn mirror(State(app): State<App>, who: Commissioner) -> Result<Response, Problem> {
    let f = who.frame();
    let view = app
        .with(move |office, now| {
            let (watch, replay) = (&office.watch, office.watch.replay());
            let overdue = replay.overdue(now);
            let count = replay.found_count() + overdue.len() as u64;
            let latest = overdue.iter().chain(replay.found().iter().rev()).take(LISTED_MAX);
            let violations = latest.map(|v| (v.index, v.kind.code(), v.sentence(f.w.lang))).collect();
            let rows = vec![
                (f.w.mirror_origin, watch.origin().to_owned()),
                (f.w.mirror_size, watch.mirrored().0.to_string()),
                (f.w.mirror_latest, replay.now().to_string()),
                (f.w.mirror_open_intents, replay.open_intents().to_string()),
                (f.w.mirror_released, office.releases().len().to_string()),
                (f.w.mirror_own_log, office.own_log_size().to_string()),
            ];
            let stopped = watch.stopped().map(str::to_owned);
            Ok(MirrorPage { f, stopped, rows, violations, count })
        })
        .await?;
    page(&view)
}

pub(in crate::http) async fn findings(State(app): State<App>, who: Commissioner) -> Result<Response, Problem> {
    let f = who.frame();
    let w = f.w;
    let rows = app
        .with(move |office, now| {
            let items = office.inspections.items();
            let asked = items.iter().filter(|item| item.step != InspectionStep::Answer);
            Ok(asked.rev().map(|item| finding_row(item, items, w, now)).collect())
        })
        .await?;
    page(&FindingsPage { f, rows })
}

fn finding_row(item: &Item, all: &[Item], w: &'static Words, now: Micros) -> FindingRow {
    let answers = |other: &&Item| other.number == item.number && other.step == InspectionStep::Answer;
    let late = item.due.is_some_and(|due| due < now);
    let answer = match all.iter().find(answers) {
        Some(answer) => answer.text.text.clone(),
        None if late => format!("{} – {}", w.unanswered, w.overdue),
        None => w.unanswered.to_owned(),
    };
    let step = if item.step == InspectionStep::Finding { w.finding } else { w.recommendation };
    let due = item.due.map_or_else(String::new, |due| due.to_string());
    FindingRow { number: item.number, step, text: item.text.text.clone(), due, answer }
}

pub(in crate::http) async fn samples(State(app): State<App>, who: Commissioner) -> Result<Response, Problem> {
    let f = who.frame();
    let view = app
        .with(move |office, now| {
            let samples = office.inspections.samples().into_iter().rev().map(|s| {
                let seed = s.seed.map_or_else(|| f.w.sample_waiting.to_owned(), |seed| seed.to_string());
                let drawn: Vec<_> = s.indexes.iter().map(ToString::to_string).collect();
                (s.number, s.count, seed, drawn.join(", "))
            });
            let samples = samples.collect();
            let canaries = office.inspections.canaries().iter().rev().map(|c| {
                let trace = match office.watch.trace(&c.scope) {
                    Some(index) => format!("{} {index}", f.w.canary_found),
                    None if c.due < now => f.w.canary_missing.to_owned(),
                    None => f.w.canary_pending.to_owned(),
                };
                (c.note.clone(), c.due.to_string(), trace)
            });
            let canaries = canaries.collect();
            Ok(SamplesPage { f, samples, canaries })
        })
        .await?;
    page(&view)
}

async fn counted(app: &App, year: i32) -> Result<Report, Problem> {
    app.with(move |office, now| {
        let released: Vec<_> = office.releases().iter().map(|release| release.at).collect();
        Report::of(&office.watch, year, &released, now)
    })
    .await
}

pub(in crate::http) async fn report(
    State(app): State<App>,
    Path(year): Path<i32>,
    who: Commissioner,
) -> Result<Response, Problem> {
    let f = who.frame();
    let report = match counted(&app, year).await {
        Ok(report) => report,
        Err(problem) => return who.refused(problem),
    };
    let (rows, violations) = (report.rows(f.w), report.violation_rows(f.w));
    page(&ReportPage { f, year, origin: report.origin, counted_from: report.counted_from, rows, violations })
}

pub(in crate::http) async fn report_markdown(
    State(app): State<App>,
    Path(year): Path<i32>,
    who: Commissioner,
) -> Result<Response, Problem> {
    match counted(&app, year).await {
        Ok(report) => {
            let text = report.to_markdown(who.frame().w);
            Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
        }
        Err(problem) => who.refused(problem),
    }
}
