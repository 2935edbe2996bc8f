//! Lawful histories, made up: for tests, measurements and demonstrations. Its keys are known to everybody.
//!
//! A [`Sample`] is a hub that keeps every rule. A test takes its lines and breaks one.

use noroshi_leaf::body::{
    Credential, CredentialKind, Genesis, Heartbeat, Inspection, InspectionStep, Opening, OpeningStep, Organisation,
    Person, Refused, RosterChange,
};
use noroshi_leaf::{
    Abort, AbortReason, Actor, Answer, BatchOpened, BatchSealed, Body, Commitment, Destruction, Digest, DisposalReason,
    Disposed, Done, GovernedAct, Intent, Leaf, MandateEvent, MandateLine, Matter, Roster, Salt, Signed, Terms, Vote,
};
use noroshi_model::time::{DAY, SECOND};
use noroshi_model::{
    BatchId, Clearance, Direction, IntentId, LegalBasis, MandateId, Micros, OpeningId, OrgId, OrgKind, PersonId,
    Purpose, Role,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

mod commission;

pub use commission::{commissioner, roster, seal, votes};

/// The origin of every sample log.
pub const ORIGIN: &str = "sample.example.org/log";
/// When every sample begins: 2026-04-01.
pub const BEGIN: Micros = Micros(1_775_001_600_000_000);
/// Seconds between heartbeats.
const BEAT_SECONDS: i64 = 10;

/// An id that says which of its kind it is.
pub const fn id(kind: u8, number: u64) -> Uuid {
    Uuid::from_u128(((kind as u128) << 96) | 0x7000_8000_0000_0000_0000 | number as u128)
}

/// The person with this number.
pub fn person(number: u64) -> PersonId {
    PersonId(id(2, number))
}

/// The national centre.
pub fn centre() -> OrgId {
    OrgId(id(1, 1))
}

/// The carrier.
pub fn carrier() -> OrgId {
    OrgId(id(1, 2))
}

/// An analyst.
pub const ANALYST: u64 = 2;
/// A legal officer.
pub const LEGAL: u64 = 3;
/// A line officer.
pub const LINE: u64 = 4;

/// Somebody of the centre.
pub fn by(number: u64) -> Actor {
    Actor::Person { org: centre(), person: person(number) }
}

/// Terms that run for `days` from the sample's beginning.
pub fn terms(days: i64) -> Terms {
    Terms {
        analysts: BTreeSet::from([person(ANALYST)]),
        carrier: carrier(),
        clearance: Clearance::Restricted,
        directions: BTreeSet::from([Direction::ForeignIn]),
        dns_names: false,
        domestic: BTreeSet::new(),
        from: BEGIN,
        hunts_max: u32::MAX,
        legal_basis: LegalBasis::ForeignIn,
        party: None,
        ports: BTreeSet::new(),
        protocols: BTreeSet::from([6, 17]),
        purposes: BTreeSet::from([Purpose::FindAttackServers, Purpose::WarnVictims]),
        records_max: 1_000_000,
        retain_days_max: 5,
        rows_max: 1_000,
        rule_pack: "jp-mandates 2026.1".into(),
        selected_records_max: 100_000,
        selectors: None,
        until: Micros(BEGIN.0 + days * DAY),
    }
}

/// A commitment to nothing in particular.
pub fn commitment(number: u64) -> Commitment {
    Commitment::to(&number.to_be_bytes(), &Salt(Digest::of(b"sample")))
}

/// The commission's share of a sample batch's key.
pub fn share(batch: BatchId) -> Digest {
    Digest::of(format!("share of {batch}").as_bytes())
}

/// A hub that keeps every rule, and the lines it wrote.
#[derive(Debug)]
pub struct Sample {
    /// What it wrote.
    pub lines: Vec<Leaf>,
    /// Its clock.
    pub at: Micros,
    /// How many lines it wrote in all, those taken away included.
    pub written: u64,
    beats: u64,
    last_beat: Micros,
    ids: u64,
    open: BTreeSet<IntentId>,
    numbers: BTreeMap<(MandateId, String), u64>,
    mandates: BTreeMap<MandateId, (Terms, u32)>,
    rounds: BTreeMap<MandateId, u32>,
    batches: BTreeMap<BatchId, MandateId>,
}

impl Default for Sample {
    fn default() -> Self {
        Self::begun()
    }
}

impl Sample {
    /// Genesis, organisations, people and their keys.
    pub fn begun() -> Self {
        let mut sample = Self {
            lines: Vec::new(),
            at: BEGIN,
            written: 0,
            beats: 0,
            last_beat: BEGIN,
            ids: 0,
            open: BTreeSet::new(),
            numbers: BTreeMap::new(),
            mandates: BTreeMap::new(),
            rounds: BTreeMap::new(),
            batches: BTreeMap::new(),
        };
        sample.write(
            Actor::Hub,
            Body::Genesis(Box::new(Genesis {
                disposal_days_max: 2,
                heartbeat_seconds_max: 15,
                intent_seconds_max: 600,
                origin: ORIGIN.into(),
                roster: roster(),
            })),
        );
        for (org, kind) in [(centre(), OrgKind::NationalCentre), (carrier(), OrgKind::Carrier)] {
            let organisation = Organisation { country: None, flags: BTreeSet::new(), kind, name: commitment(1), org };
            sample.write(Actor::Hub, Body::Organisation(organisation));
        }
        for (number, role) in
            [(1, Role::Administrator), (ANALYST, Role::Analyst), (LEGAL, Role::LegalOfficer), (LINE, Role::LineOfficer)]
        {
            sample.person(number, role);
        }
        sample
    }

    /// A fresh number.
    pub fn fresh(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// Writes a line now.
    pub fn write(&mut self, actor: Actor, body: Body) {
        self.at.0 += 1_000;
        self.written += 1;
        self.lines.push(Leaf::new(id(0, self.written), self.at, actor, body));
    }

    fn person(&mut self, number: u64, role: Role) {
        let by_whom = if number == 1 { Actor::Hub } else { by(1) };
        let account = Person {
            active: true,
            clearance: Clearance::Secret,
            clearance_until: None,
            compartments: None,
            org: centre(),
            person: person(number),
            roles: BTreeSet::from([role]),
        };
        self.write(by_whom, Body::Person(account));
        let credential = Credential {
            added: true,
            fingerprint: Digest::of(&number.to_be_bytes()),
            kind: CredentialKind::Passkey,
            org: centre(),
            person: Some(person(number)),
        };
        self.write(by(number), Body::Credential(credential));
    }

    /// Lets time pass, with heartbeats.
    pub fn wait(&mut self, seconds: i64) {
        let until = self.at.0 + seconds * SECOND;
        while self.last_beat.0 + BEAT_SECONDS * SECOND <= until {
            self.at.0 = self.at.0.max(self.last_beat.0 + BEAT_SECONDS * SECOND - 1_000);
            self.beats += 1;
            let beat = Heartbeat { number: self.beats, open_intents: self.open.len() as u64 };
            self.write(Actor::Hub, Body::Heartbeat(beat));
            self.last_beat = self.at;
        }
        self.at.0 = self.at.0.max(until);
    }

    /// Something about a mandate.
    pub fn mandate(&mut self, mandate: MandateId, version: u32, actor: Actor, event: MandateEvent) {
        self.write(actor, Body::Mandate(Box::new(MandateLine { event, evidence: None, mandate, version })));
    }

    /// A mandate from request to grant.
    pub fn granted(&mut self, terms: Terms) -> MandateId {
        let mandate = MandateId(id(3, self.fresh()));
        self.amended(mandate, terms);
        mandate
    }

    /// A version of a mandate, asked for, answered and granted.
    pub fn amended(&mut self, mandate: MandateId, terms: Terms) {
        let version = self.mandates.get(&mandate).map_or(1, |(_, version)| version + 1);
        let digest = terms.digest();
        let requested = MandateEvent::Requested { necessity: commitment(2), terms: terms.clone() };
        self.mandate(mandate, version, by(LINE), requested);
        let answered = MandateEvent::Answered {
            answer: Answer::Feasible,
            load_cap_records_per_second: None,
            reason: commitment(3),
        };
        self.mandate(mandate, version, Actor::Person { org: carrier(), person: person(5) }, answered);
        let votes = votes(&[1, 2, 3], Matter::Grant, (mandate, version, digest), 0);
        self.mandate(mandate, version, Actor::Hub, MandateEvent::Decided { votes });
        self.mandates.insert(mandate, (terms, version));
    }

    /// These terms are in force from here on: their lines were written by the caller.
    pub fn in_force(&mut self, mandate: MandateId, terms: Terms, version: u32) {
        self.mandates.insert(mandate, (terms, version));
    }

    /// The requester narrows a mandate.
    pub fn narrowed(&mut self, mandate: MandateId, terms: Terms) {
        let version = self.version(mandate) + 1;
        self.mandate(mandate, version, by(LINE), MandateEvent::Narrowed { terms: terms.clone() });
        self.mandates.insert(mandate, (terms, version));
    }

    /// The version in force.
    pub fn version(&self, mandate: MandateId) -> u32 {
        self.mandates.get(&mandate).map_or(0, |(_, version)| *version)
    }

    fn terms_digest(&self, mandate: MandateId) -> Digest {
        self.mandates.get(&mandate).map_or(Digest::of(b""), |(terms, _)| terms.digest())
    }

    /// Votes of a quorum on what is in force.
    pub fn quorum(&self, mandate: MandateId, matter: Matter) -> Vec<Signed<Vote>> {
        let round = matter.round(self.rounds.get(&mandate).copied().unwrap_or_default());
        votes(&[2, 3, 5], matter, (mandate, self.version(mandate), self.terms_digest(mandate)), round)
    }

    /// The commission suspends a mandate and lets it go on.
    pub fn suspended_for(&mut self, mandate: MandateId, seconds: i64) {
        let version = self.version(mandate);
        let votes = self.quorum(mandate, Matter::Suspend);
        self.mandate(mandate, version, Actor::Hub, MandateEvent::Suspended { reason: commitment(4), votes });
        self.next_round(mandate);
        self.wait(seconds);
        let votes = self.quorum(mandate, Matter::Resume);
        self.mandate(mandate, version, Actor::Hub, MandateEvent::Resumed { votes });
        self.next_round(mandate);
    }

    fn next_round(&mut self, mandate: MandateId) {
        *self.rounds.entry(mandate).or_default() += 1;
    }

    /// The commission revokes a mandate.
    pub fn revoked(&mut self, mandate: MandateId) {
        let votes = self.quorum(mandate, Matter::Revoke);
        let version = self.version(mandate);
        self.mandate(mandate, version, Actor::Hub, MandateEvent::Revoked { reason: commitment(4), votes });
    }

    /// A batch begins.
    pub fn batch(&mut self, mandate: MandateId, source: &str) -> BatchId {
        let batch = BatchId(id(4, self.fresh()));
        let number = self.numbers.entry((mandate, source.to_owned())).or_default();
        *number += 1;
        let opened = BatchOpened {
            batch,
            commission_share: share(batch),
            key: Digest::of(batch.0.as_bytes()),
            mandate,
            number: *number,
            source: source.to_owned(),
            version: self.version(mandate),
        };
        self.write(Actor::Hub, Body::BatchOpened(opened));
        self.batches.insert(batch, mandate);
        batch
    }

    /// A batch is complete.
    pub fn sealed(&mut self, batch: BatchId) {
        let sealed = BatchSealed {
            aggregated_only: 9_000,
            batch,
            ciphertext: Digest::of(b"ciphertext"),
            from: Micros(self.at.0 - 3_600 * SECOND),
            input: Digest::of(b"input"),
            out_of_mandate: BTreeMap::from([("domestic".to_owned(), 900), ("unknown_place".to_owned(), 50)]),
            received: 10_000,
            selected: 50,
            selection: noroshi_leaf::Commitment(Digest::of(b"selection")),
            until: self.at,
        };
        self.write(Actor::Hub, Body::BatchSealed(sealed));
    }

    /// An intent with a deadline in a minute.
    pub fn intent(&mut self, mandate: MandateId, act: GovernedAct, batches: &[BatchId]) -> IntentId {
        let scope = commitment(self.ids);
        self.intent_on(mandate, act, batches, scope)
    }

    /// An intent about something certain.
    pub fn intent_on(
        &mut self,
        mandate: MandateId,
        act: GovernedAct,
        batches: &[BatchId],
        scope: Commitment,
    ) -> IntentId {
        let intent = IntentId(id(5, self.fresh()));
        let body = Intent {
            act,
            batches: batches.iter().copied().collect(),
            build: Digest::of(b"build"),
            deadline: Micros(self.at.0 + 60 * SECOND),
            directions: BTreeSet::from([Direction::ForeignIn]),
            evidence: None,
            intent,
            mandate,
            policies: BTreeSet::from(["hunt-live-mandate".to_owned()]),
            policy_set: Digest::of(b"policies"),
            purpose: Purpose::FindAttackServers,
            scope,
            version: self.version(mandate),
        };
        self.write(by(ANALYST), Body::Intent(Box::new(body)));
        self.open.insert(intent);
        intent
    }

    /// An intent is closed with a result.
    pub fn done(&mut self, intent: IntentId, rows: u64) {
        self.open.remove(&intent);
        let done = Done { digest: Digest::of(&rows.to_be_bytes()), elapsed_micros: 40_000, intent, rows };
        self.write(Actor::Hub, Body::Done(done));
    }

    /// An intent is given up.
    pub fn aborted(&mut self, intent: IntentId) {
        self.open.remove(&intent);
        self.write(Actor::Hub, Body::Abort(Abort { intent, reason: AbortReason::OverLimit }));
    }

    /// Something is refused.
    pub fn refused(&mut self, mandate: Option<MandateId>) {
        let refused = Refused { act: "hunt".into(), mandate, rules: BTreeSet::from(["hunt.not_named".to_owned()]) };
        self.write(by(LINE), Body::Refused(refused));
    }

    /// A pseudonym is asked for, approved and opened.
    pub fn opened(&mut self, mandate: MandateId, batch: BatchId) {
        let opening = OpeningId(id(6, self.fresh()));
        let scope = commitment(self.ids);
        for (number, step) in [(ANALYST, OpeningStep::Requested), (LEGAL, OpeningStep::Approved)] {
            self.write(by(number), Body::Opening(Opening { evidence: None, mandate, opening, scope, step }));
        }
        let intent = self.intent_on(mandate, GovernedAct::OpenPseudonym, &[batch], scope);
        self.done(intent, 1);
    }

    /// A certificate of the commission over these batches.
    pub fn certificate(&self, mandate: MandateId, batches: &[BatchId]) -> Destruction {
        let shares = batches.iter().map(|batch| share(*batch)).collect();
        Destruction { at: self.at, batches: batches.iter().copied().collect(), mandate, shares }
    }

    /// Batches are destroyed.
    pub fn disposed(&mut self, mandate: MandateId, batches: &[BatchId], reason: DisposalReason) {
        if let Ok(certificate) = seal().sign(self.certificate(mandate, batches)) {
            self.write(Actor::Hub, Body::Disposed(Disposed { certificate, reason }));
        }
    }

    /// The closing line of a mandate.
    pub fn closed(&mut self, mandate: MandateId) {
        let mut own: Vec<String> =
            self.batches.iter().filter(|(_, owner)| **owner == mandate).map(|(batch, _)| batch.to_string()).collect();
        own.sort_unstable();
        let list = Digest::of(own.join("\n").as_bytes());
        let version = self.version(mandate);
        self.mandate(mandate, version, Actor::Hub, MandateEvent::Disposed { batches: own.len() as u64, list });
    }

    /// The commission finds something; it is answered in time.
    pub fn inspected(&mut self) {
        let number = self.fresh();
        let line = |step, due| Inspection { due, hunt: None, number, step, text: commitment(number) };
        let due = Some(Micros(self.at.0 + DAY));
        self.write(Actor::Hub, Body::Inspection(line(InspectionStep::Finding, due)));
        self.wait(30);
        self.write(by(LINE), Body::Inspection(line(InspectionStep::Answer, None)));
    }

    /// A new roster, by votes of the one before.
    pub fn roster_replaced(&mut self, new: Roster) {
        let votes = votes(&[1, 2, 4], Matter::Replace, (MandateId(id(3, 0)), 0, new.digest()), 0);
        self.write(Actor::Hub, Body::Roster(Box::new(RosterChange { roster: new, votes })));
    }

    /// One busy hour under a mandate: a batch, `hunts` questions of earlier batches, refusals, heartbeats.
    pub fn hour(&mut self, mandate: MandateId, earlier: &[BatchId], hunts: i64) -> BatchId {
        let batch = self.batch(mandate, "192.0.2.1");
        let pause = 3_600 / (hunts + 1);
        for number in 0..hunts {
            let intent = self.intent(mandate, GovernedAct::Hunt, earlier);
            self.wait(1);
            if number % 20 == 19 {
                self.aborted(intent);
                self.refused(Some(mandate));
            } else {
                self.done(intent, 17);
            }
            self.wait(pause - 1);
        }
        self.wait(pause);
        self.sealed(batch);
        batch
    }

    /// A history of at least `lines` lines: hours under one mandate, batches destroyed when their time is over.
    /// Lines are handed over hour by hour, so that a long history needs little memory.
    pub fn long(lines: u64, mut take: impl FnMut(Vec<Leaf>)) -> Micros {
        let mut sample = Self::begun();
        let mandate = sample.granted(terms(3_650));
        let mut kept: std::collections::VecDeque<(BatchId, Micros)> = std::collections::VecDeque::new();
        while sample.written < lines {
            let earlier: Vec<_> = kept.iter().rev().take(4).map(|(batch, _)| *batch).collect();
            let batch = sample.hour(mandate, &earlier, 90);
            kept.push_back((batch, sample.at));
            while kept.front().is_some_and(|(_, at)| at.0 + 5 * DAY < sample.at.0) {
                if let Some((batch, _)) = kept.pop_front() {
                    sample.disposed(mandate, &[batch], DisposalReason::RetentionEnded);
                }
            }
            if sample.written.is_multiple_of(7) {
                sample.inspected();
            }
            take(std::mem::take(&mut sample.lines));
        }
        sample.at
    }
}
