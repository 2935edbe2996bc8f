//! `/home`: one's own part. What waits for this person comes first.

use super::Frame;
use super::mandates::choices::{asks_for_terms, proposes, title};
use crate::answer::{Answer, page};
use crate::fault::Fault;
use crate::office::{OfficeError, Summary};
use crate::state::State;
use crate::visitor::Visit;
use askama::Template;
use axum::extract::State as Part;
use noroshi_casework::mandate::Standing;
use noroshi_casework::party::{Organisation, Person};
use noroshi_model::{Micros, Role};

/// Something that waits for this person.
pub(crate) struct Task {
    pub(crate) path: String,
    pub(crate) tag: &'static str,
    pub(crate) class: &'static str,
    pub(crate) what: &'static str,
    pub(crate) about: String,
}

/// A place to go.
pub(crate) struct Door {
    pub(crate) path: &'static str,
    pub(crate) label: &'static str,
    pub(crate) what: &'static str,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    f: Frame,
    greeting: String,
    tasks: Vec<Task>,
    roles: Vec<(&'static str, &'static str)>,
    doors: Vec<Door>,
}

/// The page.
pub(crate) fn render(
    f: Frame,
    (person, organisation): (&Person, &Organisation),
    summaries: &[Summary],
    now: Micros,
) -> Result<String, askama::Error> {
    let greeting = crate::messages::fill(f.m.home_greeting, &[("name", &person.display_name)]);
    let tasks = summaries.iter().filter_map(|summary| task(&f, person, summary, now)).collect();
    let roles = person.roles.iter().map(|role| (f.language.role(*role), f.language.role_does(*role))).collect();
    let doors = doors(&f, person, organisation);
    Page { greeting, tasks, roles, doors, f }.render()
}

fn task(f: &Frame, person: &Person, summary: &Summary, now: Micros) -> Option<Task> {
    let mandate = &summary.mandate;
    let path = |rest: &str| format!("/mandates/{}{rest}", mandate.id);
    let make = |rest: &str, what| Task {
        path: path(rest),
        tag: f.m.task_now,
        class: "waits",
        what,
        about: mandate.title.clone(),
    };
    let holds = |role| person.acts_as(role);
    if let Some(pending) = &mandate.pending {
        if pending.answer.is_none() && holds(Role::CarrierLiaison) && pending.request.terms.carrier == person.org {
            return Some(make("/card", f.m.task_answer));
        }
        if pending.answer.is_some() && holds(Role::Commissioner) {
            return Some(make("/decision", f.m.task_decide));
        }
        let asked = holds(Role::LineOfficer) || holds(Role::OperatorOfficer);
        if asked && mandate.requester == person.org {
            let what = if pending.answer.is_none() { f.m.task_wait_carrier } else { f.m.task_wait_commission };
            return Some(Task { tag: f.m.task_later, class: "none", ..make("", what) });
        }
        return None;
    }
    match &mandate.standing {
        Standing::Live(granted) if holds(Role::Analyst) && granted.terms.analysts.contains(&person.id) => {
            mandate.live_at(now).map(|_| Task { tag: f.m.task_open, class: "live", ..make("", f.m.task_hunt) })
        }
        Standing::Suspended { .. } if holds(Role::LineOfficer) || holds(Role::Commissioner) => {
            Some(Task { class: "stopped", ..make("", f.m.task_suspended) })
        }
        _ => None,
    }
}

fn doors(f: &Frame, person: &Person, organisation: &Organisation) -> Vec<Door> {
    let mut doors = Vec::new();
    let mut door = |open: bool, path, label, what| {
        if open {
            doors.push(Door { path, label, what });
        }
    };
    let holds = |role| person.acts_as(role);
    let request = title(f.language, person, organisation);
    let what = if proposes(person, organisation) { f.m.door_propose } else { f.m.door_request };
    door(asks_for_terms(person, organisation), "/mandates/new", request, what);
    door(f.nav.iter().any(|item| item.path == "/mandates"), "/mandates", f.m.nav_mandates, f.m.door_mandates);
    door(f.nav.iter().any(|item| item.path == "/findings"), "/findings", f.m.nav_findings, f.m.door_findings);
    door(f.nav.iter().any(|item| item.path == "/ledger"), "/ledger", f.m.nav_ledger, f.m.door_ledger);
    door(
        holds(Role::Administrator) || holds(Role::OrgAdministrator),
        "/organisations",
        f.m.nav_organisations,
        f.m.door_people,
    );
    doors
}

/// `GET /home`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit) -> Answer {
    let who = visit.signed_in().ok_or_else(Fault::sign_in_first)?;
    let asker = visit.asker().ok_or_else(Fault::sign_in_first)?;
    let summaries = match hub.parts.office.mandates(&asker).await {
        Ok(summaries) => summaries,
        // Somebody without any part in mandates has a home all the same.
        Err(OfficeError::Refused { .. } | OfficeError::NotFound) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let frame = Frame::new(&hub, &visit, visit.language.messages().home_title);
    page(render(frame, (&who.person, &who.organisation), &summaries, visit.at)?)
}
