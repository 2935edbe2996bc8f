//! Where the hub stands, read from its own log: open intents, and how often it has beaten.

use noroshi_leaf::{Body, GovernedAct, Leaf};
use noroshi_ledger::Reader;
use noroshi_ledger::reader::ReadError;
use noroshi_model::{IntentId, Micros};
use std::collections::BTreeMap;

/// Entries read at once.
const CHUNK: u64 = 4_096;

/// Open intents and the number of the last heartbeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Intents without a result, with what they are and when they are due.
    pub open: BTreeMap<IntentId, (GovernedAct, Micros)>,
    /// The number of the last heartbeat, 0 before the first.
    pub beats: u64,
    /// The time of the last line.
    pub latest: Micros,
}

impl Standing {
    /// What a whole log says. Some two seconds for a million lines.
    ///
    /// # Errors
    /// What the log's files say.
    pub fn of(log: &Reader, size: u64) -> Result<Self, ReadError> {
        let mut standing = Self::default();
        let mut next = 0;
        while next < size {
            let until = size.min(next + CHUNK);
            log.entries(next..until)?.iter().for_each(|entry| standing.line(entry));
            next = until;
        }
        Ok(standing)
    }

    /// Takes one line into account. What cannot be read changes nothing: finding that is the auditor's part.
    pub fn line(&mut self, bytes: &[u8]) {
        let Ok(leaf) = Leaf::from_bytes(bytes) else {
            return;
        };
        self.latest = self.latest.max(leaf.at);
        match leaf.body {
            Body::Intent(intent) => {
                self.open.insert(intent.intent, (intent.act, intent.deadline));
            }
            Body::Done(done) => {
                self.open.remove(&done.intent);
            }
            Body::Abort(abort) => {
                self.open.remove(&abort.intent);
            }
            Body::Heartbeat(beat) => self.beats = beat.number,
            _ => {}
        }
    }
}
