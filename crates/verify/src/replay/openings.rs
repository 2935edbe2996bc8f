//! Openings of pseudonyms: asked by one, approved by another, opened only then (非識別化措置).

use super::{Findings, Line, Map, Replay};
use crate::violation::Kind;
use noroshi_leaf::body::{Opening, OpeningStep};
use noroshi_leaf::{Actor, Commitment, Intent};
use noroshi_model::{MandateId, OpeningId};

#[derive(Debug)]
struct Request {
    mandate: MandateId,
    scope: Commitment,
    asked_by: Actor,
    step: OpeningStep,
}

/// All requests, and what was approved by its commitment.
#[derive(Debug, Default)]
pub(super) struct Openings {
    requests: Map<OpeningId, Request>,
    /// Who approved what: an intent names the commitment of the request it carries out.
    approved: Map<(MandateId, Commitment), Actor>,
}

impl Openings {
    /// An intent to open: there must be an approval of exactly this, and not by whoever opens.
    pub(super) fn opened(&self, line: Line, intent: &Intent, findings: &mut Findings) {
        match self.approved.get(&(intent.mandate, intent.scope)) {
            None => findings.add(Kind::OpeningWithoutApproval, line.index, intent.intent.to_string()),
            Some(approver) if *approver == line.actor => {
                findings.add(Kind::OpeningSelfApproved, line.index, intent.intent.to_string());
            }
            Some(_) => {}
        }
    }
}

impl Replay {
    pub(super) fn opening(&mut self, line: Line, said: Opening) {
        let id = said.opening;
        let requests = &mut self.openings.requests;
        if said.step == OpeningStep::Requested {
            let request = Request { mandate: said.mandate, scope: said.scope, asked_by: line.actor, step: said.step };
            if requests.contains_key(&id) {
                return self.findings.add(Kind::OpeningStep, line.index, id.to_string());
            }
            requests.insert(id, request);
            if self.mandates.live(said.mandate, line.at).is_none() {
                self.findings.add(Kind::ActWithoutMandate, line.index, format!("{id}, {}", said.mandate));
            }
            return;
        }
        let same = |request: &&mut Request| {
            request.step == OpeningStep::Requested && request.mandate == said.mandate && request.scope == said.scope
        };
        let Some(request) = requests.get_mut(&id).filter(same) else {
            return self.findings.add(Kind::OpeningStep, line.index, id.to_string());
        };
        request.step = said.step;
        let somebody_else = matches!(line.actor, Actor::Person { .. }) && !same_person(&line.actor, &request.asked_by);
        if said.step == OpeningStep::Approved {
            if somebody_else {
                self.openings.approved.insert((said.mandate, said.scope), line.actor);
            } else {
                self.findings.add(Kind::OpeningSelfApproved, line.index, id.to_string());
            }
        }
    }
}

/// One person, whichever organisation they act for.
fn same_person(one: &Actor, other: &Actor) -> bool {
    match (one, other) {
        (Actor::Person { person: one, .. }, Actor::Person { person: other, .. }) => one == other,
        _ => one == other,
    }
}
