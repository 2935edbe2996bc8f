//! Mandates from request to end: which terms are in force at a moment, by votes that hold.

use super::{Findings, Line, Map, Replay};
use crate::violation::Kind;
use noroshi_leaf::{Answer, Commitment, Digest, MandateEvent, MandateLine, Matter, Roster, Signed, Terms, Vote};
use noroshi_model::{BatchId, Direction, MandateId, Micros};

/// Where a mandate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Asked for, never granted.
    Proposed,
    /// In force within its term.
    Granted,
    /// Granted, and stopped for now.
    Suspended,
    /// Over before its time, or recorded as run out.
    Over,
    /// Over, and everything kept under it destroyed.
    Disposed,
}

/// A version that waits for a decision.
#[derive(Debug)]
struct Waiting {
    terms: Terms,
    necessity: Commitment,
    version: u32,
    feasible: Option<bool>,
}

/// A mandate as its lines and their votes make it.
#[derive(Debug)]
pub(super) struct Mandate {
    pub(super) standing: Standing,
    /// The terms in force, and their version.
    granted: Option<(Terms, u32)>,
    waiting: Option<Waiting>,
    version: u32,
    /// How often it was suspended or resumed.
    round: u32,
    /// When it was revoked.
    revoked_at: Option<Micros>,
    pub(super) batches: Vec<BatchId>,
    pub(super) hunts: u64,
}

/// What may be used under a mandate now.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    /// The terms in force.
    pub terms: &'a Terms,
    /// Their version.
    pub version: u32,
}

/// All mandates.
#[derive(Debug, Default)]
pub(super) struct Mandates(Map<MandateId, Mandate>);

impl Mandate {
    pub(super) fn granted(&self) -> Option<Live<'_>> {
        self.granted.as_ref().map(|(terms, version)| Live { terms, version: *version })
    }

    pub(super) const fn round(&self) -> u32 {
        self.round
    }

    pub(super) fn requested(&self, version: u32) -> Option<(&Terms, Commitment)> {
        let waiting = self.waiting.as_ref().filter(|waiting| waiting.version == version)?;
        Some((&waiting.terms, waiting.necessity))
    }

    /// When it ended or will end, and whether it was revoked.
    pub(super) fn end(&self) -> Option<(Micros, bool)> {
        let until = self.granted.as_ref().map(|(terms, _)| terms.until)?;
        Some(match self.revoked_at {
            Some(at) if at < until => (at, true),
            _ => (until, false),
        })
    }

    fn is_in_force(&self) -> bool {
        matches!(self.standing, Standing::Granted | Standing::Suspended)
    }
}

impl Mandates {
    pub(super) fn get(&self, id: MandateId) -> Option<&Mandate> {
        self.0.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: MandateId) -> Option<&mut Mandate> {
        self.0.get_mut(&id)
    }

    pub(super) fn live(&self, id: MandateId, at: Micros) -> Option<Live<'_>> {
        let mandate = self.0.get(&id).filter(|mandate| mandate.standing == Standing::Granted)?;
        mandate.granted().filter(|live| live.terms.covers(at))
    }

    pub(super) fn standing(&self, id: MandateId) -> Option<Standing> {
        self.0.get(&id).map(|mandate| mandate.standing)
    }

    pub(super) fn all(&self) -> Vec<(MandateId, Standing)> {
        let mut all: Vec<_> = self.0.iter().map(|(id, mandate)| (*id, mandate.standing)).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all
    }

    pub(super) fn waiting(&self) -> Vec<(MandateId, u32)> {
        let waits = |(id, mandate): (&MandateId, &Mandate)| mandate.waiting.as_ref().map(|w| (*id, w.version));
        let mut waiting: Vec<_> = self.0.iter().filter_map(waits).collect();
        waiting.sort_unstable();
        waiting
    }
}

/// What votes must be about: mandate, version, terms, round.
type About = (MandateId, u32, Digest, u32);

/// What the votes of a line come to: carried or not, or why they cannot be counted.
fn count(roster: Option<&Roster>, matter: Matter, votes: &[Signed<Vote>], about: About) -> Result<bool, String> {
    let roster = roster.ok_or("no roster")?;
    let tally = roster.tally(matter, votes).map_err(|error| error.to_string())?;
    let (mandate, version, terms, round) = about;
    let exact = |vote: &Vote| (vote.mandate, vote.version, vote.terms, vote.round) == about;
    if !votes.iter().all(|vote| exact(&vote.statement)) {
        return Err(format!("{mandate}, {version}, {terms}, round {round}"));
    }
    Ok(tally.carried)
}

/// Whether an event that the requester may cause alone has votes, and if so whether they carry it.
fn carried_or_alone(
    roster: Option<&Roster>,
    matter: Matter,
    votes: &[Signed<Vote>],
    (id, version, terms, round): About,
) -> Result<(), String> {
    if votes.is_empty() {
        return Ok(());
    }
    match count(roster, matter, votes, (id, version, terms, matter.round(round))) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("{} < {}", votes.len(), roster.map_or(0, |roster| roster.quorum))),
        Err(why) => Err(why),
    }
}

fn terms_fault(terms: &Terms) -> Option<&'static str> {
    if terms.directions.contains(&Direction::Domestic) {
        Some("domestic")
    } else if terms.directions.is_empty() || terms.purposes.is_empty() {
        Some("directions, purposes")
    } else if terms.from >= terms.until {
        Some("from ≥ until")
    } else {
        None
    }
}

impl Replay {
    pub(super) fn mandate(&mut self, line: Line, said: MandateLine) {
        let (id, version) = (said.mandate, said.version);
        if let MandateEvent::Requested { necessity, terms } = said.event {
            return self.version_requested(line, (id, version), terms, necessity);
        }
        let roster = self.roster.as_ref();
        let step = |findings: &mut Findings, what: &str| {
            findings.add(Kind::MandateStep, line.index, format!("{id}, {version}, {what}"));
        };
        let Some(mandate) = self.mandates.get_mut(id) else {
            return step(&mut self.findings, "not requested");
        };
        let findings = &mut self.findings;
        match said.event {
            MandateEvent::Requested { .. } => {}
            MandateEvent::Answered { answer, .. } => match &mut mandate.waiting {
                Some(waiting) if waiting.version == version => {
                    waiting.feasible = Some(answer != Answer::NotFeasible);
                }
                _ => step(findings, "answered"),
            },
            MandateEvent::Objected { .. } => {
                if mandate.waiting.as_ref().is_none_or(|waiting| waiting.version != version) {
                    step(findings, "objected");
                }
            }
            MandateEvent::Decided { votes } => decided(mandate, line, (id, version), &votes, roster, findings),
            MandateEvent::Narrowed { terms } => narrowed(mandate, line, (id, version), terms, findings),
            MandateEvent::Suspended { .. } | MandateEvent::Resumed { .. } | MandateEvent::Revoked { .. } => {
                changed(mandate, line, (id, version), &said.event, roster, findings);
            }
            MandateEvent::Expired => {
                let over = mandate.granted().is_some_and(|granted| granted.terms.until <= line.at);
                if over && mandate.is_in_force() {
                    mandate.standing = Standing::Over;
                } else {
                    step(findings, "expired");
                }
            }
            MandateEvent::Disposed { batches, list } => {
                if mandate.standing == Standing::Over {
                    mandate.standing = Standing::Disposed;
                } else {
                    step(findings, "disposed");
                }
                let own = mandate.batches.clone();
                self.batches.all_destroyed(line, id, &own, (batches, list), findings);
            }
        }
    }

    fn version_requested(&mut self, line: Line, (id, version): (MandateId, u32), terms: Terms, necessity: Commitment) {
        if let Some(fault) = terms_fault(&terms) {
            self.findings.add(Kind::MandateTerms, line.index, format!("{id}, {version}: {fault}"));
        }
        let mandate = self.mandates.0.entry(id).or_insert_with(|| Mandate {
            standing: Standing::Proposed,
            granted: None,
            waiting: None,
            version: 0,
            round: 0,
            revoked_at: None,
            batches: Vec::new(),
            hunts: 0,
        });
        let over = matches!(mandate.standing, Standing::Over | Standing::Disposed);
        if over || version != mandate.version.saturating_add(1) || mandate.waiting.is_some() {
            let found = format!("{id}, {version}, requested after {}", mandate.version);
            self.findings.add(Kind::MandateStep, line.index, found);
        }
        mandate.version = mandate.version.max(version);
        mandate.waiting = Some(Waiting { terms, necessity, version, feasible: None });
    }
}

fn decided(
    mandate: &mut Mandate,
    line: Line,
    (id, version): (MandateId, u32),
    votes: &[Signed<Vote>],
    roster: Option<&Roster>,
    findings: &mut Findings,
) {
    let Some(waiting) = mandate.waiting.take_if(|waiting| waiting.version == version) else {
        return findings.add(Kind::MandateStep, line.index, format!("{id}, {version}, decided"));
    };
    match count(roster, Matter::Grant, votes, (id, version, waiting.terms.digest(), Matter::Grant.round(mandate.round)))
    {
        Err(why) => {
            findings.add(Kind::VotesForged, line.index, format!("{id}, {version}: {why}"));
            mandate.waiting = Some(waiting);
        }
        // Not carried: refused. What was in force stays so.
        Ok(false) => {}
        Ok(true) => {
            if waiting.feasible != Some(true) {
                findings.add(Kind::GrantNotFeasible, line.index, format!("{id}, {version}"));
            }
            mandate.granted = Some((waiting.terms, version));
            if mandate.standing == Standing::Proposed {
                mandate.standing = Standing::Granted;
            }
        }
    }
}

fn narrowed(mandate: &mut Mandate, line: Line, (id, version): (MandateId, u32), terms: Terms, findings: &mut Findings) {
    let expected = mandate.version.saturating_add(1);
    let (Some((before, _)), true) = (&mandate.granted, mandate.is_in_force()) else {
        return findings.add(Kind::MandateStep, line.index, format!("{id}, {version}, narrowed"));
    };
    if version != expected {
        findings.add(Kind::MandateStep, line.index, format!("{id}, {version}, narrowed, not {expected}"));
    }
    let wider = terms.widens(before);
    if !wider.is_empty() {
        return findings.add(Kind::WidenedAlone, line.index, format!("`{}` ({id})", wider.join("`, `")));
    }
    mandate.version = mandate.version.max(version);
    mandate.granted = Some((terms, version));
}

fn changed(
    mandate: &mut Mandate,
    line: Line,
    (id, version): (MandateId, u32),
    event: &MandateEvent,
    roster: Option<&Roster>,
    findings: &mut Findings,
) {
    let current = mandate.granted.as_ref().map(|(terms, version)| (*version, terms.digest()));
    let Some((in_force, terms)) = current.filter(|_| mandate.is_in_force()) else {
        return findings.add(Kind::MandateStep, line.index, format!("{id}, {version}, not in force"));
    };
    if in_force != version {
        findings.add(Kind::MandateStep, line.index, format!("{id}, {version}, in force: {in_force}"));
    }
    let about = (id, in_force, terms, mandate.round);
    let votes = match event {
        MandateEvent::Suspended { votes, .. } => carried_or_alone(roster, Matter::Suspend, votes, about),
        MandateEvent::Revoked { votes, .. } => carried_or_alone(roster, Matter::Revoke, votes, about),
        MandateEvent::Resumed { votes } if votes.is_empty() => Err("0".to_owned()),
        MandateEvent::Resumed { votes } => carried_or_alone(roster, Matter::Resume, votes, about),
        _ => Ok(()),
    };
    let forged = votes.is_err();
    if let Err(why) = votes {
        findings.add(Kind::VotesForged, line.index, format!("{id}, {version}: {why}"));
    }
    match event {
        // Less power needs no proof: a stop counts even with votes that do not.
        MandateEvent::Revoked { .. } => {
            mandate.standing = Standing::Over;
            mandate.revoked_at = Some(line.at);
        }
        MandateEvent::Suspended { .. } => {
            mandate.standing = Standing::Suspended;
            mandate.round = mandate.round.saturating_add(1);
        }
        MandateEvent::Resumed { .. } if mandate.standing != Standing::Suspended => {
            findings.add(Kind::MandateStep, line.index, format!("{id}, {version}, not suspended"));
        }
        MandateEvent::Resumed { .. } if !forged => {
            mandate.standing = Standing::Granted;
            mandate.round = mandate.round.saturating_add(1);
        }
        _ => {}
    }
}
