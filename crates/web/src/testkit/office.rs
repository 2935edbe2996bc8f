//! The office in memory: load → authorise → decide → append, with a vector for a ledger.
#![allow(
    clippy::boxed_local,
    clippy::significant_drop_tightening,
    reason = "one lock for one act is the point of a short memory, and refusals come boxed"
)]

use super::facts::{about, draft, facts};
use crate::limits::LINES_PER_PAGE;
use crate::office::{
    Asker, Complaint, Deed, Dossier, Found, Line, LineQuery, Names, Office, OfficeError, PublicNumbers, Reply, Summary,
    Table, Written,
};
use noroshi_authz::{Authz, Circumstances, Principal, Refusal, act, resource};
use noroshi_casework::batch::{Batch, BatchStanding};
use noroshi_casework::hunt::{self, Hunt, Question};
use noroshi_casework::mandate::{self, Command, Decision, Mandate, RulePack, Standing, line};
use noroshi_casework::opening::{self, Opening, OpeningStanding};
use noroshi_leaf::body::{self, Body, OpeningStep};
use noroshi_leaf::{Actor, Commitment, Digest, Done, GovernedAct, Intent, Leaf, MandateEvent, Roster};
use noroshi_model::time::HOUR;
use noroshi_model::{
    Clearance, DataClass, HuntId, IntentId, MandateId, MandateState, Micros, OpeningId, OpeningState, PersonId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) mandates: BTreeMap<MandateId, (Mandate, PersonId)>,
    pub(super) batches: Vec<Batch>,
    pub(super) hunts: BTreeMap<HuntId, (Hunt, Option<Table>)>,
    pub(super) openings: BTreeMap<OpeningId, Opening>,
    pub(super) findings: Vec<Found>,
    pub(super) lines: Vec<Line>,
    complaints: Vec<Complaint>,
}

/// An office that remembers until the process ends.
pub struct MemoryOffice {
    memory: Mutex<Memory>,
    authz: Arc<Authz>,
    rules: RulePack,
    roster: Roster,
    names: Names,
    grown: watch::Sender<u64>,
}

impl MemoryOffice {
    /// An empty one.
    pub fn new(authz: Arc<Authz>, rules: RulePack, roster: Roster, names: Names) -> Self {
        let memory = Mutex::default();
        Self { memory, authz, rules, roster, names, grown: watch::channel(0).0 }
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn append(&self, memory: &mut Memory, actor: Actor, at: Micros, body: Body) -> u64 {
        let index = memory.lines.len() as u64;
        let leaf = Leaf::new(Uuid::from_u128(u128::from(index) + 1), at, actor, body);
        memory.lines.push(Line { index: Some(index), leaf });
        self.grown.send_replace(index + 1);
        index
    }

    fn refuse(&self, memory: &mut Memory, asker: &Asker, deed: &Deed, error: OfficeError) -> OfficeError {
        if let (OfficeError::Refused { rule, .. }, Ok(actor)) = (&error, actor(asker)) {
            let rules = BTreeSet::from([rule.clone()]);
            let refused = body::Refused { act: deed.act().to_owned(), mandate: mandate_of(deed), rules };
            self.append(memory, actor, asker.at, Body::Refused(refused));
        }
        error
    }

    fn may_read(&self, asker: &Asker, mandate: &Mandate, requester: PersonId) -> bool {
        let Some(facts) = facts(mandate, requester) else { return false };
        let circumstances = Circumstances::at(asker.at);
        self.authz.authorise::<act::ReadMandate>(&asker.principal, &facts, &circumstances).is_ok()
    }

    fn readable(&self, memory: &Memory, asker: &Asker, id: MandateId) -> Result<(Mandate, PersonId), OfficeError> {
        let (mandate, requester) = memory.mandates.get(&id).ok_or(OfficeError::NotFound)?;
        let open = self.may_read(asker, mandate, *requester);
        if open { Ok((mandate.clone(), *requester)) } else { Err(OfficeError::NotFound) }
    }

    fn may_read_ledger(&self, asker: &Asker) -> Result<(), OfficeError> {
        let circumstances = Circumstances::at(asker.at);
        let permit = self.authz.authorise::<act::ReadLedger>(&asker.principal, &resource::Hub, &circumstances);
        permit.map(drop).map_err(refused)
    }

    fn mandate_step(
        &self,
        memory: &mut Memory,
        asker: &Asker,
        (id, command): (MandateId, &Command),
        evidence: Option<Digest>,
    ) -> Result<Written, OfficeError> {
        let signed = evidence.is_some();
        let (before, requester) = match memory.mandates.get(&id) {
            Some((mandate, requester)) => (Some(mandate.clone()), *requester),
            None => (None, person(asker)?.id),
        };
        if before.is_some() {
            self.readable(memory, asker, id)?;
        }
        self.authorise(asker, (id, command), before.as_ref().map(|before| (before, requester)), signed)?;
        let by = mandate::By::Person { org: person(asker)?.org, person: person(asker)?.id };
        let asked = mandate::Asked { by, command: command.clone(), mandate: id };
        let event = mandate::decide(before.as_ref(), &asked, asker.at, &self.rules, &self.roster);
        let event = event.map_err(|error| told(error.rule(), &error))?;
        let said = line::of(before.as_ref(), id, &event, evidence);
        let after = mandate::apply(before, &event).ok_or(OfficeError::NotFound)?;
        memory.mandates.insert(id, (after, requester));
        let index = self.append(memory, actor(asker)?, asker.at, Body::Mandate(Box::new(said)));
        Ok(Written { index: Some(index), opened: None })
    }

    fn authorise(
        &self,
        asker: &Asker,
        (id, command): (MandateId, &Command),
        before: Option<(&Mandate, PersonId)>,
        signed: bool,
    ) -> Result<(), OfficeError> {
        let mut circumstances = Circumstances::at(asker.at);
        // The commission's votes are signatures over exactly these terms.
        if signed || matches!(command, Command::Decide(_)) {
            circumstances = circumstances.stepped_up();
        }
        let who = &asker.principal;
        if let Command::Request(request) = command {
            let facts = draft(id, &request.terms, person(asker)?);
            return self.authz.authorise::<act::RequestMandate>(who, &facts, &circumstances).map(drop).map_err(refused);
        }
        let (mandate, requester) = before.ok_or(OfficeError::NotFound)?;
        let facts = facts(mandate, requester).ok_or(OfficeError::NotFound)?;
        let waiting = resource::MandateFacts { state: MandateState::Requested, ..facts.clone() };
        let narrowing = |votes: bool| resource::MandateChange::narrowing(facts.clone(), votes);
        match command {
            Command::Answer { .. } => {
                self.authz.authorise::<act::AnswerRequest>(who, &waiting, &circumstances).map(drop).map_err(refused)
            }
            Command::Object(_) => self
                .authz
                .authorise::<act::ObjectToCommission>(who, &waiting, &circumstances)
                .map(drop)
                .map_err(refused),
            Command::Decide(Decision { votes, .. }) => {
                let change = resource::MandateChange::narrowing(waiting, !votes.is_empty());
                self.authz.authorise::<act::DecideMandate>(who, &change, &circumstances).map(drop).map_err(refused)
            }
            Command::Suspend { votes, .. } => {
                let change = narrowing(!votes.is_empty());
                self.authz.authorise::<act::SuspendMandate>(who, &change, &circumstances).map(drop).map_err(refused)
            }
            Command::Revoke { votes, .. } => {
                let change = narrowing(!votes.is_empty());
                self.authz.authorise::<act::RevokeMandate>(who, &change, &circumstances).map(drop).map_err(refused)
            }
            Command::Narrow(_) | Command::Resume(_) => {
                let change = narrowing(matches!(command, Command::Resume(_)));
                self.authz.authorise::<act::AmendMandate>(who, &change, &circumstances).map(drop).map_err(refused)
            }
            _ => Err(OfficeError::NotFound),
        }
    }

    fn hunt_step(
        &self,
        memory: &mut Memory,
        asker: &Asker,
        (id, mandate_id, question): (HuntId, MandateId, &Question),
    ) -> Result<Written, OfficeError> {
        let (mandate, requester) = self.readable(memory, asker, mandate_id)?;
        let by = person(asker)?.id;
        let asked_before = memory.hunts.values().filter(|(hunt, _)| hunt.mandate == mandate_id).count() as u64;
        let batches: BTreeMap<_, _> = memory.batches.iter().map(|b| (b.opened.batch, b.clone())).collect();
        let intent = IntentId(id.0);
        let command = hunt::Command::Ask { by, intent, question: question.clone(), asked_before };
        let event = hunt::decide(None, &command, &mandate, &batches, asker.at);
        let event = event.map_err(|error| told(error.rule(), &error))?;
        let dataset = resource::Dataset {
            id: question.batches.first().copied().ok_or(OfficeError::NotFound)?,
            mandate: facts(&mandate, requester).ok_or(OfficeError::NotFound)?,
            directions: question.directions.clone(),
            classes: BTreeSet::from([DataClass::Identifier, DataClass::OtherMachine]),
            clearance: Clearance::None,
            disposed: false,
        };
        let purpose = question.reason_code.purpose();
        let circumstances = Circumstances::at(asker.at).for_purpose(purpose).with_receipt(intent).within_budget();
        self.authz.authorise::<act::Hunt>(&asker.principal, &dataset, &circumstances).map(drop).map_err(refused)?;
        let said = intended(GovernedAct::Hunt, intent, &mandate, asker.at, purpose);
        self.append(memory, actor(asker)?, asker.at, Body::Intent(Box::new(said)));
        let asked = hunt::apply(None, &event).ok_or(OfficeError::NotFound)?;
        let table = super::seed::rows();
        let digest = Digest::of(format!("{table:?}").as_bytes());
        let rows = (table.rows.len() as u64).min(question.rows_max);
        let close = hunt::Command::Close { digest, rows };
        let closed = hunt::decide(Some(&asked), &close, &mandate, &batches, asker.at);
        let closed = closed.map_err(|error| told(error.rule(), &error))?;
        let after = hunt::apply(Some(asked), &closed).ok_or(OfficeError::NotFound)?;
        memory.hunts.insert(id, (after, Some(table)));
        let done = Done { digest, elapsed_micros: 41_000, intent, rows };
        let index = self.append(memory, Actor::Hub, asker.at, Body::Done(done));
        Ok(Written { index: Some(index), opened: None })
    }

    fn opening_step(
        &self,
        memory: &mut Memory,
        asker: &Asker,
        (id, mandate_id, command): (OpeningId, MandateId, &opening::Command),
        evidence: Option<Digest>,
    ) -> Result<Written, OfficeError> {
        let signed = evidence.is_some();
        let (mandate, requester) = self.readable(memory, asker, mandate_id)?;
        let before = memory.openings.get(&id).cloned();
        let by = person(asker)?.id;
        let event = opening::decide(before.as_ref(), command, by, &mandate, asker.at);
        let event = event.map_err(|error| told(error.rule(), &error))?;
        let (state, approver) = match before.as_ref().map(|before| &before.standing) {
            Some(OpeningStanding::Approved { by, .. }) => (OpeningState::Approved, Some(*by)),
            _ => (OpeningState::Requested, None),
        };
        let after = opening::apply(before.clone(), &event).ok_or(OfficeError::NotFound)?;
        let object = resource::Opening {
            id,
            batch: after.batch,
            mandate: facts(&mandate, requester).ok_or(OfficeError::NotFound)?,
            state,
            requester: before.as_ref().map_or(by, |before| before.by),
            approver,
            not_after: Micros(asker.at.0 + HOUR),
            clearance: Clearance::None,
        };
        let purpose = noroshi_model::Purpose::FindAttackServers;
        let mut circumstances = Circumstances::at(asker.at).for_purpose(purpose).with_receipt(IntentId(id.0));
        if signed {
            circumstances = circumstances.stepped_up();
        }
        let who = &asker.principal;
        let allowed = match command {
            opening::Command::Ask { .. } => {
                self.authz.authorise::<act::RequestOpening>(who, &object, &circumstances).map(drop)
            }
            opening::Command::Approve(_) | opening::Command::Deny(_) => {
                self.authz.authorise::<act::ApproveOpening>(who, &object, &circumstances).map(drop)
            }
            opening::Command::Open(_) => {
                self.authz.authorise::<act::OpenPseudonym>(who, &object, &circumstances).map(drop)
            }
        };
        allowed.map_err(refused)?;
        let scope = after.reason.commitment();
        let step = |step| Body::Opening(body::Opening { evidence, mandate: mandate_id, opening: id, scope, step });
        let (said, opened) = match command {
            opening::Command::Ask { .. } => (step(OpeningStep::Requested), None),
            opening::Command::Approve(_) => (step(OpeningStep::Approved), None),
            opening::Command::Deny(_) => (step(OpeningStep::Refused), None),
            opening::Command::Open(intent) => {
                let said = intended(GovernedAct::OpenPseudonym, *intent, &mandate, asker.at, purpose);
                (Body::Intent(Box::new(said)), Some(std::net::Ipv4Addr::new(192, 0, 2, 77).into()))
            }
        };
        memory.openings.insert(id, after);
        let index = self.append(memory, actor(asker)?, asker.at, said);
        Ok(Written { index: Some(index), opened })
    }
}

fn mandate_of(deed: &Deed) -> Option<MandateId> {
    match deed {
        Deed::Mandate { id, .. } => Some(*id),
        Deed::Hunt { mandate, .. } | Deed::Opening { mandate, .. } => Some(*mandate),
        Deed::Person { .. } | Deed::Machine(_) => None,
    }
}

fn intended(
    act: GovernedAct,
    intent: IntentId,
    mandate: &Mandate,
    at: Micros,
    purpose: noroshi_model::Purpose,
) -> Intent {
    Intent {
        act,
        batches: BTreeSet::new(),
        build: Digest::of(b"testkit"),
        deadline: Micros(at.0 + HOUR),
        directions: BTreeSet::new(),
        evidence: None,
        intent,
        mandate: mandate.id,
        policies: BTreeSet::from(["hunt".to_owned()]),
        policy_set: Digest::of(b"policies"),
        purpose,
        scope: Commitment(Digest::of(b"scope")),
        version: mandate.version,
    }
}

fn person(asker: &Asker) -> Result<&noroshi_authz::Person, OfficeError> {
    match &asker.principal {
        Principal::Person { person, .. } => Ok(person),
        Principal::Machine(_) => Err(OfficeError::NotFound),
    }
}

fn actor(asker: &Asker) -> Result<Actor, OfficeError> {
    person(asker).map(|person| Actor::Person { org: person.org, person: person.id })
}

fn refused(refusal: Box<Refusal>) -> OfficeError {
    let rule = refusal.decision().rules.first().cloned().unwrap_or_else(|| "nothing-permits".to_owned());
    OfficeError::Refused { rule, ja: refusal.japanese(), en: refusal.english() }
}

fn told(rule: &'static str, error: &dyn std::fmt::Display) -> OfficeError {
    let ja = crate::messages::look_up(crate::messages::JA.rule_of, rule).to_owned();
    OfficeError::Refused { rule: rule.to_owned(), ja, en: error.to_string() }
}

fn ready<'a, T: Send + 'a>(value: Result<T, OfficeError>) -> Reply<'a, T> {
    Box::pin(std::future::ready(value))
}

impl Office for MemoryOffice {
    fn numbers(&self) -> Reply<'_, PublicNumbers> {
        let memory = self.memory();
        let mut numbers = PublicNumbers::default();
        for batch in &memory.batches {
            let (sealed, gone) = match &batch.standing {
                BatchStanding::Open => continue,
                BatchStanding::Sealed(sealed) => (sealed, false),
                BatchStanding::Disposed { sealed, .. } => (sealed, true),
            };
            numbers.received += sealed.received;
            numbers.aggregated += sealed.aggregated_only;
            numbers.selected += sealed.selected;
            numbers.dropped += sealed.out_of_mandate.values().sum::<u64>();
            numbers.batches_disposed += u64::from(gone);
            numbers.batches_kept += u64::from(!gone);
        }
        for line in &memory.lines {
            match &line.leaf.body {
                Body::Mandate(said) => match said.event {
                    MandateEvent::Requested { .. } => numbers.requested += 1,
                    MandateEvent::Decided { .. } => numbers.granted += 1,
                    _ => {}
                },
                Body::Intent(intent) if intent.act == GovernedAct::Hunt => numbers.hunts += 1,
                Body::Intent(intent) if intent.act == GovernedAct::Share => numbers.shared += 1,
                Body::Intent(intent) if intent.act == GovernedAct::OpenPseudonym => numbers.opened += 1,
                Body::Refused(_) => numbers.refusals += 1,
                _ => {}
            }
        }
        let live = |mandate: &Mandate| matches!(mandate.standing, Standing::Live(_));
        numbers.live = memory.mandates.values().filter(|(mandate, _)| live(mandate)).count() as u64;
        ready(Ok(numbers))
    }

    fn complain(&self, complaint: Complaint, _: Micros) -> Reply<'_, ()> {
        self.memory().complaints.push(complaint);
        ready(Ok(()))
    }

    fn mandates<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Summary>> {
        let memory = self.memory();
        let open = memory.mandates.values().filter(|(mandate, requester)| self.may_read(asker, mandate, *requester));
        let summary = |(mandate, _): &(Mandate, PersonId)| Summary {
            mandate: mandate.clone(),
            hunts: memory.hunts.values().filter(|(hunt, _)| hunt.mandate == mandate.id).count() as u64,
            findings: memory.findings.iter().filter(|found| found.mandate == mandate.id).count() as u64,
        };
        ready(Ok(open.map(summary).rev().collect()))
    }

    fn dossier<'a>(&'a self, asker: &'a Asker, id: MandateId) -> Reply<'a, Dossier> {
        let memory = self.memory();
        let found = self.readable(&memory, asker, id).map(|(mandate, _)| Dossier {
            mandate,
            batches: memory.batches.iter().filter(|batch| batch.opened.mandate == id).cloned().collect(),
            hunts: memory
                .hunts
                .iter()
                .filter(|(_, (hunt, _))| hunt.mandate == id)
                .map(|(hunt, kept)| (*hunt, kept.0.clone()))
                .collect(),
            openings: memory
                .openings
                .iter()
                .filter(|(_, o)| o.mandate == id)
                .map(|(o, kept)| (*o, kept.clone()))
                .collect(),
            findings: memory.findings.iter().filter(|found| found.mandate == id).count() as u64,
            lines: memory.lines.iter().filter(|line| about(line, id, &memory)).cloned().collect(),
            names: self.names.clone(),
        });
        ready(found)
    }

    fn hunt<'a>(&'a self, asker: &'a Asker, id: HuntId) -> Reply<'a, (MandateId, Option<Table>)> {
        let memory = self.memory();
        let found = memory.hunts.get(&id).ok_or(OfficeError::NotFound).and_then(|(hunt, table)| {
            let (mandate, _) = self.readable(&memory, asker, hunt.mandate)?;
            let named = mandate
                .live_at(asker.at)
                .is_some_and(|granted| person(asker).is_ok_and(|person| granted.terms.analysts.contains(&person.id)));
            // Rows are for whom the mandate names; others see that somebody looked.
            Ok((hunt.mandate, table.clone().filter(|_| named)))
        });
        ready(found)
    }

    fn opening<'a>(&'a self, asker: &'a Asker, id: OpeningId) -> Reply<'a, MandateId> {
        let memory = self.memory();
        let found = memory.openings.get(&id).ok_or(OfficeError::NotFound);
        ready(found.and_then(|o| self.readable(&memory, asker, o.mandate).map(|(mandate, _)| mandate.id)))
    }

    fn findings<'a>(&'a self, asker: &'a Asker) -> Reply<'a, Vec<Found>> {
        let memory = self.memory();
        let open = |found: &&Found| {
            let Some((mandate, requester)) = memory.mandates.get(&found.mandate) else { return false };
            let Some(facts) = facts(mandate, *requester) else { return false };
            let readable_until = facts.not_after;
            let finding = resource::Finding {
                id: found.finding.id.clone(),
                mandate: facts,
                clearance: Clearance::None,
                readable_until,
            };
            let purpose = noroshi_model::Purpose::FindAttackServers;
            let circumstances = Circumstances::at(asker.at).for_purpose(purpose).with_receipt(IntentId(mandate.id.0));
            self.authz.authorise::<act::ReadFinding>(&asker.principal, &finding, &circumstances).is_ok()
        };
        let mut found: Vec<_> = memory.findings.iter().filter(open).cloned().collect();
        found.sort_by(|one, other| one.finding.rank(&other.finding));
        ready(Ok(found))
    }

    fn lines<'a>(&'a self, asker: &'a Asker, query: &'a LineQuery) -> Reply<'a, Vec<Line>> {
        let memory = self.memory();
        let found = self.may_read_ledger(asker).map(|()| {
            let wanted = |line: &&Line| {
                query.before.is_none_or(|before| line.index.is_some_and(|index| index < before))
                    && query.mandate.is_none_or(|mandate| about(line, mandate, &memory))
                    && query.kind.as_ref().is_none_or(|kind| crate::words::key(&line.leaf.body) == *kind)
            };
            memory.lines.iter().rev().filter(wanted).take(LINES_PER_PAGE).cloned().collect()
        });
        ready(found)
    }

    fn line<'a>(&'a self, asker: &'a Asker, index: u64) -> Reply<'a, Line> {
        let memory = self.memory();
        let found = self.may_read_ledger(asker).and_then(|()| {
            memory.lines.iter().find(|line| line.index == Some(index)).cloned().ok_or(OfficeError::NotFound)
        });
        ready(found)
    }

    fn act<'a>(&'a self, asker: &'a Asker, deed: Deed, evidence: Option<Digest>) -> Reply<'a, Written> {
        let mut memory = self.memory();
        let done = match &deed {
            Deed::Mandate { id, command } => self.mandate_step(&mut memory, asker, (*id, command), evidence),
            Deed::Hunt { id, mandate, question } => self.hunt_step(&mut memory, asker, (*id, *mandate, question)),
            Deed::Opening { id, mandate, command } => {
                self.opening_step(&mut memory, asker, (*id, *mandate, command), evidence)
            }
            Deed::Person { .. } | Deed::Machine(_) => Err(OfficeError::NotFound),
        };
        ready(done.map_err(|error| self.refuse(&mut memory, asker, &deed, error)))
    }

    fn grown(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }
}
