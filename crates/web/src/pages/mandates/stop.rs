//! `/mandates/{id}/stop/suspend`, `…/resume`, `…/revoke`: stopping is easy, going on is the commission's.

use super::dossier;
use crate::answer::{Answer, Fields};
use crate::fault::Fault;
use crate::office::Deed;
use crate::pages::{Frame, confirm};
use crate::state::{Shared, State};
use crate::visitor::Visit;
use askama::Template;
use axum::extract::{Path, State as Part};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use noroshi_casework::Said;
use noroshi_casework::mandate::Command;
use noroshi_leaf::{Digest, Salt, Signed, Vote};
use noroshi_model::{MandateId, OrgKind};

#[derive(Template)]
#[template(path = "stop.html")]
struct Page {
    f: Frame,
    title: String,
    lead: &'static str,
    action: String,
    back: String,
    with_reason: bool,
    with_votes: bool,
    reason: String,
    votes: String,
    fault: Option<String>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    Suspend,
    Resume,
    Revoke,
}

impl Stop {
    /// From the last part of the path.
    fn parse(word: &str) -> Option<Self> {
        match word {
            "suspend" => Some(Self::Suspend),
            "resume" => Some(Self::Resume),
            "revoke" => Some(Self::Revoke),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
        }
    }
}

/// The page.
pub(crate) fn render(
    f: Frame,
    stop: Stop,
    (id, title): (MandateId, &str),
    (fields, with_votes): (&Fields, bool),
    fault: Option<String>,
) -> Result<String, askama::Error> {
    let lead = match stop {
        Stop::Suspend => f.m.suspend_lead,
        Stop::Resume => f.m.resume_lead,
        Stop::Revoke => f.m.revoke_lead,
    };
    Page {
        title: title.to_owned(),
        lead,
        action: format!("/mandates/{id}/stop/{}", stop.word()),
        back: format!("/mandates/{id}"),
        with_reason: stop != Stop::Resume,
        with_votes,
        reason: fields.get("reason").to_owned(),
        votes: fields.get("votes").to_owned(),
        fault,
        f,
    }
    .render()
}

async fn view(
    hub: &Shared,
    visit: &Visit,
    (id, stop): (MandateId, Stop),
    fields: &Fields,
    fault: Option<String>,
) -> Answer {
    let (_, dossier) = dossier(hub, visit, id).await?;
    let m = visit.language.messages();
    let title = match stop {
        Stop::Suspend => m.suspend,
        Stop::Resume => m.resume,
        Stop::Revoke => m.revoke,
    };
    let overseer = visit.signed_in().is_some_and(|who| who.organisation.kind == OrgKind::Commission);
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(hub, visit, title);
    let html = render(frame, stop, (id, &dossier.mandate.title), (fields, overseer), fault)?;
    Ok((status, Html(html)).into_response())
}

/// `GET /mandates/{id}/stop/{suspend|resume|revoke}`
pub(crate) async fn show(Part(hub): Part<State>, visit: Visit, Path((id, word)): Path<(MandateId, String)>) -> Answer {
    let stop = Stop::parse(&word).ok_or_else(Fault::not_found)?;
    view(&hub, &visit, (id, stop), &Fields::default(), None).await
}

/// `POST /mandates/{id}/stop/{suspend|resume|revoke}`
pub(crate) async fn send(
    Part(hub): Part<State>,
    visit: Visit,
    Path((id, word)): Path<(MandateId, String)>,
    fields: Fields,
) -> Answer {
    let stop = Stop::parse(&word).ok_or_else(Fault::not_found)?;
    let m = visit.language.messages();
    let votes: Result<Vec<Signed<Vote>>, _> = match fields.get("votes") {
        "" => Ok(Vec::new()),
        text => serde_json::from_str(text),
    };
    let Ok(votes) = votes else { return view(&hub, &visit, (id, stop), &fields, Some(m.votes_fault.to_owned())).await };
    let reason = Said::new(fields.get("reason"), Salt(Digest(hub.random())));
    if stop != Stop::Resume && !reason.is_given() {
        return view(&hub, &visit, (id, stop), &fields, Some(m.reason_fault.to_owned())).await;
    }
    let command = match stop {
        Stop::Suspend => Command::Suspend { reason, votes },
        Stop::Resume => Command::Resume(votes),
        Stop::Revoke => Command::Revoke { reason, votes },
    };
    let path = format!("/mandates/{id}");
    let deed = Deed::Mandate { id, command: Box::new(command) };
    confirm::ask(&hub, &visit, deed, (path.clone(), &path), None).await
}
