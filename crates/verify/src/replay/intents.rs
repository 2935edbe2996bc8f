//! Acts: intent before, result after, both inside the mandate.

use super::mandates::Live;
use super::{Findings, Line, Map, Replay, Set};
use crate::violation::Kind;
use noroshi_leaf::{Abort, Actor, Done, GovernedAct, Intent, limits::INTENT_BATCHES_MAX};
use noroshi_model::{BatchId, IntentId, MandateId, Micros, time::SECOND};

/// What is kept of an intent until it is closed.
#[derive(Debug)]
struct Open {
    act: GovernedAct,
    /// Batches that a collection names before they begin.
    begins: Vec<BatchId>,
    deadline: Micros,
    index: u64,
    mandate: MandateId,
    rows_max: u64,
}

/// Intents that are open, and the ids of those that are closed.
#[derive(Debug, Default)]
pub(super) struct Intents {
    open: Map<IntentId, Open>,
    closed: Set<IntentId>,
}

impl Intents {
    pub(super) fn open_count(&self) -> usize {
        self.open.len()
    }

    pub(super) fn is_open(&self, intent: IntentId) -> bool {
        self.open.contains_key(&intent)
    }

    pub(super) fn overdue(&self, at: Micros, findings: &mut Findings) {
        for (id, open) in self.open.iter().filter(|(_, open)| open.deadline < at) {
            findings.add(Kind::ResultMissing, open.index, format!("{id}, {}", open.deadline));
        }
    }
}

impl Replay {
    pub(super) fn intent(&mut self, line: Line, intent: Intent) {
        let (id, index) = (intent.intent, line.index);
        if self.intents.open.contains_key(&id) || self.intents.closed.contains(&id) {
            return self.findings.add(Kind::IntentTwice, index, id.to_string());
        }
        self.deadline(line, &intent);
        self.people.may_act(line, &mut self.findings);
        let live = self.may(line, &intent);
        let rows_max = live.map_or(u64::MAX, |live| most(intent.act, live));
        if intent.batches.len() > INTENT_BATCHES_MAX {
            let found = format!("{} > {INTENT_BATCHES_MAX}", intent.batches.len());
            self.findings.add(Kind::ActBatch, index, found);
        }
        let mut begins = Vec::new();
        match intent.act {
            GovernedAct::Dispose => self.disposable(line, &intent),
            GovernedAct::Collect => {
                let mut known = intent.batches.clone();
                known.retain(|batch| self.batches.get(*batch).is_some());
                begins.extend(intent.batches.difference(&known));
                self.batches.usable(line, intent.mandate, &known, &mut self.findings);
            }
            _ => self.batches.usable(line, intent.mandate, &intent.batches, &mut self.findings),
        }
        if intent.act == GovernedAct::OpenPseudonym {
            self.openings.opened(line, &intent, &mut self.findings);
        }
        if intent.act == GovernedAct::Hunt {
            self.hunt(line, &intent);
        }
        let open =
            Open { act: intent.act, begins, deadline: intent.deadline, index, mandate: intent.mandate, rows_max };
        self.intents.open.insert(id, open);
        self.heart.open(self.intents.open.len());
    }

    fn deadline(&mut self, line: Line, intent: &Intent) {
        let max = self.promises.as_ref().map_or(i64::MAX, |genesis| i64::from(genesis.intent_seconds_max) * SECOND);
        if intent.deadline <= line.at || intent.deadline.0.saturating_sub(line.at.0) > max {
            let found = format!("{}, {} → {}", intent.intent, line.at, intent.deadline);
            self.findings.add(Kind::ActDeadline, line.index, found);
        }
    }

    /// Whether the act falls inside a live mandate; what may be used if so.
    fn may(&mut self, line: Line, intent: &Intent) -> Option<Live<'_>> {
        let (id, index) = (intent.intent, line.index);
        let live = match intent.act {
            // What is over must still be destroyed.
            GovernedAct::Dispose => self.mandates.get(intent.mandate).and_then(|mandate| mandate.granted()),
            _ => self.mandates.live(intent.mandate, line.at),
        };
        let Some(live) = live else {
            let found = format!("{id}, {}, {}", intent.mandate, line.at);
            self.findings.add(Kind::ActWithoutMandate, index, found);
            return None;
        };
        if live.version != intent.version {
            let found = format!("{id}: {} ≠ {}", intent.version, live.version);
            self.findings.add(Kind::ActVersion, index, found);
        }
        if !live.terms.purposes.contains(&intent.purpose) {
            self.findings.add(Kind::ActPurpose, index, intent.purpose.word());
        }
        for direction in intent.directions.difference(&live.terms.directions) {
            self.findings.add(Kind::ActDirection, index, direction.word());
        }
        let asks = matches!(intent.act, GovernedAct::Hunt | GovernedAct::OpenPseudonym);
        if asks
            && let Actor::Person { person, .. } = line.actor
            && !live.terms.analysts.contains(&person)
        {
            self.findings.add(Kind::ActAnalyst, index, person.to_string());
        }
        Some(live)
    }

    fn hunt(&mut self, line: Line, intent: &Intent) {
        let Some(mandate) = self.mandates.get_mut(intent.mandate) else { return };
        mandate.hunts += 1;
        let hunts = mandate.hunts;
        if let Some(granted) = mandate.granted()
            && hunts > u64::from(granted.terms.hunts_max)
        {
            let found = format!("{hunts} > {}", granted.terms.hunts_max);
            self.findings.add(Kind::ActOverBudget, line.index, found);
        }
    }

    fn disposable(&mut self, line: Line, intent: &Intent) {
        for id in &intent.batches {
            if self.batches.get(*id).is_none_or(|kept| kept.opened.mandate != intent.mandate || kept.destroyed) {
                self.findings.add(Kind::ActBatch, line.index, id.to_string());
            }
        }
    }

    pub(super) fn done(&mut self, line: Line, done: &Done) {
        let Some(open) = self.close(line, done.intent) else { return };
        for batch in &open.begins {
            if self.batches.get(*batch).is_none_or(|kept| kept.opened.mandate != open.mandate) {
                self.findings.add(Kind::ActBatch, open.index, batch.to_string());
            }
        }
        if done.rows > open.rows_max {
            let found = format!("{}, {:?}: {} > {}", done.intent, open.act, done.rows, open.rows_max);
            self.findings.add(Kind::ResultOverLimit, line.index, found);
        }
    }

    pub(super) fn abort(&mut self, line: Line, abort: &Abort) {
        self.close(line, abort.intent);
    }

    fn close(&mut self, line: Line, id: IntentId) -> Option<Open> {
        let Some(open) = self.intents.open.remove(&id) else {
            self.findings.add(Kind::ResultUnknown, line.index, id.to_string());
            return None;
        };
        self.intents.closed.insert(id);
        self.heart.open(self.intents.open.len());
        if line.at > open.deadline {
            self.findings.add(Kind::ResultLate, line.index, format!("{id}, {} > {}", line.at, open.deadline));
        }
        Some(open)
    }
}

/// What one act may give out at most.
fn most(act: GovernedAct, live: Live<'_>) -> u64 {
    match act {
        GovernedAct::Hunt => live.terms.rows_max,
        GovernedAct::Collect => live.terms.records_max,
        GovernedAct::OpenPseudonym => 1,
        GovernedAct::Detect | GovernedAct::Share | GovernedAct::Reproduce | GovernedAct::Dispose => u64::MAX,
    }
}
