//! `GET /mandates/{id}`: the five-lane board (図19), terms and what they widen, every word said, the ledger's lines.

use super::dossier;
use super::terms::{Term, rows};
use crate::answer::{Answer, page};
use crate::board::{self, Board, Stage};
use crate::fault::Fault;
use crate::messages::fill;
use crate::office::{Dossier, Line};
use crate::pages::Frame;
use crate::show::{Moment, count};
use crate::state::State;
use crate::visitor::Visit;
use askama::Template;
use axum::extract::{Path, State as Part};
use noroshi_casework::hunt::HuntStanding;
use noroshi_casework::mandate::{Mandate, Standing};
use noroshi_casework::opening::OpeningStanding;
use noroshi_casework::party::Person;
use noroshi_leaf::Answer as CarrierSays;
use noroshi_model::{MandateId, Micros, Role};

struct Number {
    label: String,
    value: String,
    indented: bool,
}

struct LaneView {
    title: &'static str,
    state: &'static str,
    class: &'static str,
    numbers: Vec<Number>,
    share: Option<String>,
    evidence: Vec<u64>,
}

struct Look {
    at: Moment,
    who: String,
    act: &'static str,
    path: String,
    why: String,
    result: String,
}

/// A line of the ledger in a table.
pub(crate) struct LineRow {
    pub(crate) index: String,
    pub(crate) at: Moment,
    pub(crate) who: String,
    pub(crate) kind: String,
    pub(crate) what: String,
    pub(crate) receipt: Option<String>,
}

struct Action {
    path: String,
    label: &'static str,
    main: bool,
    danger: bool,
}

#[derive(Template)]
#[template(path = "mandate.html")]
struct Page {
    f: Frame,
    id: MandateId,
    title: String,
    stands: &'static str,
    class: &'static str,
    waits: Option<&'static str>,
    actions: Vec<Action>,
    lanes: Vec<LaneView>,
    adds_up: bool,
    balance: String,
    looks: Vec<Look>,
    version: String,
    terms: Vec<Term>,
    conditions: Vec<String>,
    sayings: Vec<(String, String)>,
    lines: Vec<LineRow>,
}

/// The page.
pub(crate) fn render(f: Frame, dossier: &Dossier, person: &Person, now: Micros) -> Result<String, askama::Error> {
    let mandate = &dossier.mandate;
    let board = board::of(dossier, now);
    let (stands, class) = f.language.stands(mandate, now);
    let granted = mandate.granted();
    let (terms, before, number) = match &mandate.pending {
        Some(pending) => (Some(&pending.request.terms), granted.map(|granted| &granted.terms), pending.version),
        None => {
            (granted.map(|granted| &granted.terms), None, granted.map_or(mandate.version, |granted| granted.version))
        }
    };
    let f = f.live();
    Page {
        id: mandate.id,
        title: mandate.title.clone(),
        stands,
        class,
        waits: waits(&f, mandate),
        actions: actions(&f, mandate, person, now),
        lanes: lanes(&f, &board, mandate),
        adds_up: board.tally.adds_up(),
        balance: balance(&f, &board),
        looks: looks(&f, dossier),
        version: format!("{} {number}", f.m.version),
        terms: terms.map(|terms| rows(&f, &dossier.names, terms, before)).unwrap_or_default(),
        conditions: granted.map(|granted| granted.conditions.clone()).unwrap_or_default(),
        sayings: sayings(&f, dossier),
        lines: dossier.lines.iter().rev().map(|line| line_row(&f, line, dossier)).collect(),
        f,
    }
    .render()
}

fn line_row(f: &Frame, line: &Line, dossier: &Dossier) -> LineRow {
    self::line(f, line, &dossier.names)
}

/// A line as a row.
pub(crate) fn line(f: &Frame, line: &Line, names: &crate::office::Names) -> LineRow {
    LineRow {
        index: line.index.map_or_else(|| "–".to_owned(), |index| index.to_string()),
        at: f.moment(line.leaf.at),
        who: f.language.actor(&line.leaf.actor, names),
        kind: f.language.kind(&line.leaf.body),
        what: f.language.says(&line.leaf.body),
        receipt: line.index.map(|index| format!("/ledger/{index}/receipt")),
    }
}

fn waits(f: &Frame, mandate: &Mandate) -> Option<&'static str> {
    let pending = mandate.pending.as_ref()?;
    Some(match &pending.answer {
        None => f.m.waits_carrier_note,
        Some(answer) if answer.answer == CarrierSays::NotFeasible => f.m.waits_cannot_note,
        Some(_) => f.m.waits_commission_note,
    })
}

/// What this person may do next. The office decides; this only shows doors that may open.
fn actions(f: &Frame, mandate: &Mandate, person: &Person, now: Micros) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut add = |may: bool, rest: &str, label, main: bool, danger: bool| {
        if may {
            actions.push(Action { path: format!("/mandates/{}{rest}", mandate.id), label, main, danger });
        }
    };
    let holds = |role| person.acts_as(role);
    let mine = mandate.requester == person.org && (holds(Role::LineOfficer) || holds(Role::OperatorOfficer));
    let live = mandate.live_at(now).is_some();
    let stands = matches!(mandate.standing, Standing::Live(_) | Standing::Suspended { .. });
    let suspended = matches!(mandate.standing, Standing::Suspended { .. });
    let overseer = holds(Role::Commissioner);
    let pending = mandate.pending.as_ref();
    let carrier = holds(Role::CarrierLiaison) && mandate.carrier() == Some(person.org);
    add(carrier && pending.is_some(), "/card", f.m.carrier_card, true, false);
    add(overseer && pending.is_some(), "/decision", f.m.decision_title, true, false);
    let named = live && mandate.granted().is_some_and(|granted| granted.terms.analysts.contains(&person.id));
    add(named && holds(Role::Analyst), "/hunts/new", f.m.hunt_ask, true, false);
    add(named && holds(Role::Analyst), "/openings/new", f.m.opening_ask, false, false);
    let again = stands || matches!(mandate.standing, Standing::Refused);
    add(mine && pending.is_none() && again, "/version", f.m.version_request, false, false);
    add(mine && stands, "/narrow", f.m.narrow, false, false);
    add(
        (mine || overseer || carrier) && matches!(mandate.standing, Standing::Live(_)),
        "/stop/suspend",
        f.m.suspend,
        false,
        true,
    );
    add(overseer && suspended, "/stop/resume", f.m.resume, true, false);
    add((mine || overseer) && (stands || pending.is_some()), "/stop/revoke", f.m.revoke, false, true);
    actions
}

fn lanes(f: &Frame, board: &Board, mandate: &Mandate) -> Vec<LaneView> {
    let titles = [f.m.lane_approval, f.m.lane_carrier, f.m.lane_processing, f.m.lane_sharing, f.m.lane_disposal];
    let numbers = [
        approval_numbers(f, board, mandate),
        carrier_numbers(f, board, mandate),
        processing_numbers(f, board),
        sharing_numbers(f, board),
        disposal_numbers(f, board),
    ];
    let lane = |((title, numbers), lane): ((&'static str, Vec<Number>), &board::Lane)| {
        let (state, class) = stage(f, lane.stage);
        LaneView { title, state, class, numbers, share: None, evidence: lane.evidence.clone() }
    };
    let mut lanes: Vec<_> = titles.into_iter().zip(numbers).zip(&board.lanes).map(lane).collect();
    if let Some(processing) = lanes.get_mut(2) {
        processing.share = share(f, board);
    }
    lanes
}

const fn stage(f: &Frame, stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::NotYet => (f.m.stage_not_yet, "none"),
        Stage::Waiting => (f.m.stage_waiting, "waits"),
        Stage::Running => (f.m.stage_running, "live"),
        Stage::Halted => (f.m.stage_halted, "stopped"),
        Stage::Complete => (f.m.stage_complete, "done"),
        Stage::Declined => (f.m.stage_declined, "over"),
    }
}

fn number(label: impl Into<String>, value: impl Into<String>) -> Number {
    Number { label: label.into(), value: value.into(), indented: false }
}

fn approval_numbers(f: &Frame, board: &Board, mandate: &Mandate) -> Vec<Number> {
    let (pros, cons) = board.tally.votes;
    vec![
        number(f.m.version, mandate.version.to_string()),
        number(f.m.votes_for, pros.to_string()),
        number(f.m.votes_against, cons.to_string()),
    ]
}

fn carrier_numbers(f: &Frame, board: &Board, mandate: &Mandate) -> Vec<Number> {
    let answer = mandate.pending.as_ref().and_then(|pending| pending.answer.as_ref());
    let mut numbers = Vec::new();
    if let Some(answer) = answer {
        numbers.push(number(f.m.carrier_answer, f.language.answer(answer.answer)));
    }
    let cap = answer.and_then(|answer| answer.load_cap_records_per_second);
    let cap = cap.or_else(|| mandate.granted().and_then(|granted| granted.load_cap_records_per_second));
    if let Some(cap) = cap {
        numbers.push(number(f.m.load_cap_short, count(cap)));
    }
    numbers.push(number(f.m.batches, count(board.tally.batches)));
    numbers.push(number(f.m.received, count(board.tally.received)));
    numbers
}

fn processing_numbers(f: &Frame, board: &Board) -> Vec<Number> {
    let tally = &board.tally;
    let mut numbers = vec![number(f.m.dropped, count(tally.out_sum()))];
    numbers.extend(tally.out.iter().map(|(reason, records)| Number {
        label: f.language.dropped(reason),
        value: count(*records),
        indented: true,
    }));
    numbers.push(number(f.m.aggregated, count(tally.aggregated)));
    numbers.push(number(f.m.kept, count(tally.kept)));
    numbers.push(number(f.m.hunts_run, count(tally.hunts)));
    if tally.hunts_open > 0 {
        numbers.push(number(f.m.hunts_open, count(tally.hunts_open)));
    }
    numbers.push(number(f.m.rows_given, count(tally.rows)));
    numbers.push(number(f.m.opened, count(tally.opened)));
    numbers
}

fn sharing_numbers(f: &Frame, board: &Board) -> Vec<Number> {
    vec![number(f.m.findings, count(board.tally.findings)), number(f.m.shared, count(board.tally.shared))]
}

fn disposal_numbers(f: &Frame, board: &Board) -> Vec<Number> {
    let tally = &board.tally;
    let mut numbers = vec![
        number(f.m.disposed_batches, format!("{} / {}", count(tally.disposed), count(tally.batches))),
        number(f.m.disposed_records, count(tally.disposed_records)),
    ];
    if let Some(next) = tally.next_disposal {
        numbers.push(number(f.m.next_disposal, f.time(next).chars().take(10).collect::<String>()));
    }
    if tally.overdue > 0 {
        numbers.push(number(f.m.overdue, count(tally.overdue)));
    }
    numbers
}

/// What part of what came was kept, in parts a million: the answer to "how broad is it".
fn share(f: &Frame, board: &Board) -> Option<String> {
    let received = board.tally.received;
    let millionths = board.tally.kept.saturating_mul(1_000_000).checked_div(received)?;
    Some(fill(f.m.kept_share, &[("share", &count(millionths))]))
}

fn balance(f: &Frame, board: &Board) -> String {
    let tally = &board.tally;
    let values = [
        ("received", count(tally.received)),
        ("dropped", count(tally.out_sum())),
        ("aggregated", count(tally.aggregated)),
        ("kept", count(tally.kept)),
    ];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fill(if tally.adds_up() { f.m.balance_good } else { f.m.balance_bad }, &values)
}

/// Who looked at what was kept, and why: hunts and openings, newest first.
fn looks(f: &Frame, dossier: &Dossier) -> Vec<Look> {
    let hunts = dossier.hunts.iter().map(|(id, hunt)| {
        let result = match &hunt.standing {
            HuntStanding::Done { rows, .. } => format!("{} {}", count(*rows), f.m.rows),
            standing => f.language.hunt_standing(standing).to_owned(),
        };
        let why = format!("{}: {}", f.language.reason_code(hunt.question.reason_code), hunt.question.reason.text);
        (hunt.at, hunt.by, f.m.hunt, format!("/hunts/{id}"), why, result)
    });
    let openings = dossier.openings.iter().map(|(id, opening)| {
        let result = opening_stands(f, &opening.standing).to_owned();
        (opening.at, opening.by, f.m.opening, format!("/openings/{id}"), opening.reason.text.clone(), result)
    });
    let mut all: Vec<_> = hunts.chain(openings).collect();
    all.sort_by_key(|look| std::cmp::Reverse(look.0));
    let look = |(at, by, act, path, why, result)| Look {
        at: f.moment(at),
        who: dossier.names.person(by),
        act,
        path,
        why,
        result,
    };
    all.into_iter().map(look).collect()
}

/// Where a request to open a pseudonym stands.
pub(crate) const fn opening_stands(f: &Frame, standing: &OpeningStanding) -> &'static str {
    match standing {
        OpeningStanding::Asked => f.m.opening_asked,
        OpeningStanding::Approved { .. } => f.m.opening_approved,
        OpeningStanding::Denied { .. } => f.m.opening_denied,
        OpeningStanding::Opened { .. } => f.m.opening_opened,
    }
}

fn sayings(f: &Frame, dossier: &Dossier) -> Vec<(String, String)> {
    let mandate = &dossier.mandate;
    let mut sayings = Vec::new();
    if let Some(pending) = &mandate.pending {
        sayings.push((f.m.form_necessity.to_owned(), pending.request.necessity.text.clone()));
        if let Some(answer) = &pending.answer {
            let label = format!("{} · {}", f.m.carrier_answer, f.language.answer(answer.answer));
            sayings.push((label, answer.reason.text.clone()));
        }
        if let Some(objection) = &pending.objection {
            sayings.push((f.m.objection.to_owned(), objection.text.clone()));
        }
    }
    if let Standing::Suspended { reason, .. } = &mandate.standing {
        sayings.push((f.m.suspended_because.to_owned(), reason.text.clone()));
    }
    for (at, reason) in mandate.granted().into_iter().flat_map(|granted| &granted.reasons).enumerate() {
        sayings.push((format!("{} {}", f.m.commissioner_reason, at + 1), reason.text.clone()));
    }
    sayings
}

/// `GET /mandates/{id}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path(id): Path<MandateId>) -> Answer {
    let (_, dossier) = dossier(&hub, &visit, id).await?;
    let person = &visit.signed_in().ok_or_else(Fault::sign_in_first)?.person;
    let frame = Frame::new(&hub, &visit, dossier.mandate.title.clone());
    page(render(frame, &dossier, person, visit.at)?)
}
