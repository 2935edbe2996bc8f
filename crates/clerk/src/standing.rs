//! Where the hub stands, read from its own log: open intents, heartbeats, and which lines are about what.

use noroshi_leaf::{Body, GovernedAct, Leaf};
use noroshi_ledger::Reader;
use noroshi_ledger::reader::ReadError;
use noroshi_model::{BatchId, IntentId, MandateId, Micros};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Entries read at once.
const CHUNK: u64 = 4_096;

/// What the log says so far. Some 30 bytes a line.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Intents without a result, and which batches each names.
    pub open: BTreeMap<IntentId, BTreeSet<BatchId>>,
    /// The number of the last heartbeat, 0 before the first.
    pub beats: u64,
    /// The time of the latest line.
    pub latest: Micros,
    /// Acts that were refused.
    pub refusals: u64,
    /// Times findings were shared.
    pub shared: u64,
    /// Pseudonyms opened.
    pub opened: u64,
    /// Indexes of the lines about a mandate, ascending.
    about: BTreeMap<MandateId, Vec<u64>>,
    /// Indexes of the lines of a kind, ascending; heartbeats are not listed.
    kinds: BTreeMap<&'static str, Vec<u64>>,
    /// To which mandate an intent or batch belongs.
    intents: HashMap<IntentId, MandateId>,
    batches: HashMap<BatchId, MandateId>,
}

impl Standing {
    /// What a whole log says. Some seconds for a million lines.
    ///
    /// # Errors
    /// What the log's files say.
    pub fn of(log: &Reader, size: u64) -> Result<Self, ReadError> {
        let mut standing = Self::default();
        let mut next = 0;
        while next < size {
            let until = size.min(next + CHUNK);
            (next..).zip(log.entries(next..until)?).for_each(|(index, entry)| standing.line(index, &entry));
            next = until;
        }
        Ok(standing)
    }

    /// Takes one line into account. What cannot be read changes nothing: finding that is the auditor's part.
    pub fn line(&mut self, index: u64, bytes: &[u8]) {
        let Ok(leaf) = Leaf::from_bytes(bytes) else {
            return;
        };
        self.latest = self.latest.max(leaf.at);
        if let Some(mandate) = self.mandate_of(&leaf.body) {
            self.about.entry(mandate).or_default().push(index);
        }
        if !matches!(leaf.body, Body::Heartbeat(_)) {
            self.kinds.entry(leaf.body.word()).or_default().push(index);
        }
        match leaf.body {
            Body::Intent(intent) => {
                self.shared += u64::from(intent.act == GovernedAct::Share);
                self.opened += u64::from(intent.act == GovernedAct::OpenPseudonym);
                self.intents.insert(intent.intent, intent.mandate);
                self.open.insert(intent.intent, intent.batches);
            }
            Body::BatchOpened(batch) => {
                self.batches.insert(batch.batch, batch.mandate);
            }
            Body::Done(done) => {
                self.open.remove(&done.intent);
            }
            Body::Abort(abort) => {
                self.open.remove(&abort.intent);
            }
            Body::Heartbeat(beat) => self.beats = beat.number,
            Body::Refused(_) => self.refusals += 1,
            _ => {}
        }
    }

    fn mandate_of(&self, body: &Body) -> Option<MandateId> {
        match body {
            Body::Mandate(line) => Some(line.mandate),
            Body::Intent(intent) => Some(intent.mandate),
            Body::Done(done) => self.intents.get(&done.intent).copied(),
            Body::Abort(abort) => self.intents.get(&abort.intent).copied(),
            Body::Refused(refused) => refused.mandate,
            Body::BatchOpened(batch) => Some(batch.mandate),
            Body::BatchSealed(batch) => self.batches.get(&batch.batch).copied(),
            Body::Disposed(disposed) => Some(disposed.certificate.statement.mandate),
            Body::Opening(opening) => Some(opening.mandate),
            _ => None,
        }
    }

    /// Indexes of lines before `before`, newest first, at most `limit`: about a mandate, or of a kind, or
    /// both, or, where neither is said, all of `size` lines.
    pub fn lines(
        &self,
        size: u64,
        before: Option<u64>,
        mandate: Option<MandateId>,
        kind: Option<&str>,
        limit: usize,
    ) -> Vec<u64> {
        let end = before.map_or(size, |before| before.min(size));
        let none = Vec::new();
        let newest = |indexes: &[u64]| -> Vec<u64> {
            indexes.iter().rev().copied().filter(|&index| index < end).take(limit).collect()
        };
        match (mandate.map(|id| self.about.get(&id).unwrap_or(&none)), kind.map(|k| self.kinds.get(k).unwrap_or(&none)))
        {
            (None, None) => (0..end).rev().take(limit).collect(),
            (Some(indexes), None) | (None, Some(indexes)) => newest(indexes),
            (Some(about), Some(of_kind)) => {
                let both: Vec<u64> =
                    about.iter().copied().filter(|index| of_kind.binary_search(index).is_ok()).collect();
                newest(&both)
            }
        }
    }
}
