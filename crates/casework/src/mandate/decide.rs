//! One step in the life of a mandate: asked, decided, applied.

use super::rules::{RulePack, TermsFault};
use super::{CarrierAnswer, End, Granted, Mandate, Pending, Request, Standing};
use crate::said::Said;
use crate::topic::Topic;
use noroshi_leaf::vote::TallyError;
use noroshi_leaf::{Answer, Commitment, Digest, Matter, Roster, Signed, Terms, Vote};
use noroshi_model::{MandateId, Micros, OrgId, PersonId};
use serde::{Deserialize, Serialize};

/// Characters of a title at most.
pub const TITLE_CHARS_MAX: usize = 200;
/// Known servers one request may name.
pub const SELECTORS_MAX: usize = 10_000;
/// Conditions one decision may set.
pub const CONDITIONS_MAX: usize = 32;

/// A step somebody asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks. There is no default.
    pub by: By,
    /// What.
    pub command: Command,
    /// Of which mandate.
    pub mandate: MandateId,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The hub itself: terms that run out, disposals that are complete.
    Hub,
    /// A person who is signed in.
    Person {
        /// Acting for which organisation.
        org: OrgId,
        /// Who.
        person: PersonId,
    },
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// A new mandate, or a new version of one.
    Request(Box<Request>),
    /// The carrier says what it can do.
    Answer {
        /// Whether it can.
        answer: Answer,
        /// Records a second at most.
        load_cap_records_per_second: Option<u64>,
        /// Why.
        reason: Said,
    },
    /// The carrier objects straight to the commission.
    Object(Said),
    /// The commission decided; its votes are the proof.
    Decide(Decision),
    /// The requester makes do with less.
    Narrow(Box<Terms>),
    /// Stop for now. Without votes: the requester, or the carrier whose load cap was passed.
    Suspend {
        /// Why.
        reason: Said,
        /// The commission's votes, if it is the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// Go on; the commission alone.
    Resume(Vec<Signed<Vote>>),
    /// End it. Without votes: the requester gives it up.
    Revoke {
        /// Why.
        reason: Said,
        /// The commission's votes, if it is the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// Its term ran out.
    Expire,
    /// Everything kept under it is destroyed.
    Dispose {
        /// How many batches.
        batches: u64,
        /// SHA-256 over their ids in order, one a line.
        list: Digest,
    },
}

/// A decision of the commission as it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Conditions, as put to the vote.
    pub conditions: Vec<String>,
    /// The written reasons, one for each vote, in the order of the votes.
    pub reasons: Vec<Said>,
    /// Every vote that was cast.
    pub votes: Vec<Signed<Vote>>,
}

impl Decision {
    /// SHA-256 of the conditions, one a line: what each vote names.
    pub fn conditions_digest(conditions: &[String]) -> Digest {
        Digest::of(conditions.join("\n").as_bytes())
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A version was asked for.
    Requested {
        /// Which mandate.
        mandate: MandateId,
        /// By which organisation.
        requester: OrgId,
        /// The version that waits now.
        pending: Box<Pending>,
    },
    /// The carrier answered.
    Answered(CarrierAnswer),
    /// The carrier objected.
    Objected(Said),
    /// The commission granted the version that waited.
    Granted {
        /// What is in force now.
        granted: Box<Granted>,
        /// The votes.
        votes: Vec<Signed<Vote>>,
    },
    /// The commission refused the version that waited.
    Denied {
        /// The written reasons.
        reasons: Vec<Said>,
        /// The votes.
        votes: Vec<Signed<Vote>>,
    },
    /// The requester narrowed it.
    Narrowed {
        /// The new terms.
        terms: Box<Terms>,
        /// The new version.
        version: u32,
    },
    /// It was suspended.
    Suspended {
        /// When.
        at: Micros,
        /// Why.
        reason: Said,
        /// The commission's votes, if it was the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// It goes on.
    Resumed {
        /// The votes.
        votes: Vec<Signed<Vote>>,
    },
    /// It is over before its time.
    Revoked {
        /// When.
        at: Micros,
        /// Why.
        reason: Said,
        /// The commission's votes, if it was the commission.
        votes: Vec<Signed<Vote>>,
    },
    /// Its term ran out.
    Expired {
        /// When that was recorded.
        at: Micros,
    },
    /// Everything kept under it is destroyed.
    Disposed {
        /// When.
        at: Micros,
        /// How many batches.
        batches: u64,
        /// SHA-256 over their ids in order, one a line.
        list: Digest,
    },
}

/// Why a step was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such mandate.
    #[error("there is no such mandate")]
    NoSuchMandate,
    /// Where it stands does not allow it.
    #[error("a mandate that is {0} cannot be changed so")]
    Standing(&'static str),
    /// Another version is waiting already.
    #[error("version {0} is waiting for a decision already; decide it or withdraw it first")]
    Waiting(u32),
    /// Nothing is waiting.
    #[error("no version is waiting for a decision")]
    NothingWaiting,
    /// It is not this organisation's to say.
    #[error("only {0} can do this")]
    NotYours(&'static str),
    /// A text is missing or too long.
    #[error("`{0}` must be given, and not longer than {max} characters", max = crate::said::TEXT_CHARS_MAX)]
    Text(&'static str),
    /// The rules have something against the terms.
    #[error("{}", lines(.0))]
    Terms(Vec<TermsFault>),
    /// The selectors are not those the terms commit to, or too many, or domestic.
    #[error("selectors: {0}")]
    Selectors(&'static str),
    /// The terms would widen.
    #[error("these terms widen {}; ask for a new version, which the commission decides", .0.join(", "))]
    Widens(Vec<&'static str>),
    /// The carrier has not answered, or cannot.
    #[error("the carrier {0}")]
    Carrier(&'static str),
    /// The votes cannot be counted.
    #[error("the votes cannot be counted: {0}")]
    Votes(#[from] TallyError),
    /// The votes are not about this version of this mandate and these conditions.
    #[error("the votes are about another mandate, version, terms or conditions")]
    OtherThing,
    /// A vote's written reasons are missing or are not those it commits to.
    #[error("each vote needs its written reasons, as it commits to them")]
    Reasons,
    /// Too few votes.
    #[error("{0} votes for it are not a quorum")]
    NoQuorum(usize),
    /// The term is not over.
    #[error("its term runs until {0}")]
    NotOver(Micros),
    /// Nothing would change.
    #[error("nothing would change")]
    NoChange,
}

fn lines(faults: &[TermsFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NoSuchMandate => "mandate.no_such_mandate",
            Self::Standing(_) => "mandate.standing",
            Self::Waiting(_) => "mandate.waiting",
            Self::NothingWaiting => "mandate.nothing_waiting",
            Self::NotYours(_) => "mandate.not_yours",
            Self::Text(_) => "mandate.text",
            Self::Terms(_) => "mandate.terms",
            Self::Selectors(_) => "mandate.selectors",
            Self::Widens(_) => "mandate.widens",
            Self::Carrier(_) => "mandate.carrier",
            Self::Votes(_) => "mandate.votes",
            Self::OtherThing => "mandate.other_thing",
            Self::Reasons => "mandate.reasons",
            Self::NoQuorum(_) => "mandate.no_quorum",
            Self::NotOver(_) => "mandate.not_over",
            Self::NoChange => "mandate.no_change",
        }
    }
}

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
                carried(mandate.id, granted, Matter::Resume, votes, roster)?;
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

impl Asked {
    fn is_org(&self, wanted: OrgId) -> bool {
        matches!(self.by, By::Person { org, .. } if org == wanted)
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

impl Request {
    /// The commitment to its selectors, for [`Terms::selectors`]; `None` where there are none.
    pub fn commitment(&self) -> Option<Commitment> {
        let text: Vec<_> =
            self.selectors.iter().map(|s| format!("{} {}", s.address, s.port.unwrap_or_default())).collect();
        (!text.is_empty()).then(|| Commitment::to(text.join("\n").as_bytes(), &self.selectors_salt))
    }
}

fn decide_version(mandate: &Mandate, decision: &Decision, now: Micros, roster: &Roster) -> Result<Event, Refused> {
    let pending = waiting(mandate)?;
    let terms = &pending.request.terms;
    let tally = roster.tally(Matter::Grant, &decision.votes)?;
    let conditions = Decision::conditions_digest(&decision.conditions);
    let about = |vote: &Vote| {
        vote.mandate == mandate.id
            && vote.version == pending.version
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
    mandate: MandateId,
    granted: &Granted,
    matter: Matter,
    votes: &[Signed<Vote>],
    roster: &Roster,
) -> Result<(), Refused> {
    let tally = roster.tally(matter, votes)?;
    let about = |vote: &Vote| {
        vote.mandate == mandate && vote.version == granted.version && vote.terms == granted.terms.digest()
    };
    if !votes.iter().all(|vote| about(&vote.statement)) {
        return Err(Refused::OtherThing);
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
        carried(mandate.id, granted, Matter::Suspend, votes, roster)?;
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
        carried(mandate.id, granted, Matter::Revoke, votes, roster)?;
    }
    Ok(Event::Revoked { at: now, reason: reason.clone(), votes: votes.to_vec() })
}

/// The state after `event`. Cannot fail; an event that makes no sense for a state leaves it as it was.
pub fn apply(state: Option<Mandate>, event: &Event) -> Option<Mandate> {
    if let Event::Requested { mandate, requester, pending } = event {
        let title = pending.request.title.clone();
        let version = pending.version;
        let pending = Some((**pending).clone());
        return Some(match state {
            Some(before) => Mandate { pending, title, version, ..before },
            None => {
                Mandate { id: *mandate, pending, requester: *requester, standing: Standing::Proposed, title, version }
            }
        });
    }
    let mut mandate = state?;
    match event {
        Event::Requested { .. } => {}
        Event::Answered(answer) => {
            if let Some(pending) = &mut mandate.pending {
                pending.answer = Some(answer.clone());
            }
        }
        Event::Objected(reason) => {
            if let Some(pending) = &mut mandate.pending {
                pending.objection = Some(reason.clone());
            }
        }
        Event::Granted { granted, .. } => {
            mandate.pending = None;
            // A new version of a suspended mandate does not lift the suspension.
            mandate.standing = match mandate.standing {
                Standing::Suspended { since, reason, .. } => {
                    Standing::Suspended { granted: (**granted).clone(), since, reason }
                }
                _ => Standing::Live((**granted).clone()),
            };
        }
        Event::Denied { .. } => {
            mandate.pending = None;
            if mandate.standing == Standing::Proposed {
                mandate.standing = Standing::Refused;
            }
        }
        Event::Narrowed { terms, version } => {
            mandate.version = *version;
            if let Standing::Live(granted) = &mut mandate.standing {
                granted.terms = (**terms).clone();
                granted.version = *version;
            }
        }
        _ => mandate.standing = after(mandate.standing, event),
    }
    Some(mandate)
}

/// Where a mandate stands after an event of its later life.
fn after(standing: Standing, event: &Event) -> Standing {
    match (standing, event) {
        (Standing::Live(granted), Event::Suspended { at, reason, .. }) => {
            Standing::Suspended { granted, since: *at, reason: reason.clone() }
        }
        (Standing::Suspended { granted, .. }, Event::Resumed { .. }) => Standing::Live(granted),
        (Standing::Live(granted) | Standing::Suspended { granted, .. }, Event::Revoked { at, .. }) => {
            Standing::Over { at: *at, end: End::Revoked, granted }
        }
        (Standing::Live(granted) | Standing::Suspended { granted, .. }, Event::Expired { at }) => {
            Standing::Over { at: *at, end: End::Expired, granted }
        }
        (Standing::Over { granted, .. }, Event::Disposed { at, batches, .. }) => {
            Standing::Disposed { at: *at, batches: *batches, granted }
        }
        (standing, _) => standing,
    }
}

/// Mandates, as the store keeps them.
#[derive(Debug)]
pub struct MandateTopic;

impl Topic for MandateTopic {
    const NAME: &'static str = "mandate";
    type Id = MandateId;
    type State = Mandate;
    type Event = Event;

    fn apply(state: Option<Mandate>, event: &Event) -> Option<Mandate> {
        apply(state, event)
    }
}
