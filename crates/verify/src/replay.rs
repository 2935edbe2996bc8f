//! The rules of the ledger as a state machine over its lines: the second opinion on everything the hub did.
//!
//! A [`Replay`] is fed every line in order and keeps what it needs to judge the next one. It takes nothing on
//! trust: a grant counts when the votes under it do, a disposal when its certificate does. It is written from the
//! format of the lines alone and shares no code with the hub that wrote them. A line that breaks a rule is named and
//! the replay goes on, with the state that follows from the rule and not from the line.
//!
//! What is due by a certain time and did not come leaves no line: [`Replay::overdue`] names it.

mod batches;
mod clock;
mod commission;
mod intents;
mod mandates;
mod openings;
mod people;

pub use batches::Kept;
pub use mandates::{Live, Standing};

use crate::limits;
use crate::violation::{Kind, Violation};
use batches::Batches;
use clock::Heart;
use foldhash::fast::FixedState;
use intents::Intents;
use mandates::Mandates;
use noroshi_leaf::body::Genesis;
use noroshi_leaf::{Actor, Body, Commitment, Leaf, LeafError, Roster, Terms};
use noroshi_model::{BatchId, MandateId, Micros, time::SECOND};
use openings::Openings;
use people::People;
use std::collections::HashSet;
use uuid::Uuid;

type Set<T> = HashSet<T, FixedState>;
type Map<K, V> = std::collections::HashMap<K, V, FixedState>;

/// What is known of the log beforehand, from the keys file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The log's origin.
    pub origin: String,
    /// The commission at the log's beginning.
    pub roster: Roster,
}

/// The line being judged: where it stands, when it is from, by whom.
#[derive(Debug, Clone, Copy)]
struct Line {
    index: u64,
    at: Micros,
    actor: Actor,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings {
    kept: Vec<Violation>,
    count: u64,
}

impl Findings {
    fn add(&mut self, kind: Kind, index: u64, found: impl Into<String>) {
        self.count += 1;
        if self.kept.len() < limits::VIOLATIONS_MAX {
            self.kept.push(Violation { kind, index, found: found.into() });
        }
    }
}

/// The rules, and where everything stands after the lines so far.
#[derive(Debug, Default)]
pub struct Replay {
    trusted: Option<Trusted>,
    promises: Option<Box<Genesis>>,
    roster: Option<Roster>,
    first: bool,
    lines: u64,
    now: Micros,
    ids: Set<Uuid>,
    heart: Heart,
    mandates: Mandates,
    batches: Batches,
    intents: Intents,
    openings: Openings,
    people: People,
    inspections: commission::Inspections,
    findings: Findings,
}

impl Replay {
    /// A replay from the first line of a log. Without `trusted`, the genesis line is believed as it stands.
    pub fn new(trusted: Option<Trusted>) -> Self {
        Self { trusted, ..Self::default() }
    }

    /// Judges one line by its bytes.
    pub fn line(&mut self, index: u64, bytes: &[u8]) {
        self.leaf(index, Leaf::from_bytes(bytes));
    }

    /// Judges one line that was decoded elsewhere.
    pub fn leaf(&mut self, index: u64, leaf: Result<Leaf, LeafError>) {
        self.lines += 1;
        let leaf = match leaf {
            Ok(leaf) => leaf,
            Err(error) => {
                self.findings.add(Kind::LineUnreadable, index, error.to_string());
                return;
            }
        };
        let line = Line { index, at: leaf.at, actor: leaf.actor };
        if !self.ids.insert(leaf.id) {
            self.findings.add(Kind::LineTwice, index, leaf.id.to_string());
        }
        if leaf.at.0 < self.now.0.saturating_sub(limits::LINES_APART_SECONDS_MAX * SECOND) {
            self.findings.add(Kind::TimeBackwards, index, format!("{} < {}", leaf.at, self.now));
        }
        self.now = self.now.max(leaf.at);
        self.genesis_first(line, &leaf.body);
        self.body(line, leaf.body);
    }

    fn genesis_first(&mut self, line: Line, body: &Body) {
        if !self.first {
            self.first = true;
            self.heart.start(line);
            if !matches!(body, Body::Genesis(_)) {
                self.findings.add(Kind::GenesisMissing, line.index, "");
                self.roster = self.trusted.as_ref().map(|trusted| trusted.roster.clone());
            }
        }
    }

    fn body(&mut self, line: Line, body: Body) {
        match body {
            Body::Genesis(genesis) => self.genesis(line, genesis),
            Body::Heartbeat(beat) => self.heartbeat(line, &beat),
            Body::Mandate(event) => self.mandate(line, *event),
            Body::Intent(intent) => self.intent(line, *intent),
            Body::Done(done) => self.done(line, &done),
            Body::Abort(abort) => self.abort(line, &abort),
            // A refusal harms nobody, and anybody may complain; both are counted in reports. What is shared rests on
            // markings and not on a mandate.
            Body::Refused(_) | Body::Complaint(_) | Body::Collection(_) | Body::Intelligence(_) => {}
            Body::BatchOpened(opened) => self.batch_opened(line, opened),
            Body::BatchSealed(sealed) => self.batch_sealed(line, &sealed),
            Body::Disposed(disposed) => self.disposed(line, &disposed),
            Body::Opening(opening) => self.opening(line, opening),
            Body::Organisation(organisation) => self.people.organisation(organisation),
            Body::Person(person) => self.people.person(line, person, &mut self.findings),
            Body::Credential(credential) => self.people.credential(line, credential, &mut self.findings),
            Body::Roster(change) => self.roster_change(line, *change),
            Body::Inspection(inspection) => self.inspections.step(line, &inspection, &mut self.findings),
        }
    }

    /// What was found so far, in the order of the lines; at most [`limits::VIOLATIONS_MAX`].
    pub fn found(&self) -> &[Violation] {
        &self.findings.kept
    }

    /// How many violations were found so far, those not kept included.
    pub fn found_count(&self) -> u64 {
        self.findings.count
    }

    /// Lines judged.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The time of the latest line.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// What should have happened by `at` and did not: results, heartbeats, disposals, answers.
    pub fn overdue(&self, at: Micros) -> Vec<Violation> {
        let mut findings = Findings::default();
        if self.lines == 0 {
            findings.add(Kind::GenesisMissing, 0, "");
        }
        self.heart.silent(at, self.heartbeat_max(), self.lines.saturating_sub(1), &mut findings);
        self.intents.overdue(at, &mut findings);
        self.batches.overdue(at, self.disposal_max(), &self.mandates, &mut findings);
        self.inspections.overdue(at, &mut findings);
        findings.kept.sort_by_key(|violation| violation.index);
        findings.kept
    }

    /// The promises of the genesis line.
    pub fn promises(&self) -> Option<&Genesis> {
        self.promises.as_deref()
    }

    /// The commission as it stands.
    pub fn roster(&self) -> Option<&Roster> {
        self.roster.as_ref()
    }

    /// What may be used under a mandate at `at`, if anything.
    pub fn live(&self, mandate: MandateId, at: Micros) -> Option<Live<'_>> {
        self.mandates.live(mandate, at)
    }

    /// The terms in force or last in force under a mandate, whether or not they may still be used.
    pub fn granted(&self, mandate: MandateId) -> Option<Live<'_>> {
        self.mandates.get(mandate).and_then(mandates::Mandate::granted)
    }

    /// How often a mandate was suspended or resumed: what votes on that name as their round.
    pub fn round(&self, mandate: MandateId) -> u32 {
        self.mandates.get(mandate).map_or(0, mandates::Mandate::round)
    }

    /// The terms of a version that waits for a decision, and the commitment to why they are needed.
    pub fn requested(&self, mandate: MandateId, version: u32) -> Option<(&Terms, Commitment)> {
        self.mandates.get(mandate).and_then(|mandate| mandate.requested(version))
    }

    /// Every mandate and where it stands, in order of their ids.
    pub fn mandates(&self) -> Vec<(MandateId, Standing)> {
        self.mandates.all()
    }

    /// Where a mandate stands.
    pub fn mandate_standing(&self, mandate: MandateId) -> Option<Standing> {
        self.mandates.standing(mandate)
    }

    /// Mandates whose latest version waits for a decision: which, and which version.
    pub fn waiting(&self) -> Vec<(MandateId, u32)> {
        self.mandates.waiting()
    }

    /// A batch as registered.
    pub fn batch(&self, batch: BatchId) -> Option<&Kept> {
        self.batches.get(batch)
    }

    /// Whether an intent is known and not closed.
    pub fn is_open(&self, intent: noroshi_model::IntentId) -> bool {
        self.intents.is_open(intent)
    }

    /// Intents that are open.
    pub fn open_intents(&self) -> usize {
        self.intents.open_count()
    }

    fn heartbeat_max(&self) -> i64 {
        self.promises.as_ref().map_or(i64::MAX, |genesis| i64::from(genesis.heartbeat_seconds_max) * SECOND)
    }

    fn disposal_max(&self) -> i64 {
        let day = noroshi_model::time::DAY;
        self.promises.as_ref().map_or(i64::MAX, |genesis| i64::from(genesis.disposal_days_max) * day)
    }
}

#[cfg(test)]
mod tests;
