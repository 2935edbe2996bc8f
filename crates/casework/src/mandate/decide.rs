//! One step in the life of a mandate, decided.

use super::command::{Asked, By, Command, Decision};
use super::event::Event;
use super::refused::Refused;
use super::rules::RulePack;
use super::{CarrierAnswer, Granted, Mandate, Pending, Request, Standing};
use crate::said::Said;
use noroshi_leaf::{Answer, Matter, Roster, Signed, Terms, Vote};
use noroshi_model::Micros;

/// Characters of a title at most.
pub const TITLE_CHARS_MAX: usize = 200;
/// Known servers one request may name.
pub const SELECTORS_MAX: usize = 10_000;
/// Conditions one decision may set.
pub const CONDITIONS_MAX: usize = 32;

/// Decides one step at `now`, by a rule pack and the commission's roster.
///
/// # Errors
/// [`Refused`], with the first rule that refused. The caller records it like a success.
pub fn decide(
    state: Option<&Mandate>,
    asked: &Asked,
    now: Micros,
    rules: &RulePack,
    roster: &Roster,
) -> Result<Event, Refused> {
    if let Command::Request(request) = &asked.command {
        return request_version(state, asked, request, now, rules);
    }
    let mandate = state.ok_or(Refused::NoSuchMandate)?;
    match &asked.command {
        Command::Request(_) => Err(Refused::NoChange),
        Command::Answer { answer, load_cap_records_per_second: cap, reason } => {
            let pending = waiting(mandate)?;
            let carrier = asked.is_org(pending.request.terms.carrier);
            only(carrier, "the carrier it is addressed to")?;
            given(reason, "reason")?;
            if *answer == Answer::Partly && cap.is_none() {
                return Err(Refused::Carrier("must say how much it can carry, as records a second"));
            }
            let answer =
                CarrierAnswer { answer: *answer, at: now, load_cap_records_per_second: *cap, reason: reason.clone() };
            Ok(Event::Answered(answer))
        }
        Command::Object(reason) => {
            let pending = waiting(mandate)?;
            only(asked.is_org(pending.request.terms.carrier), "the carrier it is addressed to")?;
            given(reason, "reason").map(|()| Event::Objected(reason.clone()))
        }
        Command::Decide(decision) => decide_version(mandate, decision, now, roster),
        Command::Narrow(terms) => narrow(mandate, asked, terms, now, rules),
        Command::Suspend { reason, votes } => suspend(mandate, asked, reason, votes, now, roster),
        Command::Resume(votes) => match &mandate.standing {
            Standing::Suspended { granted, .. } => {
                carried(mandate, granted, Matter::Resume, votes, roster)?;
                Ok(Event::Resumed { votes: votes.clone() })
            }
            _ => Err(Refused::Standing("not suspended")),
        },
        Command::Revoke { reason, votes } => revoke(mandate, asked, reason, votes, now, roster),
        Command::Expire => match &mandate.standing {
            Standing::Live(granted) | Standing::Suspended { granted, .. } if granted.terms.until > now => {
                Err(Refused::NotOver(granted.terms.until))
            }
            Standing::Live(_) | Standing::Suspended { .. } => Ok(Event::Expired { at: now }),
            _ => Err(Refused::Standing("not in force")),
        },
        Command::Dispose { batches, list } => match &mandate.standing {
            Standing::Over { .. } => Ok(Event::Disposed { at: now, batches: *batches, list: *list }),
            _ => Err(Refused::Standing("not over")),
        },
    }
}

fn waiting(mandate: &Mandate) -> Result<&Pending, Refused> {
    mandate.pending.as_ref().ok_or(Refused::NothingWaiting)
}

fn only(is: bool, whom: &'static str) -> Result<(), Refused> {
    is.then_some(()).ok_or(Refused::NotYours(whom))
}

fn given(said: &Said, word: &'static str) -> Result<(), Refused> {
    said.is_given().then_some(()).ok_or(Refused::Text(word))
}

fn request_version(
    state: Option<&Mandate>,
    asked: &Asked,
    request: &Request,
    now: Micros,
    rules: &RulePack,
) -> Result<Event, Refused> {
    let By::Person { org, person } = asked.by else {
        return Err(Refused::NotYours("a person"));
    };
    if let Some(mandate) = state {
        only(mandate.requester == org, "the organisation that asked for it")?;
        if let Some(pending) = &mandate.pending {
            return Err(Refused::Waiting(pending.version));
        }
        if !matches!(mandate.standing, Standing::Live(_) | Standing::Suspended { .. } | Standing::Refused) {
            return Err(Refused::Standing("over"));
        }
    }
    given(&request.necessity, "necessity")?;
    if request.title.trim().is_empty() || request.title.chars().count() > TITLE_CHARS_MAX {
        return Err(Refused::Text("title"));
    }
    let faults = rules.check(&request.terms, now);
    if !faults.is_empty() {
        return Err(Refused::Terms(faults));
    }
    check_selectors(request)?;
    let pending = Pending {
        answer: None,
        at: now,
        by: person,
        objection: None,
        request: request.clone(),
        version: state.map_or(1, |mandate| mandate.version.saturating_add(1)),
    };
    Ok(Event::Requested { mandate: asked.mandate, requester: org, pending: Box::new(pending) })
}

fn check_selectors(request: &Request) -> Result<(), Refused> {
    if request.selectors.len() > SELECTORS_MAX {
        return Err(Refused::Selectors("there are more than 10,000"));
    }
    let domestic = |s: &super::Selector| request.terms.domestic.iter().any(|prefix| prefix.contains(&s.address));
    if request.selectors.iter().any(domestic) {
        return Err(Refused::Selectors("one is a domestic address; only servers abroad are looked for"));
    }
    if request.commitment() != request.terms.selectors {
        return Err(Refused::Selectors("they are not those the terms commit to"));
    }
    Ok(())
}

fn decide_version(mandate: &Mandate, decision: &Decision, now: Micros, roster: &Roster) -> Result<Event, Refused> {
    let pending = waiting(mandate)?;
    let terms = &pending.request.terms;
    let tally = roster.tally(Matter::Grant, &decision.votes)?;
    let conditions = Decision::conditions_digest(&decision.conditions);
    let about = |vote: &Vote| {
        vote.mandate == mandate.id
            && vote.version == pending.version
            && vote.round == Matter::Grant.round(mandate.round)
            && vote.terms == terms.digest()
            && vote.conditions == conditions
    };
    if decision.conditions.len() > CONDITIONS_MAX || !decision.votes.iter().all(|vote| about(&vote.statement)) {
        return Err(Refused::OtherThing);
    }
    let opened = decision
        .votes
        .iter()
        .zip(&decision.reasons)
        .all(|(vote, said)| said.is_given() && said.commitment() == vote.statement.reasons);
    if decision.reasons.len() != decision.votes.len() || !opened {
        return Err(Refused::Reasons);
    }
    if !tally.carried {
        // As many against as could ever be for: it is refused. Fewer: the vote goes on.
        let left = roster.commissioners.len().saturating_sub(tally.votes_against);
        if left >= roster.quorum {
            return Err(Refused::NoQuorum(tally.votes_for));
        }
        return Ok(Event::Denied { reasons: decision.reasons.clone(), votes: decision.votes.clone() });
    }
    let answer = pending.answer.as_ref().ok_or(Refused::Carrier("has not answered yet"))?;
    if answer.answer == Answer::NotFeasible {
        return Err(Refused::Carrier("cannot do any of it"));
    }
    let granted = Granted {
        at: now,
        conditions: decision.conditions.clone(),
        load_cap_records_per_second: answer.load_cap_records_per_second,
        reasons: decision.reasons.clone(),
        selectors: pending.request.selectors.clone(),
        terms: terms.clone(),
        version: pending.version,
    };
    Ok(Event::Granted { granted: Box::new(granted), votes: decision.votes.clone() })
}

fn narrow(mandate: &Mandate, asked: &Asked, terms: &Terms, now: Micros, rules: &RulePack) -> Result<Event, Refused> {
    only(asked.is_org(mandate.requester), "the organisation that asked for it")?;
    let Standing::Live(granted) = &mandate.standing else {
        return Err(Refused::Standing("not live"));
    };
    if let Some(pending) = &mandate.pending {
        return Err(Refused::Waiting(pending.version));
    }
    if *terms == granted.terms {
        return Err(Refused::NoChange);
    }
    let wider = terms.widens(&granted.terms);
    if !wider.is_empty() {
        return Err(Refused::Widens(wider));
    }
    let faults = rules.check(terms, now);
    if !faults.is_empty() {
        return Err(Refused::Terms(faults));
    }
    Ok(Event::Narrowed { terms: Box::new(terms.clone()), version: mandate.version.saturating_add(1) })
}

/// Whether the commission carried `matter` on what is granted.
fn carried(
    mandate: &Mandate,
    granted: &Granted,
    matter: Matter,
    votes: &[Signed<Vote>],
    roster: &Roster,
) -> Result<(), Refused> {
    let tally = roster.tally(matter, votes)?;
    let about = |vote: &Vote| {
        vote.mandate == mandate.id && vote.version == granted.version && vote.terms == granted.terms.digest()
    };
    if !votes.iter().all(|vote| about(&vote.statement)) {
        return Err(Refused::OtherThing);
    }
    let now = matter.round(mandate.round);
    if let Some(other) = votes.iter().find(|vote| vote.statement.round != now) {
        return Err(Refused::OtherRound { voted: other.statement.round, now });
    }
    tally.carried.then_some(()).ok_or(Refused::NoQuorum(tally.votes_for))
}

fn suspend(
    mandate: &Mandate,
    asked: &Asked,
    reason: &Said,
    votes: &[Signed<Vote>],
    now: Micros,
    roster: &Roster,
) -> Result<Event, Refused> {
    let Standing::Live(granted) = &mandate.standing else {
        return Err(Refused::Standing("not live"));
    };
    given(reason, "reason")?;
    if votes.is_empty() {
        let own = asked.is_org(mandate.requester) || asked.is_org(granted.terms.carrier) || asked.by == By::Hub;
        only(own, "the requester, the carrier or the commission")?;
    } else {
        carried(mandate, granted, Matter::Suspend, votes, roster)?;
    }
    Ok(Event::Suspended { at: now, reason: reason.clone(), votes: votes.to_vec() })
}

fn revoke(
    mandate: &Mandate,
    asked: &Asked,
    reason: &Said,
    votes: &[Signed<Vote>],
    now: Micros,
    roster: &Roster,
) -> Result<Event, Refused> {
    let (Standing::Live(granted) | Standing::Suspended { granted, .. }) = &mandate.standing else {
        return Err(Refused::Standing("not in force"));
    };
    given(reason, "reason")?;
    if votes.is_empty() {
        only(asked.is_org(mandate.requester), "the requester or the commission")?;
    } else {
        carried(mandate, granted, Matter::Revoke, votes, roster)?;
    }
    Ok(Event::Revoked { at: now, reason: reason.clone(), votes: votes.to_vec() })
}
