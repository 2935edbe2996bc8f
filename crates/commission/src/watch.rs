//! The mirror, and the replay that judges every line as soon as it is mirrored.

use crate::limits::FEED_LINES;
use noroshi_leaf::body::InspectionStep;
use noroshi_leaf::{BatchSealed, Body, Commitment, Digest, Leaf};
use noroshi_ledger::mirror::{Mirror, MirrorOpenError};
use noroshi_ledger::reader::ReadError;
use noroshi_ledger::witness::Answer;
use noroshi_ledger::{CosignerKey, Hash, VerifyKey, disk::Folder};
use noroshi_model::{BatchId, IntentId, Micros, time::SECOND};
use noroshi_verify::{Replay, Trusted};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// The mirrored log and what follows from it.
pub struct Watch {
    mirror: Mirror,
    replay: Replay,
    fed: u64,
    /// Where the intents stand, and where each of them does.
    intents: Vec<u64>,
    intent_at: HashMap<IntentId, u64>,
    /// The commitments of intents, and where they stand: what canaries look for.
    scopes: HashMap<Commitment, u64>,
    /// Where batches with records were sealed, and how.
    sealed: BTreeMap<u64, BatchSealed>,
    /// At which line each of them stands.
    sealed_at: HashMap<BatchId, u64>,
    /// At which line the destruction of each batch stands.
    gone: HashMap<BatchId, u64>,
    /// Texts of answers, by their commitment.
    answers: HashSet<(u64, Commitment)>,
}

impl Watch {
    /// Opens the mirror in this folder and judges what it holds.
    ///
    /// # Errors
    /// [`MirrorOpenError`], or the mirror's files cannot be read.
    pub fn open(folder: &Path, key: CosignerKey, log: VerifyKey, trusted: Trusted) -> Result<Self, MirrorOpenError> {
        let disk =
            Folder::new(folder).map_err(|source| ReadError::Io { path: folder.display().to_string(), source })?;
        let mirror = Mirror::open(Arc::new(disk), key, log)?;
        let mut watch = Self {
            mirror,
            replay: Replay::new(Some(trusted)),
            fed: 0,
            intents: Vec::new(),
            intent_at: HashMap::new(),
            scopes: HashMap::new(),
            sealed: BTreeMap::new(),
            sealed_at: HashMap::new(),
            gone: HashMap::new(),
            answers: HashSet::new(),
        };
        while watch.feed()? {}
        Ok(watch)
    }

    /// Judges the next lines of the mirror, at most [`FEED_LINES`]; whether some are left.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn feed(&mut self) -> Result<bool, ReadError> {
        let reader = self.mirror.reader();
        let end = reader.size().min(self.fed + FEED_LINES);
        for (index, entry) in (self.fed..end).zip(reader.entries(self.fed..end)?) {
            let leaf = Leaf::from_bytes(&entry);
            if let Ok(leaf) = &leaf {
                self.note(index, &leaf.body);
            }
            self.replay.leaf(index, leaf);
        }
        self.fed = end;
        Ok(end < reader.size())
    }

    fn note(&mut self, index: u64, body: &Body) {
        match body {
            Body::Intent(intent) => {
                self.intents.push(index);
                self.intent_at.insert(intent.intent, index);
                self.scopes.entry(intent.scope).or_insert(index);
            }
            // One that was given up has nothing in it.
            Body::BatchSealed(sealed) if sealed.ciphertext != Digest::of(b"") => {
                self.sealed_at.insert(sealed.batch, index);
                self.sealed.insert(index, sealed.clone());
            }
            Body::Disposed(disposed) => {
                let batches = &disposed.certificate.statement.batches;
                self.gone.extend(batches.iter().map(|batch| (*batch, index)));
            }
            Body::Inspection(said) if said.step == InspectionStep::Answer => {
                self.answers.insert((said.number, said.text));
            }
            _ => {}
        }
    }

    /// `POST /mirror/add-checkpoint`.
    pub fn add_checkpoint(&mut self, body: &[u8]) -> Answer {
        self.mirror.add_checkpoint(body)
    }

    /// `POST /mirror/add-entries`; what was mirrored is judged before the cosignature leaves.
    ///
    /// # Errors
    /// [`ReadError`] when the mirror cannot be read back.
    pub fn add_entries(&mut self, body: &[u8], now: Micros) -> Result<Answer, ReadError> {
        let answer = self.mirror.add_entries(body, u64::try_from(now.0 / SECOND).unwrap_or_default());
        while self.feed()? {}
        Ok(answer)
    }

    /// The rules, and where everything stands.
    pub fn replay(&self) -> &Replay {
        &self.replay
    }

    /// Entries mirrored, and the root over them.
    pub fn mirrored(&self) -> (u64, Hash) {
        (self.mirror.mirrored().size, self.mirror.mirrored().root)
    }

    /// The origin of the log.
    pub fn origin(&self) -> &str {
        self.mirror.origin()
    }

    /// Why the mirror has stopped, if it has.
    pub fn stopped(&self) -> Option<&str> {
        self.mirror.stopped()
    }

    /// A line of the mirror.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, ReadError> {
        if index >= self.mirror.mirrored().size {
            return Ok(None);
        }
        Ok(self.mirror.reader().entries(index..index + 1)?.pop())
    }

    /// Every line of the mirror in order, to `visit`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn every(&self, mut visit: impl FnMut(&Leaf)) -> Result<(), ReadError> {
        let reader = self.mirror.reader();
        let mut next = 0;
        while next < reader.size() {
            let end = reader.size().min(next + FEED_LINES);
            for entry in reader.entries(next..end)? {
                if let Ok(leaf) = Leaf::from_bytes(&entry) {
                    visit(&leaf);
                }
            }
            next = end;
        }
        Ok(())
    }

    /// Where intents stand that are below `size`.
    pub fn intents_below(&self, size: u64) -> &[u64] {
        &self.intents[..self.intents.partition_point(|index| *index < size)]
    }

    /// Where an intent stands.
    pub fn intent_at(&self, intent: IntentId) -> Option<u64> {
        self.intent_at.get(&intent).copied()
    }

    /// Where the intent with this commitment stands.
    pub fn trace(&self, scope: &Commitment) -> Option<u64> {
        self.scopes.get(scope).copied()
    }

    /// The line that sealed a batch; `None` for one that was given up.
    pub fn sealed(&self, batch: BatchId) -> Option<&BatchSealed> {
        self.sealed.get(self.sealed_at.get(&batch)?)
    }

    /// Lines below `size` that sealed a batch which no line below `size` destroyed: what a draw is from.
    pub fn sealed_below(&self, size: u64) -> Vec<(u64, BatchId)> {
        let there = |(index, sealed): (&u64, &BatchSealed)| (*index, sealed.batch);
        let kept = |(_, batch): &(u64, BatchId)| self.gone.get(batch).is_none_or(|gone| *gone >= size);
        self.sealed.range(..size).map(there).filter(kept).collect()
    }

    /// Whether the log has this answer.
    pub fn has_answer(&self, number: u64, text: Commitment) -> bool {
        self.answers.contains(&(number, text))
    }
}
